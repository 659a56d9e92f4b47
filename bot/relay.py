"""What the processes on one PostgreSQL tell one another at once (LISTEN and NOTIFY): "there is something new".

Nothing is only in a notice: it says where to look, and what is new is in the database. So a notice that is lost costs a
delay and no message, and whoever listens again after a break looks everywhere. On SQLite there is one gateway, and
nobody to tell.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import text

from bot.db import Database
from bot.errors import Unavailable

logger = logging.getLogger(__name__)

NEWS = "news"
"""Something new is in the conversation, or at the desk, that is named."""
WORK = "work"
"""A message is kept which any gateway may have answered."""
ANYTHING = "anything"
"""Heard when notices may have been missed."""

CHANNEL = "guichet"
AGAIN = 1.0
"""Seconds after which a server that is away is tried again."""
MOST = 10_000
"""Notices that wait for a server that is away; those beyond are left out: whoever listens again looks everywhere."""

_NOTIFY = text("SELECT pg_notify(:channel, notice) FROM unnest(CAST(:notices AS text[])) AS notice")


class Relay:
    """Tells the other processes, and hears them.

    Args:
        database: that they share.
        hear: called with each notice of another process, what kind it is and what it names; None for who only tells.
    """

    def __init__(self, database: Database, hear: Callable[[str, str], None] | None = None) -> None:
        self._database = database
        self._hear = hear
        # A process hears itself as well, and passes over what is its own.
        self._own = secrets.token_hex(4)
        self._waiting: dict[str, None] = {}
        self._news = asyncio.Event()

    def tell(self, kind: str, name: str = "") -> None:
        """Tell the others something; the same twice in an instant is told once."""
        if not self._database.is_sqlite and len(self._waiting) < MOST:
            self._waiting[f"{self._own} {kind} {name}"] = None
            self._news.set()

    async def run(self) -> None:
        """Tell and hear, for ever; a server that is away is waited for."""
        if not self._database.is_sqlite:
            await asyncio.gather(self._tell_all(), self._listen_on())

    async def _tell_all(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            notices = list(self._waiting)
            self._waiting.clear()
            try:
                async with self._database.transaction() as connection:
                    await connection.execute(_NOTIFY, {"channel": CHANNEL, "notices": notices})
            except Unavailable:
                self._waiting = dict.fromkeys(notices) | self._waiting
                self._news.set()
                await asyncio.sleep(AGAIN)

    async def _listen_on(self) -> None:
        from bot.postgresql import listen  # Its driver is 8 MB that SQLite does without.

        while self._hear is not None:
            with suppress(OSError):
                async for notice in listen(self._database.engine.url, CHANNEL):
                    self._told(notice)
            logger.debug("the notices of other processes are not heard for now")
            await asyncio.sleep(AGAIN)

    def _told(self, notice: str) -> None:
        assert self._hear is not None
        if not notice:
            self._hear(ANYTHING, "")
            return
        sender, kind, name = notice.split(" ", 2)
        if sender != self._own:
            self._hear(kind, name)
