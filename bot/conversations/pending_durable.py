"""Messages that wait for the engine, while the database may be away as well.

What cannot be kept in the database is kept in the spool; what the database had told before it left is remembered here.
So an engine that is back before the database answers both. What it answers is in the spool as a turn, which says that
the message waits no more.
"""

import asyncio
from contextlib import suppress

from bot.conversations import entries
from bot.conversations.pending import Pending, PendingMessages
from bot.conversations.spool import Spool
from bot.db import Database
from bot.errors import Unavailable
from bot.privacy.encryption import Cipher


class DurablePending(PendingMessages):
    """The messages of a database that wait, and those that wait in the spool for the database itself.

    Args:
        database: where they are.
        cipher: encrypts their words.
        spool: where they wait while the database is away.
    """

    def __init__(self, database: Database, cipher: Cipher, spool: Spool) -> None:
        super().__init__(database, cipher)
        self._spool = spool
        self._known: list[Pending] = []
        self._answered: set[tuple[str, str]] = set()
        # The conversations that keep something in the spool, known once the spool was read.
        self._keeping: set[str] = set()
        self._read = False

    async def keep(self, conversation_id: str, message_id: str, text: str) -> None:
        """Keep a message, wherever it can be.

        Raises:
            NotFound: the conversation was erased.
            Unavailable: neither the database nor the spool takes it.
        """
        if not self._spool.size:
            with suppress(Unavailable):
                await super().keep(conversation_id, message_id, text)
                self._known.append(Pending(conversation_id, message_id, text, ""))
                return
        if not any(each.message_id == message_id for each in await self._spooled(conversation_id)):
            await asyncio.to_thread(self._spool.append, conversation_id, entries.of_kept(message_id, text))
            self._keeping.add(conversation_id)

    async def waiting(self, conversation_id: str | None = None) -> list[Pending]:
        """Return the messages that wait, the oldest first: of one conversation, or all.

        Raises:
            Unavailable: the database is away.
        """
        found = await super().waiting(conversation_id)
        if conversation_id is None:
            found = [each for each in found if not await self._is_over(each)]
            self._known = found
        return [*self._open(found), *await self._spooled(conversation_id)]

    async def remembered(self) -> list[Pending]:
        """Return the messages that wait as far as it is known without the database, the oldest first."""
        return [*self._open(self._known), *await self._spooled()]

    async def waits(self, conversation_id: str) -> bool:
        """Return whether a message of a conversation waits, as far as it is known when the database is away."""
        if await self._spooled(conversation_id):
            return True
        try:
            return bool(self._open(await super().waiting(conversation_id)))
        except Unavailable:
            return any(each.conversation_id == conversation_id for each in self._open(self._known))

    async def release(self, message: Pending) -> bool:
        """Forget a message; return whether the database was told, which is told later when it is away."""
        try:
            return await super().release(message)
        except Unavailable:
            self._answered.add((message.conversation_id, message.message_id))
            return False

    def _open(self, messages: list[Pending]) -> list[Pending]:
        return [each for each in messages if (each.conversation_id, each.message_id) not in self._answered]

    async def _is_over(self, message: Pending) -> bool:
        """Return whether a message that the database has was answered while it was away, and tell it so."""
        key = (message.conversation_id, message.message_id)
        if key not in self._answered or not await self.release(message):
            return False
        self._answered.discard(key)
        return True

    async def _spooled(self, conversation_id: str | None = None) -> list[Pending]:
        """Return the messages of the spool that no turn of the spool answers."""
        if not self._spool.size:
            self._keeping.clear()
            return []
        return await asyncio.to_thread(self._unanswered, conversation_id)

    def _unanswered(self, conversation_id: str | None) -> list[Pending]:
        if conversation_id is not None:
            return self._unanswered_in(conversation_id)
        if not self._read:
            self._keeping.update(each for each in self._spool.conversations() if self._unanswered_in(each))
            self._read = True
        return [message for each in list(self._keeping) for message in self._unanswered_in(each)]

    def _unanswered_in(self, conversation_id: str) -> list[Pending]:
        told = self._spool.of(conversation_id)
        turns = {entry["turn"]["message_id"] for entry in told if entry["type"] == "turn"}
        return [
            Pending(conversation_id, entry["message_id"], entry["text"], "")
            for entry in told
            if entry["type"] == "kept" and entry["message_id"] not in turns
        ]
