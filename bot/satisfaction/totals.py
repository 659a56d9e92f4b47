"""Keeps the totals of the facts, and reads them for a span of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, String, and_, cast, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.totals_tables import TotalledRow, TotalRow

OVERLAP = 1000
"""Facts looked at once more: of two transactions, the one that began first may end last."""
_DAY, _ONE = "day", 1
_KEY = ("side", "kind", "moment", "service", "administration", "channel", "language", "dimension", "scale", "demo")
_SUMS = ("n", "total", "squares")


@dataclass(frozen=True)
class Cell:
    """Facts of one kind added up: their number, their sum and the sum of their squares."""

    side: str
    kind: str
    moment: str
    service: str
    dimension: str
    scale: str
    n: int
    total: float
    squares: float


@dataclass(frozen=True)
class Scope:
    """Which facts are meant; an empty text, or None for services, stands for all.

    Attributes:
        services: several services, of an account that sees only those.
        demo: whether those that `guichet demo` made up are meant, or the real ones; never both.
    """

    moment: str = ""
    service: str = ""
    administration: str = ""
    channel: str = ""
    language: str = ""
    services: tuple[str, ...] | None = None
    demo: bool = False


class Totals:
    """The totals of a database.

    Args:
        database: where they are.
        zone: in which days begin.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def refresh(self) -> str:
        """Add up again each day that has new facts; say how many days these were, or "" when there is nothing new."""
        async with self._database.reading() as session:
            last = (await session.execute(select(TotalledRow.last))).scalar_one_or_none() or 0
            newest = (await session.execute(select(func.max(FactRow.id)))).scalar_one() or 0
            if newest <= last:
                return ""
            # The day as the database shows it is the office's or the one beside it.
            shown = func.substr(cast(FactRow.at, String), 1, 10)
            days = {
                date.fromisoformat(day) + timedelta(days=beside)
                for day in await session.scalars(select(shown).where(FactRow.id > last - OVERLAP).distinct())
                for beside in (-1, 0, 1)
            }
        for day in sorted(days):
            async with self._database.writing() as session:
                await self._add_up(session, day)
        for month in sorted({day.replace(day=1) for day in days}):
            async with self._database.writing() as session:
                await _add_up_month(session, month)
        async with self._database.writing() as session:
            changed: Any = await session.execute(update(TotalledRow).values(last=newest))
            if not changed.rowcount:
                await session.execute(insert(TotalledRow).values(id=_ONE, last=newest))
        return f"{len(days)} days"

    async def cells(self, scope: Scope, since: date, until: date) -> list[Cell]:
        """Return what was counted from a day to another, both included, each kind of fact in one cell."""
        columns = [getattr(TotalRow, name) for name in ("side", "kind", "moment", "service", "dimension", "scale")]
        query = (
            select(*columns, *(func.sum(getattr(TotalRow, name)) for name in _SUMS))
            .where(*conditions(scope), spanning(since, until))
            .group_by(*columns)
        )
        async with self._database.looking() as connection:
            return [Cell(*row) for row in await connection.execute(query)]

    async def by_month(self, scope: Scope, since: date, until: date, dimensions: Sequence[str]) -> dict[date, Cell]:
        """Return what citizens answered about some dimensions, month by month; months without any are left out."""
        query = (
            select(TotalRow.start, *(func.sum(getattr(TotalRow, name)) for name in _SUMS))
            .where(*conditions(scope), TotalRow.grain == "month", TotalRow.dimension.in_(dimensions))
            .where(TotalRow.side == "citizen", TotalRow.start >= since.replace(day=1), TotalRow.start <= until)
            .group_by(TotalRow.start)
            .order_by(TotalRow.start)
        )
        async with self._database.looking() as connection:
            rows = list(await connection.execute(query))
        return {row[0]: Cell("citizen", "", "", "", dimensions[0], "", *row[1:]) for row in rows}

    async def by_day(self, scope: Scope, since: date, until: date) -> list[tuple[date, Cell]]:
        """Return each day of a span with its cells of citizens, one for each moment, service and dimension."""
        columns = [getattr(TotalRow, name) for name in ("side", "kind", "moment", "service", "dimension", "scale")]
        query = (
            select(TotalRow.start, *columns, *(func.sum(getattr(TotalRow, name)) for name in _SUMS))
            .where(*conditions(scope), TotalRow.grain == _DAY, TotalRow.side == "citizen")
            .where(TotalRow.start >= since, TotalRow.start <= until)
            .group_by(TotalRow.start, *columns)
        )
        async with self._database.looking() as connection:
            return [(row[0], Cell(*row[1:])) for row in await connection.execute(query)]

    async def has_demo(self) -> bool:
        """Return whether `guichet demo` has filled something in."""
        async with self._database.looking() as connection:
            return (await connection.execute(select(TotalRow.id).where(TotalRow.demo).limit(1))).first() is not None

    async def _add_up(self, session: AsyncSession, day: date) -> None:
        begin, end = (datetime.combine(each, time(), self._zone) for each in (day, day + timedelta(days=1)))
        await session.execute(delete(TotalRow).where(TotalRow.grain == _DAY, TotalRow.start == day))
        key = [
            func.coalesce(getattr(FactRow, name), "")
            if name in ("service", "administration")
            else getattr(FactRow, name)
            for name in _KEY
        ]
        sums = (func.count(), func.sum(FactRow.value), func.sum(FactRow.value * FactRow.value))
        facts = (
            select(literal(_DAY), literal(day, Date), *key, *sums)
            .where(FactRow.at >= begin, FactRow.at < end)
            .group_by(*(getattr(FactRow, name) for name in _KEY))
        )
        await session.execute(insert(TotalRow).from_select(["grain", "start", *_KEY, *_SUMS], facts))


def conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """Return what a scope asks of the totals."""
    found = [
        getattr(TotalRow, name) == getattr(scope, name)
        for name in ("moment", "service", "administration", "channel", "language")
        if getattr(scope, name)
    ]
    if scope.services is not None:
        found.append(TotalRow.service.in_(scope.services))
    return [TotalRow.demo if scope.demo else ~TotalRow.demo, *found]


def spanning(since: date, until: date) -> ColumnElement[bool]:
    """Return the condition that totals make up a span: the whole months in it, and the days at its ends."""
    first = since if since.day == 1 else (since.replace(day=28) + timedelta(days=4)).replace(day=1)
    after = (until + timedelta(days=1)).replace(day=1)
    if first >= after:
        return and_(TotalRow.grain == _DAY, TotalRow.start >= since, TotalRow.start <= until)
    return or_(
        and_(TotalRow.grain == "month", TotalRow.start >= first, TotalRow.start < after),
        and_(TotalRow.grain == _DAY, TotalRow.start >= since, TotalRow.start < first),
        and_(TotalRow.grain == _DAY, TotalRow.start >= after, TotalRow.start <= until),
    )


async def _add_up_month(session: AsyncSession, month: date) -> None:
    following = (month + timedelta(days=32)).replace(day=1)
    await session.execute(delete(TotalRow).where(TotalRow.grain == "month", TotalRow.start == month))
    key = [getattr(TotalRow, name) for name in _KEY]
    days = (
        select(literal("month"), literal(month, Date), *key, *(func.sum(getattr(TotalRow, name)) for name in _SUMS))
        .where(TotalRow.grain == _DAY, TotalRow.start >= month, TotalRow.start < following)
        .group_by(*key)
    )
    await session.execute(insert(TotalRow).from_select(["grain", "start", *_KEY, *_SUMS], days))
