"""The engine's own HTTP, with a token, on loopback or a network of its own: for gateways and the command line only."""

import asyncio
import hmac
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

from actions.desk import open_desk
from bot import __version__, logs, tracing
from bot.conversations.pending import PendingMessages
from bot.conversations.replay import Replay
from bot.conversations.spool import open_spool
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.engine.follow import follow
from bot.engine.host import Host
from bot.engine.locks import ConversationLocks
from bot.errors import GuichetError, NotAllowed, Unprocessable
from bot.learning.models import current_model
from bot.privacy.encryption import open_cipher
from bot.relay import NEWS, Relay
from bot.settings import Settings

logger = logging.getLogger(__name__)
HOST = web.AppKey("host", Host)
MODELS = web.AppKey("models", Path)


def create_engine(settings: Settings) -> web.Application:
    """Return the engine's application; the model is loaded while it starts, so that `/ready` can be asked meanwhile."""
    app = web.Application(middlewares=[_numbered, _problems, _token_of(settings.engine_token)], client_max_size=2**18)
    app[MODELS] = settings.models_dir
    app.cleanup_ctx.append(lambda app: _life(app, settings))
    app.router.add_get("/ready", _ready)
    app.router.add_post("/answer", _answer)
    app.router.add_post("/remind", _remind)
    app.router.add_post("/parse", _parse)
    app.router.add_post("/model", _model)
    return app


async def _life(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    database = Database(settings.database)
    desk = open_desk(settings, database)
    locks = ConversationLocks(database, settings.data_dir)
    app[HOST] = Host(desk.conversations, locks, settings.message_limit)
    tasks = [asyncio.create_task(each) for each in (_load(app[HOST], settings), *_spool_of(settings, database))]
    yield
    for task in tasks:
        task.cancel()
    await locks.close()
    await database.close()


def _spool_of(settings: Settings, database: Database) -> list[Coroutine[Any, Any, None]]:
    """Return what empties the spool of a machine on which there may be no gateway to do it."""
    if database.is_sqlite:
        return []
    cipher = open_cipher(settings)
    conversations, pending = ConversationStore(database, cipher), PendingMessages(database, cipher)
    relay = Relay(database)
    replay = Replay(open_spool(settings, cipher), conversations, pending)
    return [relay.run(), replay.go_on(lambda conversation_id: relay.tell(NEWS, conversation_id))]


async def _load(host: Host, settings: Settings) -> None:
    try:
        await host.load(current_model(settings.models_dir))
    except GuichetError as error:
        logger.error("%s", error.message)
        # Nothing will be served: the supervisor is told at once, and does not wait for what cannot come.
        os.kill(os.getpid(), signal.SIGTERM)
        return
    await follow(host, settings.models_dir)


@web.middleware
async def _numbered(request: web.Request, handler: Any) -> web.StreamResponse:
    name = f"{request.method} {request.path}"
    with logs.numbered(request.headers.get(logs.HEADER)), tracing.span(name, request.headers) as span:
        response: web.StreamResponse = await handler(request)
        span.status = response.status
        # Not to be ready yet is no fault: it is asked while the model loads.
        failed = response.status >= 500 and request.path != "/ready"
        logger.log(logging.WARNING if failed else logging.DEBUG, "%s %d", name, response.status)
        return response


@web.middleware
async def _problems(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        return await handler(request)
    except GuichetError as error:
        return web.json_response(error.problem(), status=error.status, content_type="application/problem+json")


def _token_of(token: str) -> Any:
    @web.middleware
    async def check(request: web.Request, handler: Any) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(), token.encode()):
            raise NotAllowed("The engine answers the gateway only.", code="wrong-token")
        return await handler(request)

    return check


async def _ready(request: web.Request) -> web.Response:
    host = request.app[HOST]
    told = {"ready": host.ready, "model": host.model, "version": __version__}
    return web.json_response(told, status=200 if host.ready else 503)


async def _answer(request: web.Request) -> web.Response:
    body = await request.json()
    messages = await request.app[HOST].answer(body["conversation_id"], body["message_id"], body["text"])
    return web.json_response({"messages": [message.wire() for message in messages]})


async def _remind(request: web.Request) -> web.Response:
    body = await request.json()
    told = (body[name] for name in ("conversation_id", "message_id", "intent", "entities"))
    messages = await request.app[HOST].remind(*told)
    return web.json_response({"messages": [message.wire() for message in messages]})


async def _parse(request: web.Request) -> web.Response:
    body = await request.json()
    return web.json_response(request.app[HOST].parse(str(body.get("text", ""))))


async def _model(request: web.Request) -> web.Response:
    name = (await request.json()).get("file")
    if not isinstance(name, str) or "/" in name or not name.endswith(".tar.gz"):
        raise Unprocessable("`file` must be the name of an archive of the models' folder.", field="file")
    host = request.app[HOST]
    await host.load(request.app[MODELS] / name)
    return web.json_response({"ready": True, "model": host.model})
