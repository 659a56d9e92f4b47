"""Turns the log into signals, each once. A job runs it; it may be stopped and begun again at any point.

Every source is a table read in the order of its identifiers up to a mark; where its last rows are erased, the mark goes
back with them (bot/migrations/marks.py). The facts of a batch and the new mark are one transaction, and the mark moves
only from where it was read: two processes cannot count a row twice.
A row is read when it is old enough to say what it has to say, and no earlier row can appear any more.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.catalogue.load import Catalogue
from bot.conversations.handoff_tables import HandoffEventRow
from bot.conversations.tables import ConversationRow, TurnRow
from bot.db import Database, now
from bot.requests.tables import ContactRow, RequestEventRow, RequestRow
from bot.satisfaction.facts import Fact
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactMarkRow
from bot.satisfaction.gather_after import late_requests, recontacts, request_events, waits
from bot.satisfaction.gather_visits import durable_resolutions, visits
from bot.satisfaction.signals import QUIET
from bot.satisfaction.signals_after import WINDOW

BATCH = 500
"""Rows read for one transaction: on SQLite the citizens' messages wait for it."""
SETTLED = timedelta(minutes=2)
"""Age from which no transaction that took an earlier identifier can still be open."""


@dataclass(frozen=True)
class Batch:
    """What to read: the rows after a mark that are from before a time."""

    mark: int
    before: datetime
    size: int = BATCH


Read = Callable[[AsyncSession, Batch, Catalogue], Awaitable[tuple[Sequence[Fact], int]]]
"""Reads a batch; returns its facts and the new mark, which is the old one when nothing is ready."""
SOURCES: dict[str, tuple[Read, timedelta, Any]] = {
    "visits": (visits, QUIET + SETTLED, TurnRow),
    "durable": (durable_resolutions, WINDOW + SETTLED, TurnRow),
    "handoffs": (waits, SETTLED, HandoffEventRow),
    "requests": (request_events, SETTLED, RequestEventRow),
    "late": (late_requests, timedelta(), None),
    "recontacts": (recontacts, SETTLED, ContactRow),
}
"""Each source with the age from which its rows are read, and the table whose rows the mark names (None: a time)."""


class Gathering:
    """Reads the sources of signals.

    Args:
        database: where they are, and where the facts go.
        catalogue: which administration answers for a service.
    """

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue
        self._facts = FactStore(database)

    async def run(self) -> str:
        """Read what is new; return how many signals were found, for the log of the job."""
        found = sum([await self._read(source) for source in SOURCES])
        return f"{found} signals" if found else ""

    async def _read(self, source: str) -> int:
        read, age, _ = SOURCES[source]
        found = 0
        while True:
            async with self._database.reading() as session:
                mark = await session.scalar(select(FactMarkRow.upto).where(FactMarkRow.source == source))
                batch = Batch(mark or 0, now() - age)
                facts, upto = await read(session, batch, self._catalogue)
            if upto == (mark or 0) or not await self._keep(source, mark, upto, batch, facts):
                return found
            found += len(facts)

    async def _keep(self, source: str, mark: int | None, upto: int, batch: Batch, facts: Sequence[Fact]) -> bool:
        """Write facts and mark; return False when another process was faster, or erased what the mark names."""
        _, _, table = SOURCES[source]
        moved = (
            update(FactMarkRow).where(FactMarkRow.source == source, FactMarkRow.upto == mark).values(upto=upto)
            if mark is not None
            else insert(FactMarkRow).values(source=source, upto=upto)
        )
        try:
            async with self._database.writing() as session:
                if table and not await session.scalar(
                    select(table.id).where(table.id == upto, table.at <= batch.before)
                ):
                    return False
                written = await session.execute(moved)
                if not written.rowcount:  # type: ignore[attr-defined]
                    return False
                await self._facts.add(session, await _without_the_erased(session, facts))
        except IntegrityError:
            return False
        return True


async def _without_the_erased(session: AsyncSession, facts: Sequence[Fact]) -> list[Fact]:
    # What was erased since it was read must not be led to; what is there now waits with its erasure for this write.
    conversations = await _there(session, ConversationRow, {fact.conversation_id for fact in facts})
    requests = await _there(session, RequestRow, {fact.request_id for fact in facts})
    return [
        replace(
            fact,
            conversation_id=fact.conversation_id if fact.conversation_id in conversations else None,
            request_id=fact.request_id if fact.request_id in requests else None,
        )
        for fact in facts
    ]


async def _there(
    session: AsyncSession, table: type[ConversationRow] | type[RequestRow], ids: set[str | None]
) -> set[str]:
    named = [each for each in ids if each]
    if not named:
        return set()
    query = select(table.id).where(table.id.in_(named)).with_for_update(read=True)
    return set(await session.scalars(query))
