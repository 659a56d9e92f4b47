"""Messages of citizens that cannot be answered yet: kept, encrypted, in their order, until they are."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.conversations.model import Message, erased
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow, PendingRow
from bot.db import Database, now
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

    async def refuse(self, message: Pending, said: Message, conversations: ConversationStore) -> None:
        """Say that a message can never be answered and forget it, in one step: of two gateways that try, one says it.

        Raises:
            Unavailable: the database is away.
        """
        async with self._database.writing() as session:
            forgotten = delete(PendingRow).where(
                PendingRow.conversation_id == message.conversation_id, PendingRow.message_id == message.message_id
            )
            if (await session.execute(forgotten.returning(PendingRow.id))).one_or_none() is not None:
                await conversations.append_in(session, message.conversation_id, [said])

    async def release(self, message: Pending) -> bool:
        """Forget a message, once it is answered or can never be; return whether the database was told."""
        async with self._database.writing() as session:
            await session.execute(
                delete(PendingRow).where(
                    PendingRow.conversation_id == message.conversation_id, PendingRow.message_id == message.message_id
                )
            )
        return True
