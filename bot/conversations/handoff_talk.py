"""What is said while the assistant is silent: between a citizen and a person, or left for later.

The log keeps these texts masked like all others; the texts themselves are in `messages.secret`, encrypted, for the
citizen's own view and for the agents who talk with them.
"""

from collections.abc import Callable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    format_number,
    is_valid_number,
    parse,
)
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.model import Account
from bot.conversations.handoff import (
    PRIVATE,
    DeskCommand,
    Handoff,
    HandoffState,
    Outcome,
    notice,
    question,
)
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_tables import HandoffRow
from bot.conversations.model import Author, Command, Message, Mode
from bot.conversations.tables import ConversationRow, MessageRow, TurnRow
from bot.conversations.turn_rows import note_service
from bot.db import now
from bot.errors import Conflict


class Talk:
    """Takes in what is said in a conversation that a person holds.

    Args:
        handoffs: the handoffs.
        masked: returns a text without personal data, as the log may keep it.
    """

    def __init__(self, handoffs: HandoffStore, masked: Callable[[str], str]) -> None:
        self.handoffs = handoffs
        self._masked = masked
        self._conversations = handoffs.conversations

    async def hear(self, handoff: Handoff, message_id: str, text: str) -> list[Message] | None:
        """Take in what a citizen writes to a person; the same message twice is taken once.

        Returns:
            What is answered by the system: nothing while a person speaks. None when the assistant is back already, to
            whom the message then goes.
        """
        async with self.handoffs.database.writing() as session:
            if await self._lock(session, handoff.conversation_id) == Mode.BOT:
                return None
            if not await self._known(session, handoff.conversation_id, message_id):
                logged, answer = self._masked(text), await self._answer(session, handoff, text)
                if handoff.state == HandoffState.LEAVING:
                    logged = PRIVATE[1 if handoff.note else 0]
                citizen = Message(Author.CITIZEN, text, logged_text=logged, client_id=message_id)
                await self._log(session, handoff, message_id, logged)
                await self._conversations.append_in(
                    session, handoff.conversation_id, [citizen, *answer], turn=message_id
                )
                return answer
        return await self._conversations.answer_to(handoff.conversation_id, message_id)

    async def command(
        self, conversation_id: str, message_id: str, title: str, command: Command, language: str
    ) -> list[Message]:
        """Do what a button of the desk says: back to the assistant, leave a message, keep waiting.

        Returns:
            What the citizen is answered.
        """
        handoff = await self.handoffs.held(conversation_id)
        if handoff is None and command.intent == DeskCommand.LEAVE:
            about = command.entities
            handoff = await self.handoffs.ask(
                conversation_id, about.get("service"), about.get("administration"), language, HandoffState.LEAVING
            )
        if handoff is None or handoff.state == HandoffState.TAKEN:
            return []  # an old button: somebody speaks already, or nobody is asked any more
        async with self.handoffs.database.writing() as session:
            await self._lock(session, conversation_id)
            if not await self._known(session, conversation_id, message_id):
                await self._log(session, handoff, message_id, title, kind="button")
                said = Message(Author.CITIZEN, title, client_id=message_id)
                answer = await self._do(session, handoff, DeskCommand(command.intent))
                await self._conversations.append_in(session, conversation_id, [said, *answer], turn=message_id)
                return answer
        return await self._conversations.answer_to(conversation_id, message_id)

    async def say(self, handoff_id: str, account: Account, text: str) -> None:
        """Say something to the citizen.

        Raises:
            Conflict: the account is not in this conversation.
        """
        async with self.handoffs.database.writing() as session:
            query = select(HandoffRow.conversation_id).where(
                HandoffRow.id == handoff_id, HandoffRow.state == HandoffState.TAKEN, HandoffRow.agent_id == account.id
            )
            conversation_id = (await session.execute(query)).scalar_one_or_none()
            if conversation_id is None:
                raise Conflict("You are not in this conversation any more.", code="not-your-conversation")
            said = Message(Author.AGENT, text, logged_text=self._masked(text))
            await self._conversations.append_in(session, conversation_id, [said])
            await self.handoffs.note(session, handoff_id, "said", account.shown)

    async def answer_left(self, session: AsyncSession, handoff_id: str, account: Account, text: str) -> Handoff:
        """Answer a message that was left, in a transaction: in the conversation, and in words to be sent by e-mail.

        What was left, its address and the answer stay, encrypted, until the answer is sent (`settle_left`).

        Raises:
            Conflict: it was answered already.
        """
        handoff = await self.handoffs.get(handoff_id)
        letter = (handoff.note or {}) | {"answer": text, "agent": account.shown}
        done = await self.handoffs.close_left(session, handoff_id, account, letter)
        said = Message(Author.AGENT, text, logged_text=PRIVATE[2])
        first = notice("answered_left", done.language, agent=account.shown)
        await self._conversations.append_in(session, done.conversation_id, [first, said])
        return done

    async def read(self, conversation_id: str, after: int = 0) -> list[Message]:
        """Return a conversation, or what came after a place in it, as the agent who holds it reads it.

        What citizen and agents wrote to each other is in clear; what the assistant showed to the citizen alone (access
        codes, summaries) stays as the log has it.
        """
        async with self.handoffs.database.reading() as session:
            query = select(MessageRow).where(MessageRow.conversation_id == conversation_id, MessageRow.sequence > after)
            rows = list(await session.scalars(query.order_by(MessageRow.sequence)))
        return [self._shown(row) for row in rows]

    def _shown(self, row: MessageRow) -> Message:
        theirs = row.secret is not None and row.author in (Author.CITIZEN, Author.AGENT)
        text = self.handoffs.cipher.decrypt(row.secret)[0] if theirs and row.secret else row.text
        return Message(Author(row.author), text, id=row.id, sequence=row.sequence, at=row.at.isoformat())

    async def _answer(self, session: AsyncSession, handoff: Handoff, text: str) -> list[Message]:
        if handoff.state == HandoffState.LEAVING:
            return await self._take_note(session, handoff, text)
        if handoff.state == HandoffState.WAITING:
            earlier = select(TurnRow.id).where(
                TurnRow.conversation_id == handoff.conversation_id,
                TurnRow.kind == "person",
                TurnRow.at > handoff.asked_at,
            )
            if (await session.execute(earlier.limit(1))).one_or_none() is None:
                return [notice("kept", handoff.language, DeskCommand.BACK)]
        return []

    async def _take_note(self, session: AsyncSession, handoff: Handoff, text: str) -> list[Message]:
        first = handoff.note is None
        note = handoff.note or {"text": text}
        # "Rappelez-moi au 06 12 34 56 78": who has given it in the message is not asked for it again.
        contact = contact_within(text) if first else usable_contact(text)
        if contact is None:
            if first:
                await self._write_note(session, handoff, note)
            return [question(2, handoff.language, again=not first)]
        await self._write_note(session, handoff, note | {"contact": contact}, state=HandoffState.LEFT)
        await self.handoffs.note(session, handoff.id, "left")
        left = notice("left", handoff.language, contact=contact)
        left.logged_text = notice("left", handoff.language, contact=PRIVATE[1]).text
        return await self._back(session, handoff, left)

    async def _write_note(self, session: AsyncSession, handoff: Handoff, note: dict[str, str], **values: Any) -> None:
        kept = self.handoffs.cipher.encrypt(note)
        await session.execute(update(HandoffRow).where(HandoffRow.id == handoff.id).values(note=kept, **values))

    async def _back(self, session: AsyncSession, handoff: Handoff, first: Message) -> list[Message]:
        return [first, *await self.handoffs.give_back(session, handoff)]

    async def _do(self, session: AsyncSession, handoff: Handoff, command: DeskCommand) -> list[Message]:
        if command == DeskCommand.BACK:
            values = {"state": HandoffState.ENDED, "outcome": Outcome.CANCELLED, "ended_at": now(), "note": None}
            await session.execute(update(HandoffRow).where(HandoffRow.id == handoff.id).values(values))
            await self.handoffs.note(session, handoff.id, "cancelled")
            return await self._back(session, handoff, notice("cancelled", handoff.language))
        if command == DeskCommand.LEAVE:
            values = {"state": HandoffState.LEAVING, "note": None}
            await session.execute(update(HandoffRow).where(HandoffRow.id == handoff.id).values(values))
            await self.handoffs.note(session, handoff.id, "leaves-message")
            return [question(1, handoff.language)]
        return [notice("waiting_on", handoff.language)]

    async def _lock(self, session: AsyncSession, conversation_id: str) -> Mode:
        """Make others who write in the conversation wait for this transaction; return who answers in it."""
        query = select(ConversationRow.mode).where(ConversationRow.id == conversation_id).with_for_update()
        return Mode((await session.execute(query)).scalar_one_or_none() or Mode.BOT)

    async def _known(self, session: AsyncSession, conversation_id: str, message_id: str) -> bool:
        query = select(TurnRow.id).where(TurnRow.conversation_id == conversation_id, TurnRow.message_id == message_id)
        return (await session.execute(query)).one_or_none() is not None

    async def _log(
        self, session: AsyncSession, handoff: Handoff, message_id: str, text: str, kind: str = "person"
    ) -> None:
        counted = (
            update(ConversationRow)
            .where(ConversationRow.id == handoff.conversation_id)
            .values(turns=ConversationRow.turns + 1, last_at=now())
            .returning(ConversationRow.turns)
        )
        number = (await session.execute(counted)).scalar_one()
        await note_service(session, handoff.conversation_id, handoff.service, number=number)
        await session.execute(
            insert(TurnRow).values(
                conversation_id=handoff.conversation_id,
                message_id=message_id,
                number=number,
                at=now(),
                kind=kind,
                text=text,
                language=handoff.language,
                alternatives=[],
                entities=[],
                service=handoff.service,
                actions=[],
                fallback=False,
                model="",
                milliseconds=0.0,
            )
        )


def usable_contact(text: str) -> str | None:
    """Return an e-mail address or a phone number in one form, or None when a text is neither."""
    for word in text.replace(",", " ").split():
        if "@" in word:
            try:
                return validate_email(word.strip(".;:<>()"), check_deliverability=False).normalized
            except EmailNotValidError:
                return None
    try:
        number = parse(text, "FR")
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.INTERNATIONAL) if is_valid_number(number) else None


def contact_within(text: str) -> str | None:
    """Return the e-mail address or the phone number that a sentence holds, in one form, or None."""
    if found := next((usable_contact(word) for word in text.split() if "@" in word), None):
        return found
    match = next(iter(PhoneNumberMatcher(text, "FR")), None)
    return format_number(match.number, PhoneNumberFormat.INTERNATIONAL) if match else None
