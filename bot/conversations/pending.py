"""Messages of citizens that cannot be answered yet: kept, encrypted, in their order, until they are."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.conversations import entries
from bot.conversations.model import erased
from bot.conversations.spool import Spool
from bot.conversations.tables import ConversationRow, PendingRow
from bot.db import Database, now
from bot.errors import Unavailable
from bot.privacy.encryption import Cipher


@dataclass(frozen=True)
class Pending:
    """A message that waits for its answer."""

    conversation_id: str
    message_id: str
    text: str
    language: str


class PendingMessages:
    """The messages of a database that wait.

    Args:
        database: where they are.
        cipher: encrypts their words, which nobody has masked yet.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def keep(self, conversation_id: str, message_id: str, text: str) -> None:
        """Keep a message; keeping it twice keeps it once.

        Raises:
            NotFound: the conversation was erased.
        """
        row = insert(PendingRow).values(
            conversation_id=conversation_id,
            message_id=message_id,
            text=self._cipher.encrypt(text),
            at=now(),
            attempts=0,
        )
        try:
            async with self._database.writing() as session:
                await session.execute(row)
        except IntegrityError:
            if not any(each.message_id == message_id for each in await self.waiting(conversation_id)):
                raise erased() from None

    async def waiting(self, conversation_id: str | None = None) -> list[Pending]:
        """Return the messages that wait, the oldest first: of one conversation, or of all."""
        query = (
            select(PendingRow.conversation_id, PendingRow.message_id, PendingRow.text, ConversationRow.language)
            .join(ConversationRow, ConversationRow.id == PendingRow.conversation_id)
            .order_by(PendingRow.id)
        )
        if conversation_id is not None:
            query = query.where(PendingRow.conversation_id == conversation_id)
        async with self._database.reading() as session:
            rows = await session.execute(query)
            return [
                Pending(row.conversation_id, row.message_id, self._cipher.decrypt(row.text), row.language)
                for row in rows
            ]

    async def release(self, message: Pending) -> None:
        """Forget a message, once it is answered or can never be."""
        async with self._database.writing() as session:
            await session.execute(
                delete(PendingRow).where(
                    PendingRow.conversation_id == message.conversation_id, PendingRow.message_id == message.message_id
                )
            )


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
        self._seen: set[str] = set()

    async def keep(self, conversation_id: str, message_id: str, text: str) -> None:
        """Keep a message, wherever it can be.

        Raises:
            NotFound: the conversation was erased.
            Unavailable: neither the database nor the spool takes it.
        """
        if not self._spool.size:
            with suppress(Unavailable):
                await super().keep(conversation_id, message_id, text)
                self._seen.add(conversation_id)
                return
        if not any(each.message_id == message_id for each in await self._spooled(conversation_id)):
            await asyncio.to_thread(self._spool.append, conversation_id, entries.of_kept(message_id, text))

    async def waiting(self, conversation_id: str | None = None) -> list[Pending]:
        """Return the messages that wait, the oldest first: of one conversation, or all that the database has."""
        if conversation_id is None:
            found = await super().waiting()
            self._seen = {each.conversation_id for each in found}
            return found
        return [*await super().waiting(conversation_id), *await self._spooled(conversation_id)]

    async def waits(self, conversation_id: str) -> bool:
        """Return whether a message of a conversation waits, as far as it is known when the database is away."""
        if await self._spooled(conversation_id):
            return True
        try:
            return bool(await super().waiting(conversation_id))
        except Unavailable:
            return conversation_id in self._seen

    async def _spooled(self, conversation_id: str) -> list[Pending]:
        if not self._spool.size:
            return []
        found = await asyncio.to_thread(self._spool.of, conversation_id)
        return [
            Pending(conversation_id, each["message_id"], each["text"], "") for each in found if each["type"] == "kept"
        ]
