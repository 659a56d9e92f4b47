"""Keeps the totals of the facts, and reads them for a span of days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, String, and_, case, cast, delete, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.satisfaction.dimensions import TIMES
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.indices import Tally
from bot.satisfaction.totals_tables import TotalRow

OVERLAP = 1000
"""Facts looked at once more: of two transactions, the one that began first may end last."""
MARK = "totals"
_DAY = "day"
_KEY = ("side", "kind", "moment", "service", "administration", "channel", "language", "dimension", "scale", "demo")
_SUMS = ("n", "total", "squares")
SECONDS = "seconds"


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
            mark = select(FactMarkRow.upto).where(FactMarkRow.source == MARK)
            last = (await session.execute(mark)).scalar_one_or_none() or 0
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
            mine = update(FactMarkRow).where(FactMarkRow.source == MARK).values(upto=newest)
            changed: Any = await session.execute(mine)
            if not changed.rowcount:
                await session.execute(insert(FactMarkRow).values(source=MARK, upto=newest))
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

    async def tallies(
        self,
        scope: Scope,
        since: date,
        until: date,
        key: str = "",
        dimensions: Sequence[str] = (),
        side: str = "citizen",
    ) -> dict[str, Tally]:
        """Return the counts that the indices are worked out from, as `IndexStore.tallies` does from the facts.

        Args:
            scope: which facts.
            since: the first day.
            until: the last day.
            key: the column by whose values they are told apart (`moment`, `service`); "" for none.
            dimensions: only these; all of them when empty.
            side: whose.

        Returns:
            A tally for each value of the column, or one under "".
        """
        by = getattr(TotalRow, key) if key else literal("")
        query = (
            select(by, TotalRow.dimension, TotalRow.value, func.sum(TotalRow.n), func.sum(TotalRow.total))
            .where(*conditions(scope), spanning(since, until), TotalRow.side == side)
            .group_by(by, TotalRow.dimension, TotalRow.value)
        )
        if dimensions:
            query = query.where(TotalRow.dimension.in_(dimensions))
        values: defaultdict[str, dict[str, dict[float, int]]] = defaultdict(dict)
        sums: defaultdict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
        async with self._database.looking() as connection:
            for name, dimension, value, n, total in await connection.execute(query):
                if dimension in TIMES:
                    sums[name][dimension] = (n, total)
                else:
                    values[name].setdefault(dimension, {})[value] = n
        return {name: Tally(values[name], sums[name]) for name in sorted({*values, *sums})}

    async def by_month(self, scope: Scope, since: date, until: date, dimension: str) -> dict[date, Tally]:
        """Return what citizens answered about a dimension in each calendar month; those without any are left out."""
        query = (
            select(TotalRow.start, TotalRow.value, func.sum(TotalRow.n))
            .where(*conditions(scope), TotalRow.grain == "month", TotalRow.dimension == dimension)
            .where(TotalRow.side == "citizen", TotalRow.start >= since.replace(day=1), TotalRow.start <= until)
            .group_by(TotalRow.start, TotalRow.value)
        )
        months: defaultdict[date, dict[float, int]] = defaultdict(dict)
        async with self._database.looking() as connection:
            for month, value, n in await connection.execute(query):
                months[month][value] = n
        return {month: Tally({dimension: months[month]}) for month in sorted(months)}

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
        # Times are all different: they are only added up.
        value = case((FactRow.scale == literal(SECONDS), literal(0.0)), else_=FactRow.value)
        sums = (func.count(), func.sum(FactRow.value), func.sum(FactRow.value * FactRow.value))
        facts = (
            select(literal(_DAY), literal(day, Date), *key, value, *sums)
            .where(FactRow.at >= begin, FactRow.at < end)
            .group_by(*(getattr(FactRow, name) for name in _KEY), value)
        )
        await session.execute(insert(TotalRow).from_select(["grain", "start", *_KEY, "value", *_SUMS], facts))


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
    key = [getattr(TotalRow, name) for name in (*_KEY, "value")]
    days = (
        select(literal("month"), literal(month, Date), *key, *(func.sum(getattr(TotalRow, name)) for name in _SUMS))
        .where(TotalRow.grain == _DAY, TotalRow.start >= month, TotalRow.start < following)
        .group_by(*key)
    )
    await session.execute(insert(TotalRow).from_select(["grain", "start", *_KEY, "value", *_SUMS], days))
