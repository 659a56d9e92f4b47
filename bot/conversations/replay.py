"""Writes to the database what waited in the spool: in order, once, and goes on where it was when the database left."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.conversations import entries
from bot.conversations.entries import Entry
from bot.conversations.pending import PendingMessages
from bot.conversations.spool import Spool
from bot.conversations.store import ConversationStore
from bot.errors import NotFound, Unavailable

logger = logging.getLogger(__name__)

EVERY = 3.0
"""Seconds between two looks at the spool by an engine; a gateway of the same machine looks more often."""


class Replay:
    """Empties the spool of a machine.

    An entry that is in the database already is passed over: a turn by the identifier of its message, a conversation by
    its own. Whoever is killed in the middle may therefore begin again.

    Args:
        spool: what waits.
        conversations: writes to the database itself.
        pending: keeps there the messages that wait for their answer.
    """

    def __init__(self, spool: Spool, conversations: ConversationStore, pending: PendingMessages) -> None:
        self._spool = spool
        self._conversations = conversations
        self._pending = pending

    @property
    def waits(self) -> bool:
        """Whether something waits."""
        return self._spool.size > 0

    async def run(self) -> set[str]:
        """Write what waits, as far as the database takes it, and empty the spool when it took everything.

        Returns:
            The conversations of which something was written.
        """
        written: set[str] = set()
        if not self.waits:
            return written
        with self._spool.draining() as mine:
            if not mine:
                return written
            offset = 0
            try:
                while not await asyncio.to_thread(self._spool.empty, offset):
                    lines, offset = await asyncio.to_thread(self._spool.read, offset)
                    for line in lines:
                        if not line.startswith(b"#") and await self._write(line):
                            written.add(line.partition(b" ")[0].decode())
            except Unavailable:
                logger.debug("the database is away still")
                return written
        logger.warning("the database is back: what waited of %d conversations is written", len(written))
        return written

    async def go_on(self, tell: Callable[[str], None]) -> None:
        """Write what waits whenever it can be, for ever, on a machine where there may be no gateway to do it.

        Args:
            tell: called with each conversation of which something was written.
        """
        while True:
            await asyncio.sleep(EVERY)
            try:
                for conversation_id in await self.run():
                    tell(conversation_id)
            except Exception as error:  # a disk that fails must not end the engine
                logger.warning("what waits in the spool stays there: %s", type(error).__name__)

    async def _write(self, line: bytes) -> bool:
        """Write one line and return whether the database has something new."""
        entry = self._spool.entry(line)
        if entry is None:
            self._spool.reject(line)
            return False
        try:
            return await self._apply(line.partition(b" ")[0].decode(), entry)
        except IntegrityError:
            logger.debug("an entry of the spool was in the database already")
        except NotFound:
            logger.info("an entry of the spool belonged to a conversation that was erased")
        except Unavailable:
            raise
        except Exception as error:  # one bad entry must not keep the others from being written
            logger.error("an entry of the spool cannot be written: %s", type(error).__name__)
            self._spool.reject(line)
        return False

    async def _apply(self, conversation_id: str, entry: Entry) -> bool:
        match entry["type"]:
            case "opening" if entry.get("written"):
                return False
            case "opening":
                await self._conversations.write_opening(entries.to_opening(entry))
            case "turn":
                await self._conversations.record(
                    entries.to_turn(entry),
                    entry["state"],
                    language=entry["language"],
                    logged_text=entry["text"],
                    at=datetime.fromisoformat(entry["at"]),
                )
            case "kept":
                await self._pending.keep(conversation_id, entry["message_id"], entry["text"])
            case unknown:
                raise ValueError(f"an entry of type {unknown}")
        return True
