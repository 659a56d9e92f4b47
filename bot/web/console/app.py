"""Puts the console together: its stores, its pages, its files."""

from aiohttp import web

from bot.accounts.openid import read_openid
from bot.accounts.openid_accounts import OpenIDAccounts
from bot.accounts.openid_logout import Logouts
from bot.accounts.openid_provider import Provider
from bot.accounts.sessions import SessionStore
from bot.accounts.store import AccountStore
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_talk import Talk
from bot.conversations.hours import read_hours
from bot.conversations.mentions import Mentions
from bot.conversations.presence import Presence
from bot.conversations.reviews import ReviewStore
from bot.conversations.saved_filters import SavedFilters
from bot.conversations.transcripts import Transcripts
from bot.improvement.actions import Actions
from bot.improvement.alerts import Alerts
from bot.improvement.failure_modes import FailureModes
from bot.improvement.reviews import Reviews
from bot.improvement.samples import Samples
from bot.learning.desk import ModelDesk
from bot.learning.inbox import Inbox
from bot.learning.inbox_labelling import Labelling
from bot.learning.runs import RunStore
from bot.learning.shadow import Shadow
from bot.privacy.encryption import Cipher
from bot.requests.masked import masked
from bot.requests.same_contact import SameContact
from bot.requests.undelivered import Undelivered
from bot.satisfaction.agents import AgentSurveys
from bot.satisfaction.totals import Totals
from bot.satisfaction.verbatims_list import Verbatims
from bot.web.console import (
    account,
    accounts,
    bulk,
    citizen,
    home,
    inbox,
    live,
    login,
    models,
    openid,
    questionnaire,
    requests,
    review,
    samples,
    satisfaction,
    satisfaction_acting,
    satisfaction_files,
    satisfaction_verbatims,
    talk,
    transcripts,
    undelivered,
    waiting,
)
from bot.web.console.keys import (
    ACCOUNTS,
    ACTIONS,
    AGENT_SURVEYS,
    ALERTS,
    DESK_WATCH,
    FAILURE_MODES,
    HANDOFFS,
    HOURS,
    INBOX,
    LABELLING,
    LOGOUTS,
    MENTIONS,
    MODEL_DESK,
    OPENID_ACCOUNTS,
    PRESENCE,
    PROVIDER,
    QUALITY_REVIEWS,
    REVIEWS,
    RUNS,
    SAME_CONTACT,
    SAMPLES,
    SAVED_FILTERS,
    SEALER,
    SESSIONS,
    SHADOW,
    TALK,
    TOTALS,
    TRAINING,
    TRANSCRIPTS,
    UNDELIVERED,
    VERBATIMS,
)
from bot.web.desk_watch import DeskWatch
from bot.web.keys import CATALOGUE, CONVERSATIONS, DATABASE, HUB, SETTINGS
from bot.web.training import Training

PAGES = (
    *(home, login, openid, account, accounts, questionnaire, waiting, talk, live, transcripts, review, requests),
    *(bulk, citizen, undelivered, samples, inbox, models),
)
SATISFACTION = (satisfaction, satisfaction_acting, satisfaction_files, satisfaction_verbatims)


def set_up_console(app: web.Application) -> None:
    """Add the pages of the console.

    Raises:
        Misconfigured: the hours cannot be read, or what the settings say of the provider cannot be used.
    """
    settings = app[SETTINGS]
    if provider := read_openid(settings, app[CATALOGUE].administrations):
        app[PROVIDER] = Provider(provider)
    app[HOURS] = read_hours(settings.person_hours, settings.person_closed, settings.timezone)
    for module in (*PAGES, *SATISFACTION):
        app.add_routes(module.routes)


def open_desk(app: web.Application, cipher: Cipher) -> DeskWatch:
    """Open the stores of the console, once the database is there; return what watches over the desk."""
    app[ACCOUNTS] = AccountStore(app[DATABASE], cipher)
    app[SESSIONS], app[SEALER] = SessionStore(app[DATABASE]), cipher
    app[OPENID_ACCOUNTS] = OpenIDAccounts(app[DATABASE], app[ACCOUNTS].trail)
    app[LOGOUTS] = Logouts(app[DATABASE], app[ACCOUNTS].trail)
    app[AGENT_SURVEYS] = AgentSurveys(app[DATABASE], app[SETTINGS].timezone)
    app[HANDOFFS] = HandoffStore(app[CONVERSATIONS], cipher)
    app[TALK] = Talk(app[HANDOFFS], masked)
    app[TRANSCRIPTS] = Transcripts(app[DATABASE])
    app[REVIEWS] = ReviewStore(app[DATABASE], masked)
    app[INBOX], app[LABELLING] = Inbox(app[DATABASE]), Labelling(app[DATABASE], masked)
    app[MENTIONS], app[SAMPLES] = Mentions(app[DATABASE]), Samples(app[DATABASE], app[SETTINGS].timezone)
    app[SAVED_FILTERS] = SavedFilters(app[DATABASE])
    app[RUNS], app[SHADOW] = RunStore(app[DATABASE]), Shadow(app[SETTINGS], app[DATABASE])
    app[MODEL_DESK] = ModelDesk(app[SETTINGS].models_dir, app[DATABASE], app[ACCOUNTS].trail)
    app[TRAINING] = Training(app[SETTINGS], app[DATABASE])
    app[SAME_CONTACT] = SameContact(app[DATABASE], cipher, app[CATALOGUE])
    app[UNDELIVERED] = Undelivered(app[DATABASE])
    app[TOTALS] = Totals(app[DATABASE], app[SETTINGS].timezone)
    app[ALERTS], app[ACTIONS] = Alerts(app[DATABASE], app[TOTALS]), Actions(app[DATABASE])
    app[VERBATIMS] = Verbatims(app[DATABASE], app[SETTINGS].timezone)
    app[FAILURE_MODES], app[QUALITY_REVIEWS] = FailureModes(app[DATABASE]), Reviews(app[DATABASE])
    app[PRESENCE] = Presence(app[DATABASE])
    waits = app[SETTINGS].person_wait, app[SETTINGS].person_gone
    app[DESK_WATCH] = DeskWatch(app[HANDOFFS], app[PRESENCE], app[HOURS], *waits, app[HUB])
    return app[DESK_WATCH]
