"""What the handlers share, by typed key."""

from aiohttp import web

from bot.catalogue.load import Catalogue
from bot.conversations.assistant import Assistant
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.satisfaction.store import FeedbackStore
from bot.settings import Settings
from bot.web.hub import Hub
from bot.web.limits import Limiter
from bot.web.metrics import Metrics

SETTINGS = web.AppKey("settings", Settings)
DATABASE = web.AppKey("database", Database)
CATALOGUE = web.AppKey("catalogue", Catalogue)
CONVERSATIONS = web.AppKey("conversations", ConversationStore)
FEEDBACK = web.AppKey("feedback", FeedbackStore)
ASSISTANT = web.AppKey("assistant", Assistant)
HUB = web.AppKey("hub", Hub)
LIMITER = web.AppKey("limiter", Limiter)
METRICS = web.AppKey("metrics", Metrics)
