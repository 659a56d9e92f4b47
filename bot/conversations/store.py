"""Reads and writes conversations: opening, turns with the state of the dialogue, messages, buttons, erasure."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.messages import read_messages, write_messages
from bot.conversations.model import NOTICE_VERSION, Author, Command, Message, Mode, Overtaken, erased
from bot.conversations.opening import Opening, first_state, hash_of
from bot.conversations.reminders import KIND, write_reminders
from bot.conversations.tables import ButtonRow, ConversationRow, MessageRow
from bot.conversations.turn import Turn
from bot.conversations.turn_rows import MODE, MOVE_ON, MOVE_ON_FROM, MOVE_ON_LATE, STATE, add_turn
from bot.db import Database, now
from bot.errors import NotAllowed, NotFound
from bot.privacy.encryption import Cipher

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
        await self.write_opening(Opening(conversation_id, hash_of(token), language, origin, list(messages)))
        self._remember_token(conversation_id, hash_of(token), language)
        return conversation_id, token, list(messages)

    async def write_opening(self, opening: Opening) -> None:
        """Write a new conversation with its first messages."""
        async with self.database.writing() as session:
            await session.execute(
                insert(ConversationRow).values(
                    id=opening.conversation_id,
                    token_hash=opening.token_hash,
                    language=opening.language,
                    origin=(opening.origin or "")[:200] or None,
                    mode=Mode.BOT,
                    notice_version=NOTICE_VERSION,
                    created_at=opening.at,
                    last_at=opening.at,
                    turns=0,
                    messages=len(opening.messages),
                    state=first_state(opening.language),
                )
            )
            await write_messages(session, self._cipher, opening.conversation_id, None, opening.messages, first=1)

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
        if not hmac.compare_digest(row.token_hash if row else hash_of(""), hash_of(token)) or row is None:
            raise NotAllowed("This conversation cannot be opened with that token.", code="wrong-token")
        return Conversation(conversation_id, row.language, Mode(row.mode), row.messages, row.created_at.isoformat())

    async def recognise(self, conversation_id: str, token: str) -> str:
        """Return the language of the conversation that the token opens; known ones are not asked for again.

        A conversation that was erased elsewhere is refused when its turn is written.

        Raises:
            NotAllowed: there is no such conversation or the token is another's.
        """
        digest = hash_of(token)
        known = self._recognised.get(conversation_id)
        if known is not None and hmac.compare_digest(known[0], digest):
            return known[1]
        language = (await self.authenticate(conversation_id, token)).language
        self._remember_token(conversation_id, digest, language)
        return language

    def _remember_token(self, conversation_id: str, digest: str, language: str) -> None:
        if len(self._recognised) >= RECOGNISED:
            self._recognised.clear()
        self._recognised[conversation_id] = (digest, language)

    async def speak(self, conversation_id: str, language: str, note: Message) -> Message:
        """Answer in another language from now on; a note says so, in its place among the messages.

        The dialogue goes on where it is. A turn that is being answered at this instant may write the former language
        again: whoever switches waits for the answer first.

        Raises:
            NotFound: the conversation was erased.
        """
        self._recognised.pop(conversation_id, None)
        async with self.database.writing() as session:
            query = select(ConversationRow.state).where(ConversationRow.id == conversation_id).with_for_update()
            state = (await session.execute(query)).scalar_one_or_none()
            if state is None:
                raise erased()
            # A slot among the events of the window counts for more than one of the folded values.
            spoken = {"event": "slot", "name": "language", "value": language}
            state = {**state, "events": [*state.get("events", []), spoken]}
            changed = update(ConversationRow).where(ConversationRow.id == conversation_id)
            await session.execute(changed.values(language=language, state=state))
        return await self.append(conversation_id, note)

    async def state(self, conversation_id: str, message_id: str = "") -> tuple[dict[str, Any], bool, int | None]:
        """Return the state of the dialogue, whether a message of the citizen is answered already, and after which turn.

        An unknown conversation has an empty state; which turn was the last is None where only the memory tells.
        """
        async with self.database.looking(at_once=True) as session:
            row = (await session.execute(STATE, {"of": conversation_id, "message": message_id})).one_or_none()
        return (row[0], row[1], row[2]) if row else ({}, False, None)

    async def mode(self, conversation_id: str) -> Mode:
        """Return who answers in a conversation; the assistant, when there is no such conversation."""
        async with self.database.looking(at_once=True) as connection:
            return Mode((await connection.execute(MODE, {"of": conversation_id})).scalar_one_or_none() or Mode.BOT)

    async def append_in(
        self, session: AsyncSession, conversation_id: str, messages: Sequence[Message], turn: str | None = None
    ) -> None:
        """Add messages in a transaction of the caller's; `turn` is the citizen's message that they belong to.

        Raises:
            NotFound: the conversation was erased.
        """
        counted = (
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id)
            .values(messages=ConversationRow.messages + len(messages))
            .returning(ConversationRow.messages)
        )
        count = (await session.execute(counted)).scalar_one_or_none()
        if count is None:
            raise erased()
        await write_messages(session, self._cipher, conversation_id, turn, messages, first=count - len(messages) + 1)

    async def answer_to(self, conversation_id: str, message_id: str) -> list[Message]:
        """Return what was answered to a message of the citizen."""
        async with self.database.reading() as session:
            return await read_messages(
                session,
                self._cipher,
                MessageRow.conversation_id == conversation_id,
                MessageRow.turn_message_id == message_id,
                MessageRow.author != Author.CITIZEN,
            )

    async def record(
        self, turn: Turn, state: dict[str, Any], *, language: str, logged_text: str, at: datetime | None = None
    ) -> None:
        """Write a turn, its messages and the new state of the dialogue, in one transaction.

        Args:
            turn: what was said, understood and answered.
            state: the state of the dialogue after it.
            language: the language of the answers.
            logged_text: what the log keeps of the citizen's words.
            at: when it was answered, of a turn that waited to be written; now when left out.

        Raises:
            NotFound: the conversation was erased.
            Overtaken: another turn was written since the one that it follows.
            Unavailable: the turn could not be written.
        """
        move_on = MOVE_ON_LATE if at else MOVE_ON if turn.follows is None else MOVE_ON_FROM
        at = at or now()
        citizen = Message(Author.CITIZEN, logged_text, client_id=turn.message_id)
        shown = [citizen, *turn.messages] if turn.kind not in ("start", KIND) else turn.messages
        moved = {
            "of": turn.conversation_id,
            "state": state,
            "language": language,
            "last_at": at,
            "shown": len(shown),
        } | ({} if turn.follows is None else {"follows": turn.follows})
        async with self.database.transaction(at_once=True) as session:
            counted = (await session.execute(move_on, moved)).one_or_none()
            if counted is None:
                if (await session.execute(MODE, {"of": turn.conversation_id})).one_or_none() is None:
                    raise erased()
                raise Overtaken("Another turn was written meanwhile.", code="conversation-busy")
            await add_turn(session, turn, number=counted.turns, at=at, language=language, logged_text=logged_text)
            if turn.reminders:
                await write_reminders(session, turn.conversation_id, counted.turns, turn.reminders)
            await write_messages(
                session,
                self._cipher,
                turn.conversation_id,
                turn.message_id,
                shown,
                first=counted.messages - len(shown) + 1,
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
                raise erased()
            await write_messages(session, self._cipher, conversation_id, None, [message], first=count)
        return message

    async def messages_after(self, conversation_id: str, sequence: int) -> list[Message]:
        """Return the messages that come after the given place, in their order."""
        async with self.database.reading() as session:
            return await read_messages(
                session, self._cipher, MessageRow.conversation_id == conversation_id, MessageRow.sequence > sequence
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

    async def forget(self, conversation_id: str) -> None:
        """Forget what is remembered of a conversation that is about to be erased (`bot.rights.erasure`)."""
        self._recognised.pop(conversation_id, None)
