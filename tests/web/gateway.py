"""A gateway in the process of the test, on a database of its own and without an engine: quick to start."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.conversations.assistant import Assistant
from bot.engine.client import EngineClient
from bot.settings import Settings
from bot.web.app import create_gateway
from tests.conftest import ROOT

NOBODY = "http://127.0.0.1:9"
"""Where no engine listens."""


@asynccontextmanager
async def gateway(
    folder: Path, migrated_file: Path, assistant: Callable[[], Assistant] | None = None, **settings: Any
) -> AsyncIterator[TestClient[Any, Any]]:
    """Yield a client of a gateway whose data are in a folder.

    Args:
        folder: an empty folder.
        migrated_file: a database with the tables, copied there.
        assistant: makes the client of the engine; that of one that is not there when left out.
        settings: of the gateway.
    """
    shutil.copy(migrated_file, folder / "guichet.db")
    # A machine that is busy with other tests is slow: nobody waits in the line for that, unless a test says so.
    given = Settings(data_dir=folder, catalogue_dir=ROOT / "data", **{"busy_milliseconds": 0} | settings)
    app = create_gateway(given, assistant or (lambda: EngineClient(NOBODY, "token", 1)))
    server = TestServer(app)
    await server.start_server(keepalive_timeout=given.idle_seconds)
    async with TestClient(server) as client:
        yield client


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is looked at tells nobody that it changed
            await asyncio.sleep(0.01)
