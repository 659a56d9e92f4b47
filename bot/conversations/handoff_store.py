"""The queue of citizens who asked for a person: asking, claiming, transferring, ending."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.model import Account
from bot.conversations.handoff import DESK_FIELDS, DeskCommand, Handoff, HandoffState, Outcome, notice
from bot.conversations.handoff_queue import HandoffQueue
from bot.conversations.handoff_tables import HandoffEventRow, HandoffRow
from bot.conversations.model import Author, Button, Command, Message, Mode
from bot.conversations.tables import ButtonRow, ConversationRow, MessageRow
from bot.db import now
from bot.errors import Conflict, NotFound


class HandoffStore(HandoffQueue):
    """The handoffs of a database."""

    async def ask(
        self,
        conversation_id: str,
        service: str | None,
        administration: str | None,
        language: str,
        state: HandoffState = HandoffState.WAITING,
    ) -> Handoff:
        """Put a citizen in the queue; whoever is in it already stays at their place.

        Args:
            conversation_id: whose.
            service: the service talked about.
            administration: the office concerned.
            language: of the conversation.
            state: `LEAVING` for a message to be left instead.

        Raises:
            NotFound: the conversation was erased.
        """
        handoff_id = secrets.token_hex(8)
        async with self.database.writing() as session:
            # One statement decides, so that asking twice at once asks once.
            asked = (
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id, ConversationRow.mode == Mode.BOT)
                .values(mode=Mode.WAITING)
            )
            if (await session.execute(asked.returning(ConversationRow.id))).one_or_none() is not None:
                await session.execute(
                    insert(HandoffRow).values(
                        id=handoff_id,
                        conversation_id=conversation_id,
                        state=state,
                        service=service,
                        administration=administration,
                        language=language,
                        asked_at=now(),
                    )
                )
                await self.note(session, handoff_id, "asked")
        held = await self.held(conversation_id)
        if held is None:
            raise NotFound("This conversation was erased.", code="conversation-erased")
        return held

    async def claim(self, handoff_id: str, account: Account) -> Handoff:
        """Take a citizen from the queue, and tell them.

        Raises:
            Conflict: another agent was faster, or the citizen went away.
        """
        async with self.database.writing() as session:
            taken = await self._move(
                session,
                handoff_id,
                [HandoffState.WAITING],
                state=HandoffState.TAKEN,
                claimed_at=now(),
                agent_id=account.id,
                agent_name=account.shown,
                agent_seen_at=now(),
            )
            if taken is None:
                raise Conflict("Another person has taken this conversation, or it is over.", code="already-claimed")
            await self._switch(session, taken.conversation_id, Mode.AGENT)
            await self.note(session, handoff_id, "claimed", account.shown)
            said = notice("claimed", taken.language, agent=account.shown)
            await self.conversations.append_in(session, taken.conversation_id, [said])
        return taken

    async def transfer(self, handoff_id: str, account: Account, administration: str | None, office: str) -> Handoff:
        """Give a citizen to another office, or back to the queue: they keep their place.

        Args:
            handoff_id: a conversation that the account has taken.
            account: who gives it away.
            administration: to whom; None for whoever is there.
            office: its name in the citizen's language; empty for None.

        Raises:
            Conflict: the account is not in this conversation.
        """
        async with self.database.writing() as session:
            moved = await self._move(
                session,
                handoff_id,
                [HandoffState.TAKEN],
                HandoffRow.agent_id == account.id,
                state=HandoffState.WAITING,
                administration=administration,
                agent_id=None,
                warned_at=None,
            )
            if moved is None:
                raise _not_yours()
            await self._switch(session, moved.conversation_id, Mode.WAITING)
            await self.note(session, handoff_id, "transferred", account.shown, administration or "")
            said = notice("transferred" if office else "queue_again", moved.language, office=office)
            await self.conversations.append_in(session, moved.conversation_id, [said])
        return moved

    async def end(self, handoff_id: str, account: Account, outcome: Outcome) -> Handoff:
        """End a talk with its outcome: the assistant is back, and its open question is asked again.

        Raises:
            Conflict: the account is not in this conversation.
        """
        async with self.database.writing() as session:
            ended = await self._move(
                session,
                handoff_id,
                [HandoffState.TAKEN],
                HandoffRow.agent_id == account.id,
                state=HandoffState.ENDED,
                ended_at=now(),
                outcome=outcome,
            )
            if ended is None:
                raise _not_yours()
            await self.note(session, handoff_id, "ended", account.shown, outcome)
            said = [notice("ended", ended.language, agent=account.shown)]
            said += await self.give_back(session, ended)
            await self.conversations.append_in(session, ended.conversation_id, said)
        return ended

    async def answered(self, handoff_id: str, account: Account) -> None:
        """Say that a message left was answered; what was left is forgotten.

        Raises:
            Conflict: it was answered already.
        """
        async with self.database.writing() as session:
            await self.close_left(session, handoff_id, account, None)

    async def close_left(
        self, session: AsyncSession, handoff_id: str, account: Account, letter: dict[str, str] | None
    ) -> Handoff:
        """Close a message left as answered, in a transaction; `letter` is what must still be sent to its author.

        Raises:
            Conflict: it was answered already.
        """
        done = await self._move(
            session,
            handoff_id,
            [HandoffState.LEFT],
            state=HandoffState.ENDED,
            ended_at=now(),
            outcome=Outcome.ANSWERED,
            agent_id=account.id,
            agent_name=account.shown,
            note=self.cipher.encrypt(letter) if letter else None,
        )
        if done is None:
            raise Conflict("This message was answered already.", code="already-answered")
        await self.note(session, handoff_id, "answered", account.shown)
        return done

    async def settle_left(self, handoff: Handoff, returned: str | None) -> None:
        """Forget a message left and its answer, once it was sent; or give it back to the desk when it cannot be sent.

        Args:
            handoff: with its note.
            returned: what was wrong with the sending, for the desk; None when there is nothing left to do.
        """
        values: dict[str, Any] = {"note": None}
        if returned is not None:
            note = {name: text for name, text in (handoff.note or {}).items() if name != "agent"}
            values = {"state": HandoffState.LEFT, "ended_at": None, "outcome": None, "agent_id": None}
            values["note"] = self.cipher.encrypt(note | {"returned": returned})
        async with self.database.writing() as session:
            if await self._move(session, handoff.id, [HandoffState.ENDED], **values) is not None and returned:
                await self.note(session, handoff.id, "returned", detail=returned)

    async def warn_late(self, minutes: int, can_wait: Callable[[Handoff], Any]) -> list[Handoff]:
        """Offer to leave a message to those who wait for longer than they should; once each.

        Args:
            minutes: the wait after which one is offered that.
            can_wait: a coroutine function that tells whether anybody is there for a handoff at all.
        """
        late = []
        for handoff in await self._find(HandoffRow.state == HandoffState.WAITING, HandoffRow.warned_at.is_(None)):
            waited = (now() - handoff.asked_at).total_seconds() / 60
            if waited < minutes and await can_wait(handoff):
                continue
            async with self.database.writing() as session:
                first = await self._move(session, handoff.id, [HandoffState.WAITING], warned_at=now())
                if first is not None:
                    offer = notice("late", handoff.language, *DeskCommand)
                    await self.conversations.append_in(session, handoff.conversation_id, [offer])
                    late.append(first)
        return late

    async def still_talking(self, account_id: str) -> None:
        """Note that an agent is there, for the conversations that they have taken."""
        taken = HandoffRow.agent_id == account_id, HandoffRow.state == HandoffState.TAKEN
        async with self.database.writing() as session:
            await session.execute(update(HandoffRow).where(*taken).values(agent_seen_at=now()))

    async def give_back_lost(self, gone: timedelta) -> list[Handoff]:
        """Put back into the queue, at their place, the citizens whose agent was not heard of for so long; tell them."""
        silent = or_(HandoffRow.agent_seen_at.is_(None), HandoffRow.agent_seen_at < now() - gone)
        back = []
        for handoff in await self._find(HandoffRow.state == HandoffState.TAKEN, silent):
            async with self.database.writing() as session:
                # The notice offers to leave a message already: no second offer follows it.
                waiting = {"state": HandoffState.WAITING, "agent_id": None, "warned_at": now()}
                moved = await self._move(session, handoff.id, [HandoffState.TAKEN], silent, **waiting)
                if moved is not None:
                    await self._switch(session, moved.conversation_id, Mode.WAITING)
                    await self.note(session, moved.id, "lost", handoff.agent_name or "")
                    said = notice("lost", moved.language, DeskCommand.BACK, DeskCommand.LEAVE)
                    await self.conversations.append_in(session, moved.conversation_id, [said])
                    back.append(moved)
        return back

    async def give_back(self, session: AsyncSession, handoff: Handoff) -> list[Message]:
        """Make the assistant answer again, in a transaction; return its open question, to be asked again, if any."""
        await self._switch(session, handoff.conversation_id, Mode.BOT)
        # What the assistant said last, before a person was asked for: an open form had asked its question.
        query = (
            select(MessageRow.text, MessageRow.body, MessageRow.secret)
            .where(
                MessageRow.conversation_id == handoff.conversation_id,
                MessageRow.author == Author.BOT,
                MessageRow.at < handoff.asked_at,
            )
            .order_by(MessageRow.sequence.desc())
            .limit(1)
        )
        row = (await session.execute(query)).one_or_none()
        if row is None:
            return []
        text, extras = self.cipher.decrypt(row.secret) if row.secret else (row.text, row.body.get("extras") or {})
        if (extras.get("input") or {}).get("field") in (None, *DESK_FIELDS):
            return []
        payloads = [payload for _, payload in row.body["buttons"]]
        found = await session.scalars(select(ButtonRow).where(ButtonRow.id.in_(payloads)))
        known = {each.id: Button(each.title, Command(each.intent, each.entities)) for each in found}
        buttons = [known[each] for each in payloads if each in known]
        return [Message(Author.BOT, text, buttons, extras, row.text if row.secret else None)]

    async def _switch(self, session: AsyncSession, conversation_id: str, mode: Mode) -> None:
        await session.execute(update(ConversationRow).where(ConversationRow.id == conversation_id).values(mode=mode))

    async def _move(
        self, session: AsyncSession, handoff_id: str, states: list[HandoffState], *more: Any, **values: Any
    ) -> Handoff | None:
        """Change a handoff that is in one of some states, in one statement; None when it is not."""
        change = update(HandoffRow).where(HandoffRow.id == handoff_id, HandoffRow.state.in_(states), *more)
        row = (await session.execute(change.values(**values).returning(HandoffRow))).scalar_one_or_none()
        return self._handoff(row) if row is not None else None

    async def note(self, session: AsyncSession, handoff_id: str, kind: str, agent: str = "", detail: str = "") -> None:
        """Tell a step, in a transaction; the gateways see from it that something is new."""
        await session.execute(
            insert(HandoffEventRow).values(
                handoff_id=handoff_id, at=now(), kind=kind, agent=agent or None, detail=detail[:300]
            )
        )


def _not_yours() -> Conflict:
    return Conflict("You are not in this conversation any more.", code="not-your-conversation")
