"""One message of a conversation at a time: in this process, on this machine, and among machines.

What Rasa's lock store is for, without asking once a second whether it is one's turn. A lock goes with the process, or
the machine, that holds it. Should it be lost with its connection alone, a turn is still written only where the one
before left the conversation (`ConversationStore.record`).
"""

import asyncio
import fcntl
import logging
import os
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from time import monotonic
from typing import Protocol

from bot.db import Database
from bot.errors import Unavailable

logger = logging.getLogger(__name__)

KEPT = 10_000
"""Conversations whose lock in this process is remembered."""
PATIENCE = 10.0
"""Seconds that a conversation is waited for in which another engine answers."""
LIFETIME = 60.0
"""Seconds after which an engine that holds a conversation is taken to hang, as by Rasa: no turn lasts so long."""
LOOKS = 0.02
"""Seconds between two looks whether it is done; there is something to wait for when a conversation moves."""
BUSY = "conversation-busy"
"""Code of the error when that took longer."""


class _Latch(Protocol):
    async def take(self, key: int) -> bool:
        """Take a lock, and return whether it was free."""

    async def give_back(self, key: int) -> None:
        """Give a lock back."""

    async def close(self) -> None:
        """Give all of them back."""


class ConversationLocks:
    """The locks of one engine.

    Args:
        database: on PostgreSQL, the engines of all machines agree by its advisory locks. While it is away,
            conversations go on without them, as far as this machine remembers them (bot/conversations/durable.py).
        folder: of a file by which the engines of this machine agree; made when it is missing.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        # asyncio's lock is fair: the messages of a conversation are answered in their order.
        self._mine: OrderedDict[str, asyncio.Lock] = OrderedDict()
        # Since when a conversation is held elsewhere, as far as somebody waits for it, and when that was last seen.
        self._busy: dict[int, tuple[float, float]] = {}
        self._latches: list[_Latch] = [BytesOfFile(folder / "conversations.lock")]
        if not database.is_sqlite:
            from bot.engine.locks_postgresql import AdvisoryLocks  # Its driver is 8 MB that SQLite does without.

            self._latches.append(AdvisoryLocks(database))

    @asynccontextmanager
    async def lock(self, conversation_id: str) -> AsyncIterator[None]:
        """Hold a conversation for the length of the block.

        Raises:
            Unavailable: another engine answers in it, for longer than is waited for.
        """
        # 62 bits: the places of a file and the keys of PostgreSQL are signed numbers of 64.
        key = int.from_bytes(blake2b(conversation_id.encode(), digest_size=8).digest()) >> 2
        async with self._lock_of(conversation_id), AsyncExitStack() as held:
            end = monotonic() + PATIENCE
            for latch in self._latches:
                while not (mine := await latch.take(key)) and not self._hangs(key):
                    if monotonic() > end:
                        raise Unavailable("Another engine answers in this conversation.", code=BUSY, retry_after=1)
                    await asyncio.sleep(LOOKS)
                if mine:
                    held.push_async_callback(latch.give_back, key)
            self._busy.pop(key, None)
            yield

    def _hangs(self, key: int) -> bool:
        """Return whether a conversation was held elsewhere for too long while it was asked for again and again."""
        at = monotonic()
        if len(self._busy) > KEPT:
            self._busy.clear()
        since, seen = self._busy.get(key, (at, at))
        if at - seen > PATIENCE:
            since = at
        self._busy[key] = (since, at)
        if at - since > LIFETIME:
            logger.warning("an engine holds a conversation and does not answer: it is answered here")
            return True
        return False

    async def close(self) -> None:
        """Give every lock back."""
        for latch in self._latches:
            await latch.close()

    def _lock_of(self, conversation_id: str) -> asyncio.Lock:
        lock = self._mine.setdefault(conversation_id, asyncio.Lock())
        self._mine.move_to_end(conversation_id)
        if len(self._mine) > KEPT:
            oldest = next(iter(self._mine))
            if not self._mine[oldest].locked():
                del self._mine[oldest]
        return lock


class BytesOfFile:
    """Locks on the bytes of a file, one for each conversation: the system gives those of a dead process back.

    Args:
        path: the file, which stays empty.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened once: a process that closes such a file anywhere gives all its locks back.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    async def take(self, key: int) -> bool:
        """Lock a byte, and return whether it was free; this process is always given it."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, key)
        except (BlockingIOError, PermissionError):
            return False
        return True

    async def give_back(self, key: int) -> None:
        """Unlock a byte."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, key)

    async def close(self) -> None:
        """Give all of them back."""
        os.close(self._file)
