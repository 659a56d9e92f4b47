"""Reads the totals of the facts for a span of days: its whole months as months, the days at its ends as days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Float, Select, and_, func, literal, or_, select, true, union_all

from bot.db import Database
from bot.satisfaction import totals_write
from bot.satisfaction.dimensions import TIMES
from bot.satisfaction.indices import Tally
from bot.satisfaction.totals_tables import CellRow, Folded, TotalRow
from bot.satisfaction.totals_write import DAY, MONTH, SUMS

# In the order of the index, so that SQLite need not sort.
_KIND = [getattr(CellRow, name) for name in ("dimension", "service", "moment", "side", "kind", "scale")]


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
        return await totals_write.refresh(self._database, self._zone)

    async def cells(
        self, scope: Scope, since: date, until: date, *, only: Sequence[str] = (), without: Sequence[str] = ()
    ) -> list[Cell]:
        """Return what was counted from a day to another, both included, each kind of fact in one cell.

        Args:
            scope: which facts.
            since: the first day.
            until: the last day.
            only: beginnings of the dimensions that are meant; all of them when empty.
            without: beginnings of those that are left out.
        """
        conditions = _conditions(scope, _folded(scope, "service"))
        if only:
            conditions.append(or_(*(CellRow.dimension.startswith(each, autoescape=True) for each in only)))
        conditions += [~CellRow.dimension.startswith(each, autoescape=True) for each in without]
        query = self._read(conditions, _parts(since, until), *_KIND)
        async with self._database.looking() as connection:
            return [_cell(row) for row in await connection.execute(query)]

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
        conditions = [*_conditions(scope, _folded(scope, key)), CellRow.side == side]
        if dimensions:
            conditions.append(CellRow.dimension.in_(dimensions))
        by = getattr(CellRow, key) if key else literal("")
        query = self._read(conditions, _parts(since, until), by, CellRow.dimension, TotalRow.value)
        values: defaultdict[str, dict[str, dict[float, int]]] = defaultdict(dict)
        sums: defaultdict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
        async with self._database.looking() as connection:
            for name, dimension, value, n, total, _ in await connection.execute(query):
                if dimension in TIMES:
                    sums[name][dimension] = (n, total)
                else:
                    values[name].setdefault(dimension, {})[value] = n
        return {name: Tally(values[name], sums[name]) for name in sorted({*values, *sums})}

    async def by_month(self, scope: Scope, since: date, until: date, dimension: str) -> dict[date, Tally]:
        """Return what citizens answered about a dimension in each calendar month; those without any are left out."""
        conditions = [*_conditions(scope, _folded(scope)), CellRow.dimension == dimension, CellRow.side == "citizen"]
        query = self._read(conditions, [(MONTH, since.replace(day=1), until)], TotalRow.start, TotalRow.value)
        months: defaultdict[date, dict[float, int]] = defaultdict(dict)
        async with self._database.looking() as connection:
            for month, value, n, *_ in await connection.execute(query):
                months[month][value] = n
        return {month: Tally({dimension: months[month]}) for month in sorted(months)}

    async def by_day(self, scope: Scope, since: date, until: date) -> list[tuple[date, Cell]]:
        """Return each day of a span with its cells of citizens, one for each moment, service and dimension."""
        conditions = [*_conditions(scope, _folded(scope, "service")), CellRow.side == "citizen"]
        query = self._read(conditions, [(DAY, since, until)], TotalRow.start, *_KIND)
        async with self._database.looking() as connection:
            return [(row[0], _cell(row[1:])) for row in await connection.execute(query)]

    async def has_demo(self) -> bool:
        """Return whether `guichet demo` has filled something in."""
        async with self._database.looking() as connection:
            return (await connection.execute(select(CellRow.id).where(CellRow.demo).limit(1))).first() is not None

    def _read(
        self, conditions: Sequence[ColumnElement[bool]], parts: Iterable[tuple[str, date, date]], *apart: Any
    ) -> Select[Any]:
        """Return the query of the sums of a span, given by its parts, for each value of what is to be told apart."""
        read = _read_in_order if self._database.is_sqlite else _read_by_cell
        return read(conditions, list(parts), apart)


def _read_in_order(
    conditions: Sequence[ColumnElement[bool]], parts: Sequence[tuple[str, date, date]], apart: Sequence[Any]
) -> Select[Any]:
    """Return the query as SQLite answers it best.

    The joins are outer ones, although no cell without totals is wanted: it keeps their order, and so goes through the
    cells in the order of their index (nothing is left to sort) and to the totals of each by key. In an order of its own
    it would read all that was counted in the span, and sort it.
    """
    span = union_all(
        *(
            select(
                literal(grain).label("grain"),
                literal(first, Date).label("first"),
                literal(last, Date).label("last"),
            )
            for grain, first, last in parts
        )
    ).subquery()
    within = and_(TotalRow.grain == span.c.grain, TotalRow.start >= span.c.first, TotalRow.start <= span.c.last)
    return (
        select(*apart, *(func.sum(getattr(TotalRow, name)) for name in SUMS))
        .select_from(CellRow)
        .join(span, true(), isouter=True)
        .join(TotalRow, and_(TotalRow.cell_id == CellRow.id, within), isouter=True)
        .where(*conditions)
        .group_by(*apart)
        .having(func.count(TotalRow.n) > 0)
    )


def _read_by_cell(
    conditions: Sequence[ColumnElement[bool]], parts: Sequence[tuple[str, date, date]], apart: Sequence[Any]
) -> Select[Any]:
    """Return the query as PostgreSQL answers it best: totals by the number of their cell first, words afterwards.

    To group a hundred thousand rows by six columns of words takes it five times as long as by one number.
    """
    own = [each for each in apart if getattr(each, "class_", None) is TotalRow]
    within = or_(*(and_(TotalRow.grain == grain, TotalRow.start.between(first, last)) for grain, first, last in parts))
    by_cell = (
        select(TotalRow.cell_id, *own, *(func.sum(getattr(TotalRow, name)).label(name) for name in SUMS))
        .join(CellRow, CellRow.id == TotalRow.cell_id)
        .where(within, *conditions)
        .group_by(TotalRow.cell_id, *own)
        .subquery()
    )
    told = [by_cell.c[each.key] if each in own else each for each in apart]
    # The sum of sums of whole numbers is one of any length there, which Python would not add to a float.
    sums = (func.sum(by_cell.c[name]).cast(TotalRow.n.type if name == "n" else Float) for name in SUMS)
    return select(*told, *sums).join_from(by_cell, CellRow, CellRow.id == by_cell.c.cell_id).group_by(*told)


def _folded(scope: Scope, key: str = "") -> Folded:
    """Return the coarsest cells that tell apart what is asked for."""
    if key != "service" and not scope.service and scope.services is None:
        return Folded.SERVICES
    return Folded.NOTHING if scope.channel or scope.language else Folded.DOORS


def _conditions(scope: Scope, folded: Folded) -> list[ColumnElement[bool]]:
    """Return what a scope asks of the cells."""
    found = [
        getattr(CellRow, name) == getattr(scope, name)
        for name in ("moment", "service", "channel", "language")
        if getattr(scope, name)
    ]
    if scope.services is not None:
        found.append(CellRow.service.in_(scope.services))
    return [CellRow.demo == scope.demo, CellRow.folded == str(folded), *found]


def _cell(row: Sequence[Any]) -> Cell:
    dimension, service, moment, side, kind, scale, n, total, squares = row
    return Cell(side, kind, moment, service, dimension, scale, n, total, squares)


def _parts(since: date, until: date) -> Iterator[tuple[str, date, date]]:
    """Yield what makes up a span: the days before its whole months, these, and the days after them."""
    first = since if since.day == 1 else (since.replace(day=28) + timedelta(days=4)).replace(day=1)
    after = (until + timedelta(days=1)).replace(day=1)
    if first >= after:
        yield DAY, since, until
        return
    yield MONTH, first, after - timedelta(days=1)
    if since < first:
        yield DAY, since, first - timedelta(days=1)
    if after <= until:
        yield DAY, after, until
