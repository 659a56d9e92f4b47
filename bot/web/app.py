"""The gateway: everything that a citizen's browser can reach, put together in one place."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.catalogue.load import load_catalogue
from bot.conversations.assistant import Assistant
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.satisfaction.store import FeedbackStore
from bot.settings import Settings
from bot.web import pages
from bot.web.api import catalogue, conversations, health, openapi
from bot.web.hub import Hub
from bot.web.keeper import Keeper
from bot.web.keys import ASSISTANT, CATALOGUE, CONVERSATIONS, DATABASE, FEEDBACK, HUB, LIMITER, METRICS, SETTINGS
from bot.web.limits import Limiter
from bot.web.metrics import Metrics
from bot.web.middlewares import one_shape_of_error, origins, protect


def create_gateway(settings: Settings, assistant: Callable[[], Assistant]) -> web.Application:
    """Return the gateway's application.

    Args:
        settings: the settings.
        assistant: makes the client of the engine, once the event loop runs.

    Raises:
        Misconfigured: the catalogue or the key cannot be used.
    """
    app = web.Application(middlewares=[one_shape_of_error, origins], client_max_size=64 * 1024)
    app[SETTINGS] = settings
    app[CATALOGUE] = load_catalogue(settings.catalogue_dir)
    app[HUB], app[LIMITER], app[METRICS] = Hub(), Limiter(), Metrics()
    cipher = Cipher(read_keys(settings.secret_key, settings.data_dir))
    app.cleanup_ctx.append(lambda app: _life(app, cipher, assistant))
    app.on_shutdown.append(_end_streams)
    app.on_response_prepare.append(protect)
    for module in (conversations, catalogue, health, openapi, pages):
        app.add_routes(module.routes)
    return app


async def _life(app: web.Application, cipher: Cipher, assistant: Callable[[], Assistant]) -> AsyncIterator[None]:
    database = Database(app[SETTINGS].database)
    engine: Assistant = assistant()
    app[DATABASE] = database
    app[CONVERSATIONS] = ConversationStore(database, cipher)
    app[FEEDBACK] = FeedbackStore(database)
    app[ASSISTANT] = engine
    app[conversations.CLOSING] = asyncio.Event()
    keeper = app[conversations.KEEPER] = Keeper(app[CONVERSATIONS], engine, app[HUB], app[METRICS])
    task = asyncio.create_task(keeper.run())
    yield
    task.cancel()
    await engine.close()
    await database.close()


async def _end_streams(app: web.Application) -> None:
    app[conversations.CLOSING].set()
    app[HUB].close()
