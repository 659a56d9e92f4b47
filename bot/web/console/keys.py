"""What the pages of the console share, by typed key."""

from aiohttp import web

from bot.accounts.model import Sealer
from bot.accounts.openid_accounts import OpenIDAccounts
from bot.accounts.openid_provider import Provider
from bot.accounts.sessions import SessionStore
from bot.accounts.store import AccountStore
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_talk import Talk
from bot.conversations.hours import Hours
from bot.conversations.presence import Presence
from bot.conversations.reviews import ReviewStore
from bot.conversations.saved_filters import SavedFilters
from bot.conversations.transcripts import Transcripts
from bot.improvement.actions import Actions
from bot.improvement.alerts import Alerts
from bot.improvement.failure_modes import FailureModes
from bot.improvement.reviews import Reviews
from bot.learning.desk import ModelDesk
from bot.learning.inbox import Inbox
from bot.learning.inbox_labelling import Labelling
from bot.learning.runs import RunStore
from bot.satisfaction.agents import AgentSurveys
from bot.satisfaction.totals import Totals
from bot.satisfaction.verbatims_list import Verbatims
from bot.web.desk_watch import DeskWatch
from bot.web.training import Training

ACCOUNTS = web.AppKey("accounts", AccountStore)
SESSIONS = web.AppKey("sessions", SessionStore)
OPENID_ACCOUNTS = web.AppKey("openid_accounts", OpenIDAccounts)
PROVIDER = web.AppKey("provider", Provider)
"""There only when the office has one."""
SEALER: web.AppKey[Sealer] = web.AppKey("sealer")
AGENT_SURVEYS = web.AppKey("agent_surveys", AgentSurveys)
HANDOFFS = web.AppKey("handoffs", HandoffStore)
TALK = web.AppKey("talk", Talk)
PRESENCE = web.AppKey("presence", Presence)
HOURS = web.AppKey("hours", Hours)
DESK_WATCH = web.AppKey("desk_watch", DeskWatch)
TRANSCRIPTS = web.AppKey("transcripts", Transcripts)
REVIEWS = web.AppKey("reviews", ReviewStore)
INBOX = web.AppKey("inbox", Inbox)
LABELLING = web.AppKey("labelling", Labelling)
SAVED_FILTERS = web.AppKey("saved_filters", SavedFilters)
RUNS = web.AppKey("runs", RunStore)
MODEL_DESK = web.AppKey("model_desk", ModelDesk)
TRAINING = web.AppKey("training", Training)
TOTALS = web.AppKey("totals", Totals)
ALERTS = web.AppKey("alerts", Alerts)
ACTIONS = web.AppKey("actions", Actions)
VERBATIMS = web.AppKey("verbatims", Verbatims)
FAILURE_MODES = web.AppKey("failure_modes", FailureModes)
QUALITY_REVIEWS = web.AppKey("quality_reviews", Reviews)
