"""Casework: what is done to a request once it is filed, by the office and by its citizen.

Each method takes the reference, checks the rules of `lifecycle`, and writes the change, its event and what is to be
sent about it in one transaction. What is refused changes nothing.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.errors import Conflict, NotFound, Unprocessable
from bot.privacy.encryption import Cipher
from bot.requests.delays import Delays, observed
from bot.requests.events import Item, Kind, RequestEvent, missing
from bot.requests.files import DOCUMENT
from bot.requests.files_tables import RequestFileRow
from bot.requests.journal import Fault, Journal
from bot.requests.lifecycle import Actor, check_transition
from bot.requests.listing import Filter, Order, Page, list_requests
from bot.requests.model import State
from bot.requests.outcome import check_outcome, document_of
from bot.requests.tables import RequestEventRow, RequestRow

LONGEST_TEXT = 5000
"""Characters accepted in a reason or a message."""
MOST_ITEMS = 30
DECISIONS = (State.ACCEPTED, State.REFUSED, State.CLOSED)


@dataclass(frozen=True)
class Author:
    """Who acts: what kind of actor and, for the office, which agent or program (never shown to the citizen)."""

    actor: Actor
    name: str | None = None


CITIZEN = Author(Actor.CITIZEN)


class Casework:
    """Changes requests that are filed.

    Args:
        database: where they are.
        cipher: encrypts answers, reasons and messages.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._journal = Journal(cipher)

    async def advance(
        self,
        reference: str,
        to: State,
        author: Author,
        *,
        reason: str | None = None,
        outcome: dict[str, Any] | None = None,
        seen: int | None = None,
    ) -> RequestEvent:
        """Take a request to another state.

        Args:
            reference: of the request.
            to: the new state; `to_complete` goes through `ask_completion`.
            author: who does it.
            reason: words for the citizen; owed for a refusal, a closing and a reopening.
            outcome: what a decision brings (bot/requests/outcome.py).
            seen: the number of the last event that the author knew of; None when it does not matter.

        Raises:
            NotFound: there is no such request.
            Conflict: the state does not allow it, it is not the author's to do, or something happened since `seen`.
            Unprocessable: a reason is owed, or the outcome is not well formed.
        """
        if to is State.TO_COMPLETE:
            raise Unprocessable("Say what is missing: ask for a completion.", code="items-missing", field="items")
        reason = _words(reason, "reason") if reason and reason.strip() else None
        checked = check_outcome(outcome, to)
        async with self._locked(reference, seen) as (session, row):
            check_transition(State(row.state), to, author.actor, reason)
            await _check_document(session, row.id, document_of(checked))
            event = RequestEvent(to, now(), reason, actor=author.actor, by=author.name, outcome=checked)
            return await self._change(session, row, event)

    async def ask_completion(
        self, reference: str, author: Author, items: Sequence[Item], *, seen: int | None = None
    ) -> RequestEvent:
        """Tell the citizen what is missing of the request and why; it becomes `to_complete`.

        Args:
            reference: of the request.
            author: who asks.
            items: each with its problem, and the field of the form or a label.
            seen: the number of the last event that the author knew of; None when it does not matter.

        Raises:
            NotFound: there is no such request.
            Conflict: the state does not allow it, it is not the author's to do, or something happened since `seen`.
            Unprocessable: nothing is asked for, or an item has neither field nor label.
        """
        if not items or len(items) > MOST_ITEMS:
            raise Unprocessable(f"Name what is missing: 1 to {MOST_ITEMS} things.", code="items-missing", field="items")
        for item in items:
            _words(item.field or item.label, "items")
            if item.note:
                _words(item.note, "items")
        async with self._locked(reference, seen) as (session, row):
            check_transition(State(row.state), State.TO_COMPLETE, author.actor, None)
            event = RequestEvent(State.TO_COMPLETE, now(), actor=author.actor, by=author.name, items=[*items])
            return await self._change(session, row, event)

    async def complete(self, reference: str, item: int, value: Any) -> dict[int, Item]:
        """Take the citizen's answer to one missing thing; after the last one the request is examined again.

        Args:
            reference: of the request.
            item: its place in what was asked for, as in `missing`.
            value: of the field, or a text for what is no field.

        Returns:
            What is still missing.

        Raises:
            NotFound: there is no such request.
            Conflict: this is not, or no longer, asked for.
        """
        async with self._locked(reference) as (session, row):
            waiting = missing(await self._journal.events(session, row.id))
            if item not in waiting:
                raise Conflict("This is not asked for any more.", code="not-asked", state=row.state)
            field = waiting.pop(item).field
            if field:
                answers = {**self._cipher.decrypt(row.answers), field: value}
                sealed = self._cipher.encrypt(answers)
                # The address may be another one now: what it is found by is made again.
                values = {"answers": sealed, "same_email": None, "same_phone": None}
                await session.execute(update(RequestRow).where(RequestRow.id == row.id).values(values))
            answered = RequestEvent(
                State(row.state),
                now(),
                kind=Kind.ANSWER,
                actor=Actor.CITIZEN,
                item=item,
                text=None if field else _words(str(value), "text"),
            )
            await self._journal.append(session, row.id, answered)
            if not waiting:
                await self._change(session, row, RequestEvent(State.EXAMINED, now(), actor=Actor.CITIZEN))
        return waiting

    async def send_message(self, reference: str, author: Author, text: str, *, seen: int | None = None) -> RequestEvent:
        """Send a message from the citizen to the office, or the other way.

        Raises:
            NotFound: there is no such request.
            Conflict: the request is still a draft, or something happened since the event `seen`.
            Unprocessable: the message is empty or too long.
        """
        text = _words(text, "text")
        async with self._locked(reference, seen) as (session, row):
            if row.state == State.DRAFT:
                raise Conflict("A draft is not with the office yet.", code="wrong-state", state=row.state)
            message = RequestEvent(
                State(row.state), now(), kind=Kind.MESSAGE, actor=author.actor, by=author.name, text=text
            )
            return await self._journal.append(session, row.id, message)

    async def mark_read(self, reference: str, reader: Actor) -> int:
        """Note that the citizen, or the office, has read the messages of the other side; return how many."""
        from_citizen = RequestEventRow.actor == Actor.CITIZEN
        async with self._locked(reference) as (session, row):
            read = await session.execute(
                update(RequestEventRow)
                .where(
                    RequestEventRow.request_id == row.id,
                    RequestEventRow.kind == Kind.MESSAGE,
                    RequestEventRow.read_at.is_(None),
                    ~from_citizen if reader is Actor.CITIZEN else from_citizen,
                )
                .values(read_at=now())
            )
        return int(read.rowcount)  # type: ignore[attr-defined]

    async def history(self, reference: str) -> Sequence[RequestEvent]:
        """Return everything that happened to a request: changes of state, messages and answers, in their order.

        Raises:
            NotFound: there is no such request.
        """
        async with self._database.reading() as session:
            query = select(RequestRow.id).where(RequestRow.reference == reference)
            request_id = (await session.execute(query)).scalar_one_or_none()
            if request_id is None:
                raise _unknown(reference)
            return await self._journal.events(session, request_id)

    async def list(
        self, wanted: Filter | None = None, *, order: Order = Order.DUE, after: str | None = None, limit: int = 50
    ) -> Page:
        """Return a page of requests (bot/requests/listing.py)."""
        return await list_requests(self._database, wanted, order=order, after=after, limit=limit)

    async def delays(self, service: str) -> Delays | None:
        """Return how long the requests of a service really took, or None when too few were decided."""
        return await observed(self._database, service)

    async def verify(self, reference: str | None = None) -> tuple[int, Sequence[Fault]]:
        """Return how many requests were looked at, and where the chain of their events does not hold."""
        return await self._journal.verify(self._database, reference)

    async def _change(self, session: AsyncSession, row: RequestRow, event: RequestEvent) -> RequestEvent:
        decided = now() if event.state in DECISIONS else None
        await session.execute(
            update(RequestRow).where(RequestRow.id == row.id).values(state=event.state, decided_at=decided)
        )
        return await self._journal.append(session, row.id, event)

    @asynccontextmanager
    async def _locked(self, reference: str, seen: int | None = None) -> AsyncIterator[tuple[AsyncSession, RequestRow]]:
        async with self._database.writing() as session:
            query = select(RequestRow).where(RequestRow.reference == reference).with_for_update()
            row = (await session.scalars(query)).one_or_none()
            if row is None:
                raise _unknown(reference)
            if seen is not None and await self._journal.last(session, row.id) != seen:
                raise Conflict("Something has happened to this request since.", code="changed-since", state=row.state)
            yield session, row


def _unknown(reference: str) -> NotFound:
    return NotFound("There is no request of this reference.", code="unknown-request")


async def _check_document(session: AsyncSession, request_id: str, file_id: str | None) -> None:
    given = RequestFileRow.request_id == request_id, RequestFileRow.field == DOCUMENT
    query = select(RequestFileRow.id).where(RequestFileRow.id == file_id, *given)
    if file_id is not None and (await session.execute(query)).scalar_one_or_none() is None:
        raise Unprocessable("The document was not given with this request.", code="outcome-invalid", field="outcome")


def _words(text: str, field: str) -> str:
    text = text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise Unprocessable("Write some words.", code="words-missing", field=field)
    if len(text) > LONGEST_TEXT:
        raise Unprocessable(f"That is too long: {LONGEST_TEXT} characters at most.", code="words-too-long", field=field)
    return text
