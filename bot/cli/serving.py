"""`up` and its parts: prepare, train, engine, gateway; and `ask`, which speaks to a running service."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from bot.cli.command import Add
from bot.cli.lines import add_texts, print_json, texts
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    up = command("up", _up, "start engines and gateway, and keep them alive; train first when there is no model")
    up.add_argument("--host", help="address to listen on (GUICHET_HOST)")
    up.add_argument("--port", type=int, help="port to listen on, 0 for a free one (GUICHET_PORT)")
    up.add_argument("--database-url", help="SQLAlchemy address of the database (GUICHET_DATABASE_URL)")
    command("train", _train, "train a model into the models' folder")
    command("prepare", _prepare, "check settings and catalogue, bring the database up to date, train if needed")
    command("engine", _engine, "run an engine alone (docs/scaling.md); `up` runs as many as wanted")
    command("gateway", _gateway, "run a gateway alone (docs/scaling.md); `up` runs one")
    ask = command("ask", _ask, "ask a running gateway, each question in a new conversation")
    add_texts(ask)
    ask.add_argument("--url", default="http://127.0.0.1:8080", help="address of the gateway")


def _up(settings: Settings, options: argparse.Namespace) -> int:
    from bot import supervisor

    return asyncio.run(supervisor.run(settings))


def _prepare(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.load import load_catalogue
    from bot.db import Database
    from bot.learning.models import is_usable
    from bot.migrations import upgrade
    from bot.rights.keys import check

    load_catalogue(settings.catalogue_dir)

    async def migrate() -> None:
        database = Database(settings.database)
        await upgrade(database)
        await check(database, settings)
        await database.close()

    asyncio.run(migrate())
    if not is_usable(settings.models_dir):
        _train(settings, options)


def _train(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.train import train

    print("Training a model; this takes about a minute.", file=sys.stderr, flush=True)
    trained = train(settings)
    print(f"{trained.archive} trained in {trained.seconds:.0f} s")


def _engine(settings: Settings, options: argparse.Namespace) -> None:
    from bot.errors import Misconfigured

    own, *others = _engines(settings)
    if others:
        raise Misconfigured("GUICHET_ENGINE_URL names several engines: an engine takes its own address alone.")
    if not settings.engine_token:
        raise Misconfigured("GUICHET_ENGINE_TOKEN must hold the secret that the gateways have as well.")
    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from bot import tracing
    from bot.engine.server import create_engine

    tracing.set_up("engine")
    _serve(lambda: create_engine(settings), str(own.hostname), own.port or 8081)


def _gateway(settings: Settings, options: argparse.Namespace) -> None:
    from bot import tracing
    from bot.engine.engines import Engines
    from bot.web.app import create_gateway

    addresses = [each.geturl() for each in _engines(settings)]

    def assistant() -> Engines:
        return Engines(addresses, settings.engine_token, settings.engine_timeout)

    tracing.set_up("gateway")
    _serve(lambda: create_gateway(settings, assistant), settings.host, settings.port, settings.idle_seconds)


def _engines(settings: Settings) -> list[SplitResult]:
    """Return the addresses of the engines; raise Misconfigured when one of them is none."""
    from bot.errors import Misconfigured

    addresses = [urlsplit(each.rstrip("/")) for each in settings.engine_url.split()]
    if wrong := [each.geturl() for each in addresses if each.scheme not in ("http", "https") or not each.hostname]:
        raise Misconfigured(f"GUICHET_ENGINE_URL must hold addresses like http://10.0.0.5:8081, not {wrong[0]!r}.")
    if not addresses:
        raise Misconfigured("GUICHET_ENGINE_URL must hold the address of an engine, like http://10.0.0.5:8081.")
    return addresses


def _serve(create: Callable[[], Any], host: str, port: int, idle_seconds: int = 75) -> None:
    import uvloop
    from aiohttp import web

    from bot.memory import one_heap, settle
    from bot.supervisor import exit_with_supervisor

    one_heap()

    async def application() -> Any:
        app = create()

        async def watch(app: Any) -> Any:
            task = asyncio.create_task(exit_with_supervisor())
            yield
            task.cancel()

        async def settled(app: Any) -> None:
            settle()

        app.cleanup_ctx.append(watch)
        app.on_startup.append(settled)
        return app

    # No access log: an address and a time are personal data, and /metrics has the figures.
    web.run_app(
        application(),
        host=host,
        port=port,
        print=None,
        access_log=None,
        shutdown_timeout=5,
        keepalive_timeout=idle_seconds,
        loop=uvloop.new_event_loop(),
    )


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot.asking import ask_all

    return asyncio.run(ask_all(options.url, texts(options), print_json))
