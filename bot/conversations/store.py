"""Reads and writes conversations: opening, turns with the state of the dialogue, messages, buttons, erasure."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.model import NOTICE_VERSION, Author, Button, Command, Message, Mode
from bot.conversations.tables import ButtonRow, ConversationRow, MessageRow, PendingRow, TurnRow
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.errors import NotAllowed, NotFound
from bot.privacy.encryption import Cipher

ALTERNATIVES_LOGGED = 4
"""How many of the intents that came after the first are logged with a turn."""


RECOGNISED = 20_000
"""Conversations whose token is remembered, so that a message costs no query for it."""


@dataclass(frozen=True)
class Conversation:
    """What the gateway needs to know of a conversation."""

    id: str
    language: str
    mode: Mode
    messages: int
    created_at: str


@dataclass(frozen=True)
class Pending:
    """A message that waits for the engine."""

    conversation_id: str
    message_id: str
    text: str
    language: str


class ConversationStore:
    """The conversations of a database.

    Args:
        database: where they are.
        cipher: encrypts what only the citizen may read again.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.database = database
        self._cipher = cipher
        self._recognised: dict[str, tuple[str, str]] = {}

    async def open(
        self, language: str, origin: str | None, messages: Sequence[Message]
    ) -> tuple[str, str, list[Message]]:
        """Open a conversation with its first messages.

        Returns:
            Its identifier, the token that gives access to it (kept as a hash only), and the messages as stored.
        """
        conversation_id, token = secrets.token_hex(12), secrets.token_urlsafe(32)
        at = now()
        async with self.database.writing() as session:
            await session.execute(
                insert(ConversationRow).values(
                    id=conversation_id,
                    token_hash=_hash(token),
                    language=language,
                    origin=(origin or "")[:200] or None,
                    mode=Mode.BOT,
                    notice_version=NOTICE_VERSION,
                    created_at=at,
                    last_at=at,
                    turns=0,
                    messages=len(messages),
                    state=_first_state(language),
                )
            )
            await self._write_messages(session, conversation_id, None, messages, first=1)
        return conversation_id, token, list(messages)

    async def authenticate(self, conversation_id: str, token: str) -> Conversation:
        """Return the conversation that the token opens.

        Raises:
            NotAllowed: there is no such conversation or the token is another's; the answer is the same for both.
        """
        # What cannot be an identifier is not looked up: a database refuses some signs with an error of its own.
        wanted = conversation_id if conversation_id.isascii() and conversation_id.isalnum() else ""
        async with self.database.reading() as session:
            row = (
                await session.execute(
                    select(
                        ConversationRow.token_hash,
                        ConversationRow.language,
                        ConversationRow.mode,
                        ConversationRow.messages,
                        ConversationRow.created_at,
                    ).where(ConversationRow.id == wanted)
                )
            ).one_or_none()
        # The comparison is made whether the conversation is there or not, so that both take the same time.
        if not hmac.compare_digest(row.token_hash if row else _hash(""), _hash(token)) or row is None:
            raise NotAllowed("This conversation cannot be opened with that token.", code="wrong-token")
        return Conversation(conversation_id, row.language, Mode(row.mode), row.messages, row.created_at.isoformat())

    async def recognise(self, conversation_id: str, token: str) -> str:
        """Return the language of the conversation that the token opens; known ones are not asked for again.

        A conversation that was erased elsewhere is refused when its turn is written.

        Raises:
            NotAllowed: there is no such conversation or the token is another's.
        """
        digest = _hash(token)
        known = self._recognised.get(conversation_id)
        if known is not None and hmac.compare_digest(known[0], digest):
            return known[1]
        language = (await self.authenticate(conversation_id, token)).language
        if len(self._recognised) >= RECOGNISED:
            self._recognised.clear()
        self._recognised[conversation_id] = (digest, language)
        return language

    async def state(self, conversation_id: str, message_id: str = "") -> tuple[dict[str, Any], bool]:
        """Return the state of the dialogue, and whether a message of the citizen is answered already.

        An unknown conversation has an empty state.
        """
        answered = exists().where(TurnRow.conversation_id == conversation_id, TurnRow.message_id == message_id)
        async with self.database.reading() as session:
            query = select(ConversationRow.state, answered).where(ConversationRow.id == conversation_id)
            row = (await session.execute(query)).one_or_none()
        return (row[0], row[1]) if row else ({}, False)

    async def answer_to(self, conversation_id: str, message_id: str) -> list[Message]:
        """Return what was answered to a message of the citizen."""
        async with self.database.reading() as session:
            return await self._read_messages(
                session,
                MessageRow.conversation_id == conversation_id,
                MessageRow.turn_message_id == message_id,
                MessageRow.author != Author.CITIZEN,
            )

    async def record(self, turn: Turn, state: dict[str, Any], *, language: str, logged_text: str) -> None:
        """Write a turn, its messages and the new state of the dialogue, in one transaction.

        Args:
            turn: what was said, understood and answered.
            state: the state of the dialogue after it.
            language: the language of the answers.
            logged_text: what the log keeps of the citizen's words.
        """
        at = now()
        ranking = turn.parse.get("intent_ranking") or []
        intent = turn.parse.get("intent") or {}
        linked = turn.parse.get("service") or {}
        citizen = Message(Author.CITIZEN, logged_text, client_id=turn.message_id)
        shown = [citizen, *turn.messages] if turn.kind != "start" else turn.messages
        async with self.database.writing() as session:
            counted = (
                await session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.id == turn.conversation_id)
                    .values(
                        state=state,
                        turns=ConversationRow.turns + 1,
                        messages=ConversationRow.messages + len(shown),
                        language=language,
                        last_at=at,
                    )
                    .returning(ConversationRow.turns, ConversationRow.messages)
                )
            ).one_or_none()
            if counted is None:
                raise _erased()
            await session.execute(
                insert(TurnRow).values(
                    conversation_id=turn.conversation_id,
                    message_id=turn.message_id,
                    number=counted.turns,
                    at=at,
                    kind=turn.kind,
                    text=logged_text,
                    language=language,
                    intent=intent.get("name"),
                    confidence=intent.get("confidence"),
                    alternatives=[
                        {"name": other["name"], "confidence": round(other["confidence"], 4)}
                        for other in ranking
                        if other["name"] != intent.get("name")
                    ][:ALTERNATIVES_LOGGED],
                    # The words that an entity was read from may be personal: only its kind and its meaning are kept.
                    entities=[
                        {"entity": entity["entity"], "value": entity.get("value")}
                        for entity in turn.parse.get("entities") or []
                    ],
                    service=turn.service or linked.get("id"),
                    service_confidence=linked.get("confidence"),
                    moment=turn.moment,
                    actions=turn.parse.get("actions") or [],
                    field=turn.field,
                    fallback=turn.fallback,
                    model=turn.model,
                    milliseconds=round(turn.milliseconds, 2),
                )
            )
            await self._write_messages(
                session, turn.conversation_id, turn.message_id, shown, first=counted.messages - len(shown) + 1
            )

    async def append(self, conversation_id: str, message: Message) -> Message:
        """Add a message that answers nothing: from the system, or from an agent.

        Raises:
            NotFound: the conversation was erased.
        """
        async with self.database.writing() as session:
            count = (
                await session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.id == conversation_id)
                    .values(messages=ConversationRow.messages + 1)
                    .returning(ConversationRow.messages)
                )
            ).scalar_one_or_none()
            if count is None:
                raise _erased()
            await self._write_messages(session, conversation_id, None, [message], first=count)
        return message

    async def messages_after(self, conversation_id: str, sequence: int) -> list[Message]:
        """Return the messages that come after the given place, in their order."""
        async with self.database.reading() as session:
            return await self._read_messages(
                session, MessageRow.conversation_id == conversation_id, MessageRow.sequence > sequence
            )

    async def command_of(self, conversation_id: str, payload: str) -> tuple[str, Command]:
        """Return the title and the meaning of a button that was offered in this conversation.

        Raises:
            NotFound: no such button was offered here.
        """
        async with self.database.reading() as session:
            row = (
                await session.execute(
                    select(ButtonRow.title, ButtonRow.intent, ButtonRow.entities).where(
                        ButtonRow.id == payload, ButtonRow.conversation_id == conversation_id
                    )
                )
            ).one_or_none()
        if row is None:
            raise NotFound("This choice was not offered in this conversation.", code="unknown-button")
        return row.title, Command(row.intent, row.entities)

    async def keep(self, conversation_id: str, message_id: str, text: str) -> None:
        """Keep a message, encrypted, until the engine is back; keeping it twice keeps it once.

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
            async with self.database.writing() as session:
                await session.execute(row)
        except IntegrityError:
            if not any(each.message_id == message_id for each in await self.pending(conversation_id)):
                raise _erased() from None

    async def pending(self, conversation_id: str | None = None) -> list[Pending]:
        """Return the messages that wait for the engine, the oldest first: of one conversation, or of all."""
        query = (
            select(PendingRow.conversation_id, PendingRow.message_id, PendingRow.text, ConversationRow.language)
            .join(ConversationRow, ConversationRow.id == PendingRow.conversation_id)
            .order_by(PendingRow.id)
        )
        if conversation_id is not None:
            query = query.where(PendingRow.conversation_id == conversation_id)
        async with self.database.reading() as session:
            rows = await session.execute(query)
            return [
                Pending(row.conversation_id, row.message_id, self._cipher.decrypt(row.text), row.language)
                for row in rows
            ]

    async def release(self, message: Pending) -> None:
        """Forget a kept message, once it is answered or can never be."""
        async with self.database.writing() as session:
            await session.execute(
                delete(PendingRow).where(
                    PendingRow.conversation_id == message.conversation_id, PendingRow.message_id == message.message_id
                )
            )

    async def erase(self, conversation_id: str) -> int:
        """Erase a conversation with its turns, messages and buttons.

        Returns:
            How many messages were erased.
        """
        self._recognised.pop(conversation_id, None)
        async with self.database.writing() as session:
            for table in (MessageRow, ButtonRow, TurnRow, PendingRow):
                result = await session.execute(delete(table).where(table.conversation_id == conversation_id))
                if table is MessageRow:
                    erased: int = result.rowcount  # type: ignore[attr-defined]
            await session.execute(delete(ConversationRow).where(ConversationRow.id == conversation_id))
        return erased

    async def _write_messages(
        self,
        session: AsyncSession,
        conversation_id: str,
        turn_message_id: str | None,
        messages: Sequence[Message],
        *,
        first: int,
    ) -> None:
        at = now()
        rows, buttons = [], []
        for sequence, message in enumerate(messages, start=first):
            message.sequence, message.at = sequence, at.isoformat()
            private = message.logged_text is not None
            body = {
                "buttons": [[button.title, button.payload] for button in message.buttons],
                "client": message.client_id,
            }
            rows.append(
                {
                    "conversation_id": conversation_id,
                    "sequence": sequence,
                    "id": message.id,
                    "turn_message_id": turn_message_id,
                    "author": str(message.author),
                    "text": message.logged_text if private else message.text,
                    "body": body if private else body | {"extras": message.extras},
                    "secret": self._cipher.encrypt([message.text, message.extras]) if private else None,
                    "at": at,
                }
            )
            buttons += [
                {
                    "id": button.payload,
                    "conversation_id": conversation_id,
                    "title": button.title[:300],
                    "intent": button.command.intent,
                    "entities": button.command.entities,
                }
                for button in message.buttons
            ]
        if rows:
            await session.execute(insert(MessageRow), rows)
        if buttons:
            await session.execute(insert(ButtonRow), buttons)

    async def _read_messages(self, session: AsyncSession, *conditions: Any) -> list[Message]:
        rows = await session.execute(
            select(
                MessageRow.sequence,
                MessageRow.id,
                MessageRow.author,
                MessageRow.text,
                MessageRow.body,
                MessageRow.secret,
                MessageRow.at,
            )
            .where(*conditions)
            .order_by(MessageRow.sequence)
        )
        messages = []
        for row in rows:
            text, extras = self._cipher.decrypt(row.secret) if row.secret else (row.text, row.body.get("extras", {}))
            messages.append(
                Message(
                    Author(row.author),
                    text,
                    [Button(title, Command(""), payload) for title, payload in row.body["buttons"]],
                    extras,
                    id=row.id,
                    sequence=row.sequence,
                    client_id=row.body["client"],
                    at=row.at.isoformat(),
                )
            )
        return messages


def _first_state(language: str) -> dict[str, Any]:
    # What Rasa would have written for a session that has begun and waits for the citizen. The slot comes after the
    # beginning of the session, which empties all slots.
    begun = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    spoken = {"event": "slot", "name": "language", "value": language}
    return {"slots": {}, "events": [*begun, spoken, {"event": "action", "name": "action_listen"}]}


def _erased() -> NotFound:
    return NotFound("This conversation was erased.", code="conversation-erased")


def _hash(token: str) -> str:
    # A token has 256 bits of chance: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
