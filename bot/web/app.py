"""The gateway: everything that a citizen's browser can reach, put together in one place."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.catalogue.load import load_catalogue
from bot.conversations.assistant import Assistant
from bot.conversations.durable import DurableStore
from bot.conversations.pending import PendingMessages
from bot.conversations.pending_durable import DurablePending
from bot.conversations.replay import Replay
from bot.conversations.spool import open_spool
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.jobs import Scheduler
from bot.privacy.encryption import Cipher, open_cipher
from bot.relay import ANYTHING, NEWS, Relay
from bot.requests.api_tokens import ApiTokens
from bot.requests.casework import Casework
from bot.requests.delivery import Delivery
from bot.requests.files import open_files
from bot.requests.store import RequestStore
from bot.requests.webhooks import Webhooks
from bot.rights.holdings import open_holdings
from bot.satisfaction.store import FeedbackStore
from bot.satisfaction.surveys import Surveys
from bot.settings import Settings
from bot.web import documents, pages, receipts, results
from bot.web.admission import Admission
from bot.web.api import banner, catalogue, conversations, files, health, office, office_files, openapi
from bot.web.calls import numbered
from bot.web.console.app import open_desk, set_up_console
from bot.web.console.keys import TALK, TRAINING
from bot.web.hub import Hub
from bot.web.jobs import jobs
from bot.web.keeper import Keeper
from bot.web.keys import (
    ADMISSION,
    API_TOKENS,
    ASSISTANT,
    CASEWORK,
    CATALOGUE,
    CONVERSATIONS,
    DATABASE,
    DELIVERY,
    FEEDBACK,
    FILES,
    HOLDINGS,
    HUB,
    KEEPER,
    LIMITER,
    METRICS,
    PENDING,
    REQUESTS,
    SETTINGS,
    SPOOL,
    SURVEYS,
    WEBHOOKS,
)
from bot.web.limits import Limiter
from bot.web.metrics import Metrics
from bot.web.middlewares import one_shape_of_error, origins, protect
from bot.web.plain import opinion, waiting
from bot.web.plain import routes as plain
from bot.web.slow import not_for_ever
from bot.web.switchboard import Switchboard


def create_gateway(settings: Settings, assistant: Callable[[], Assistant]) -> web.Application:
    """Return the gateway's application.

    Args:
        settings: the settings.
        assistant: makes the client of the engine, once the event loop runs.

    Raises:
        Misconfigured: the catalogue or the key cannot be used.
    """
    app = web.Application(middlewares=[numbered, one_shape_of_error, origins, not_for_ever], client_max_size=64 * 1024)
    app[SETTINGS] = settings
    app[CATALOGUE] = load_catalogue(settings.catalogue_dir)
    app[HUB], app[LIMITER], app[METRICS] = Hub(), Limiter(settings), Metrics()
    app[results.LAST] = {}
    cipher = open_cipher(settings)
    # Sealed with the key that all gateways have.
    seal = cipher.digits("newcomers", 40).encode()
    app[ADMISSION] = Admission(seal, settings.busy_milliseconds / 1000, settings.busy_messages)
    app.cleanup_ctx.append(lambda app: _life(app, cipher, assistant))
    app.on_shutdown.append(_end_streams)
    app.on_response_prepare.append(protect)
    for module in (
        conversations,
        files,
        office,
        office_files,
        receipts,
        documents,
        banner,
        catalogue,
        health,
        openapi,
        opinion,
        pages,
        plain,
        waiting,
    ):
        app.add_routes(module.routes)
    app.add_routes(results.routes)
    set_up_console(app)
    return app


async def _life(app: web.Application, cipher: Cipher, assistant: Callable[[], Assistant]) -> AsyncIterator[None]:
    database = Database(app[SETTINGS].database)
    app[DATABASE] = database
    app[METRICS].watch(database)
    spool = app[SPOOL] = open_spool(app[SETTINGS], cipher)
    app[CONVERSATIONS] = DurableStore(database, cipher, spool)
    app[PENDING] = DurablePending(database, cipher, spool)
    app[REQUESTS], app[CASEWORK] = RequestStore(database, cipher, app[SETTINGS].wrong_codes), Casework(database, cipher)
    app[FILES] = open_files(app[SETTINGS], database, cipher)
    app[HOLDINGS] = open_holdings(app[SETTINGS], database, cipher)
    app[API_TOKENS] = ApiTokens(database)
    app[WEBHOOKS] = Webhooks(database, cipher, app[SETTINGS])
    app[FEEDBACK] = FeedbackStore(database)
    app[SURVEYS] = Surveys(database, cipher, app[CATALOGUE], app[SETTINGS].public_url.rstrip("/"))
    app[DELIVERY] = Delivery(
        app[SETTINGS],
        database,
        cipher,
        app[CATALOGUE],
        app[CONVERSATIONS],
        app[HUB].ring,
        app[SURVEYS].offer,
    )
    desk = open_desk(app, cipher)
    engine: Assistant = Switchboard(assistant(), app[TALK], app[HUB])
    app[ASSISTANT] = engine
    app[conversations.CLOSING] = asyncio.Event()
    replay = Replay(spool, ConversationStore(database, cipher), PendingMessages(database, cipher))
    relay = Relay(database, lambda kind, name: _hear(app, kind, name))
    app[HUB].tell = lambda name: relay.tell(NEWS, name)
    app[KEEPER] = Keeper(app[CONVERSATIONS], app[PENDING], replay, engine, app[HUB], relay, app[METRICS])
    tasks = [asyncio.create_task(each.run()) for each in (app[KEEPER], desk, relay, Scheduler(database, jobs(app)))]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await app[TRAINING].close()
    await engine.close()
    await database.close()


def _hear(app: web.Application, kind: str, name: str) -> None:
    """Do what another gateway, or an engine, gives to do."""
    if kind == NEWS:
        app[HUB].wake(name)
    else:
        app[KEEPER].wake()
    if kind == ANYTHING:
        app[HUB].wake_all()


async def _end_streams(app: web.Application) -> None:
    app[conversations.CLOSING].set()
    app[HUB].wake_all()
