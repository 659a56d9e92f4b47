"""The journal of requests in the database: appends events to their chain, reads them, finds tampering."""

import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.errors import Misconfigured, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.events import FIRST, Item, Kind, RequestEvent, commitment, details, digest
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.requests.outbox import enqueue
from bot.requests.tables import RequestEventRow, RequestRow


@dataclass(frozen=True)
class Fault:
    """A place where the chain does not hold; `number` is None when it is the request as a whole."""

    reference: str
    number: int | None
    what: str


class Journal:
    """The events of the requests of a database.

    Args:
        cipher: encrypts their words and seals the chains.
    """

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def append(self, session: AsyncSession, request_id: str, event: RequestEvent) -> RequestEvent:
        """Add an event at the end of a request's chain, and what is to be sent about it, in the caller's transaction.

        The row of the request must be locked by the caller, so that two events never get the same number.

        Returns:
            The event with its number, time and identifier.
        """
        last = (
            await session.execute(
                select(RequestEventRow.number, RequestEventRow.digest)
                .where(RequestEventRow.request_id == request_id)
                .order_by(RequestEventRow.number.desc())
                .limit(1)
            )
        ).one_or_none()
        event = replace(event, number=last.number + 1 if last else 1, at=now())
        row = self._row(request_id, last.digest if last else FIRST, event)
        event_id = (
            await session.execute(insert(RequestEventRow).values(row).returning(RequestEventRow.id))
        ).scalar_one()
        demo = await session.scalar(
            update(RequestRow)
            .where(RequestRow.id == request_id)
            .values(seal=self._seal(event.number, row["digest"]), updated_at=event.at)
            .returning(RequestRow.demo)
        )
        event = replace(event, id=event_id)
        # Nobody is told about a request that nobody filed.
        if not demo:
            await enqueue(session, request_id, event)
        return event

    def chain(self, request_id: str, events: Sequence[RequestEvent]) -> tuple[list[dict[str, Any]], bytes]:
        """Return the rows of a whole life, numbered and chained, and its seal; nothing is written or sent."""
        rows: list[dict[str, Any]] = []
        for number, event in enumerate(events, start=1):
            before = rows[-1]["digest"] if rows else FIRST
            rows.append(self._row(request_id, before, replace(event, number=number)))
        return rows, self._seal(len(rows), rows[-1]["digest"])

    def _row(self, request_id: str, before: str, event: RequestEvent) -> dict[str, Any]:
        words, sealed, committed = details(event), None, None
        if words:
            salt = secrets.token_hex(16)
            sealed, committed = self._cipher.encrypt([salt, words]), commitment(salt, words)
        row: dict[str, Any] = {
            "request_id": request_id,
            "number": event.number,
            "kind": event.kind,
            "state": event.state,
            "actor": event.actor,
            "by": event.by,
            "at": event.at,
        }
        fingerprint = digest(before, committed=committed, **row)
        return row | {"details": sealed, "commitment": committed, "digest": fingerprint}

    def _seal(self, number: int, last: str) -> bytes:
        return self._cipher.encrypt([number, last])

    async def last(self, session: AsyncSession, request_id: str) -> int:
        """Return the number of the last event of a request; 0 when there is none."""
        query = select(func.max(RequestEventRow.number)).where(RequestEventRow.request_id == request_id)
        return (await session.execute(query)).scalar_one() or 0

    async def events(self, session: AsyncSession, request_id: str) -> list[RequestEvent]:
        """Return the life of a request, in its order."""
        rows = await session.scalars(
            select(RequestEventRow).where(RequestEventRow.request_id == request_id).order_by(RequestEventRow.number)
        )
        return [self._read(row) for row in rows]

    async def event(self, session: AsyncSession, event_id: int) -> tuple[str, RequestEvent]:
        """Return an event and the identifier of its request.

        Raises:
            NotFound: it was erased with its request.
        """
        row = await session.get(RequestEventRow, event_id)
        if row is None:
            raise NotFound("This event was erased with its request.", code="unknown-request")
        return row.request_id, self._read(row)

    def _read(self, row: RequestEventRow) -> RequestEvent:
        words: dict[str, Any] = self._cipher.decrypt(row.details)[1] if row.details else {}
        return RequestEvent(
            State(row.state),
            row.at,
            words.get("reason"),
            number=row.number,
            kind=Kind(row.kind),
            actor=Actor(row.actor),
            by=row.by,
            text=words.get("text"),
            items=[Item.read(item) for item in words.get("items", [])],
            item=words.get("item"),
            outcome=words.get("outcome", {}),
            read_at=row.read_at,
            erased=row.commitment is not None and row.details is None,
            id=row.id,
        )

    async def verify(self, database: Database, reference: str | None = None) -> tuple[int, list[Fault]]:
        """Look for events that were changed, removed, added or reordered behind our back.

        Returns:
            How many requests were looked at, and every fault found.
        """
        count: int = 0
        faults: list[Fault] = []
        async for request_id in _requests(database, reference):
            count += 1
            # What was written between two reads looks like a fault; a real one is still there the second time.
            if await self._look(database, request_id):
                faults += await self._look(database, request_id)
        return count, faults

    async def _look(self, database: Database, request_id: str) -> list[Fault]:
        async with database.reading() as session:
            query = select(RequestRow.reference, RequestRow.state, RequestRow.seal).where(RequestRow.id == request_id)
            request = (await session.execute(query)).one_or_none()
            events = select(RequestEventRow).where(RequestEventRow.request_id == request_id)
            rows = list(await session.scalars(events.order_by(RequestEventRow.number)))
        return self._faults(request, rows) if request else []

    def _faults(self, request: Any, rows: list[RequestEventRow]) -> list[Fault]:
        faults = []
        previous, state = FIRST, None
        for number, row in enumerate(rows, start=1):
            expected = digest(
                *(previous, row.request_id, number, row.kind, row.state, row.actor, row.by, row.at, row.commitment)
            )
            if row.number != number:
                faults.append(Fault(request.reference, number, "an event is missing before this place"))
            if row.digest != expected:
                faults.append(Fault(request.reference, row.number, "the event or the one before was changed"))
            elif row.details is not None and not self._commits(row):
                faults.append(Fault(request.reference, row.number, "the words of the event were changed"))
            previous, state = row.digest, row.state
            if row.number != number:
                break
        if state != request.state:
            faults.append(Fault(request.reference, None, "the state of the request is not that of its last event"))
        if request.seal is None:
            faults.append(Fault(request.reference, None, "there is no seal: it was taken away, or never made"))
        elif not self._is_sealed(request.seal, len(rows), previous):
            faults.append(
                Fault(request.reference, None, "the seal does not fit: events were removed, added or changed")
            )
        return faults

    def _commits(self, row: RequestEventRow) -> bool:
        try:
            salt, words = self._cipher.decrypt(row.details or b"")
        except (Misconfigured, ValueError, TypeError):
            return False
        return commitment(salt, words) == row.commitment

    def _is_sealed(self, seal: bytes, count: int, last: str) -> bool:
        try:
            return self._cipher.decrypt(seal) == [count, last]
        except Misconfigured:
            return False


async def _requests(database: Database, reference: str | None) -> AsyncIterator[str]:
    """Yield the identifier of every request, or of the one of a reference, some at a time."""
    after = ""
    while True:
        query = select(RequestRow.id)
        query = query.where(RequestRow.reference == reference) if reference else query.where(RequestRow.id > after)
        async with database.reading() as session:
            found = list(await session.scalars(query.order_by(RequestRow.id).limit(200)))
        for request_id in found:
            yield request_id
        if reference or len(found) < 200:
            return
        after = found[-1]
