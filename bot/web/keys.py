"""What the handlers share, by typed key."""

from aiohttp import web

from bot.catalogue.load import Catalogue
from bot.conversations.assistant import Assistant
from bot.conversations.durable import DurableStore
from bot.conversations.pending_durable import DurablePending
from bot.conversations.spool import Spool
from bot.db import Database
from bot.requests.api_tokens import ApiTokens
from bot.requests.casework import Casework
from bot.requests.delivery import Delivery
from bot.requests.files import FileStore
from bot.requests.store import RequestStore
from bot.requests.webhooks import Webhooks
from bot.rights.holdings import Holdings
from bot.satisfaction.store import FeedbackStore
from bot.satisfaction.surveys import Surveys
from bot.settings import Settings
from bot.web.admission import Admission
from bot.web.hub import Hub
from bot.web.keeper import Keeper
from bot.web.limits import Limiter
from bot.web.metrics import Metrics

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
CATALOGUE = web.AppKey("catalogue", Catalogue)
CONVERSATIONS = web.AppKey("conversations", DurableStore)
PENDING = web.AppKey("pending", DurablePending)
SPOOL = web.AppKey("spool", Spool)
REQUESTS = web.AppKey("requests", RequestStore)
CASEWORK = web.AppKey("casework", Casework)
FILES = web.AppKey("files", FileStore)
API_TOKENS = web.AppKey("api_tokens", ApiTokens)
WEBHOOKS = web.AppKey("webhooks", Webhooks)
HOLDINGS = web.AppKey("holdings", Holdings)
DELIVERY = web.AppKey("delivery", Delivery)
FEEDBACK = web.AppKey("feedback", FeedbackStore)
SURVEYS = web.AppKey("surveys", Surveys)
ASSISTANT = web.AppKey("assistant", Assistant)
HUB = web.AppKey("hub", Hub)
ADMISSION = web.AppKey("admission", Admission)
LIMITER = web.AppKey("limiter", Limiter)
METRICS = web.AppKey("metrics", Metrics)
KEEPER = web.AppKey("keeper", Keeper)
