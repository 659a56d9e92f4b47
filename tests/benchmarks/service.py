"""Our own product as the benchmark sees it: `guichet up` on a free port, with data and models of its own."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import aiohttp

from .measure import pss_mb, rss_mb

NO_LIMIT = "1000000"


@dataclass
class Ours:
    """A running service.

    Attributes:
        url: address of its gateway.
        pid: the supervisor; engine and gateway are its children.
        seconds_to_ready: from the start of the process to "ready".
    """

    url: str
    pid: int
    seconds_to_ready: float
    _tokens: dict[str, tuple[str, str]] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None

    @property
    def rss_mb(self) -> float:
        """Resident memory of all its processes, now."""
        return rss_mb(self.pid)

    @property
    def pss_mb(self) -> float:
        """The same, with the pages that they share counted once."""
        return pss_mb(self.pid)

    async def begin(self, sender: str) -> None:
        """Open the conversation of a sender."""
        assert self._session is not None
        async with self._session.post("/api/conversations", json={}) as response:
            opened = await response.json()
        self._tokens[sender] = (opened["id"], opened["token"])

    async def send(self, sender: str, text: str) -> None:
        """Send a message and read its whole answer."""
        assert self._session is not None
        conversation, token = self._tokens[sender]
        async with self._session.post(
            f"/api/conversations/{conversation}/messages",
            json={"id": str(uuid4()), "text": text},
            headers={"Authorization": f"Bearer {token}"},
        ) as response:
            answer = await response.json()
        if response.status != 200:
            raise RuntimeError(f"the gateway answered {response.status}: {answer.get('detail')}")


@asynccontextmanager
async def running(root: Path, data_dir: Path, models_dir: Path) -> AsyncIterator[Ours]:
    """Run the service for the length of the block, and stop it by its own process id."""
    environment = os.environ | {
        "GUICHET_DATA_DIR": str(data_dir),
        "GUICHET_MODELS_DIR": str(models_dir),
        "GUICHET_PORT": "0",
        "GUICHET_BUSY_MILLISECONDS": "0",
        "GUICHET_MESSAGES_A_MINUTE": NO_LIMIT,
        "GUICHET_ADDRESS_MESSAGES_A_MINUTE": NO_LIMIT,
        "GUICHET_CONVERSATIONS_AN_HOUR": NO_LIMIT,
    }
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "up"),
        cwd=root,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        url = ""
        assert process.stdout is not None
        async for line in process.stdout:
            if line.strip().startswith(b"Page"):
                url = line.split()[1].decode().rstrip("/")
                break
        if not url:
            raise RuntimeError("`guichet up` ended before it was ready")
        ours = Ours(url, process.pid, time.perf_counter() - started)
        async with aiohttp.ClientSession(url) as session:
            ours._session = session
            yield ours
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()
