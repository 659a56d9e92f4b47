"""Adds facts up: each day that has new ones by day, then its month, in each kind of cell."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    delete,
    except_,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.db import Base, Database
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.totals_tables import CellRow, Folded, TotalRow

OVERLAP = 1000
"""Facts looked at once more on PostgreSQL: of two transactions, the one that began first may end last."""
MARK = "totals"
SECONDS = "seconds"
DAY, MONTH = "day", "month"
SUMS = ("n", "total", "squares")
KEY = ("side", "kind", "moment", "service", "channel", "language", "dimension", "scale", "demo")
_TOTALS = Base.metadata.tables[TotalRow.__tablename__]
Span = dict[str, datetime]
"""When a day begins and ends."""
Sums = dict[tuple[int, float], tuple[Any, ...]]
"""By cell and value: how many facts, their sum, and the sum of their squares."""
_FOLDED_AWAY = {Folded.NOTHING: (), Folded.DOORS: ("channel", "language"), Folded.SERVICES: ("service",)}


async def refresh(database: Database, zone: ZoneInfo) -> str:
    """Add up again each day that has new facts; say how many days these were, or "" when there is nothing new."""
    last = await _mark(database)
    async with database.reading() as session:
        newest = await session.scalar(select(func.max(FactRow.id))) or 0
        if newest == last:
            return ""
        # What was the newest may have been deleted, and SQLite gives its number again: all is new then.
        seen = 0 if newest < last else last - (0 if database.is_sqlite else OVERLAP)
        # The day as the database shows it is the office's or the one beside it.
        shown = func.substr(cast(FactRow.at, String), 1, 10)
        days = {
            date.fromisoformat(day) + timedelta(days=beside)
            for day in await session.scalars(select(shown).where(FactRow.id > seen).distinct())
            for beside in (-1, 0, 1)
        }
    for day in sorted(days):
        await _add_up_day(database, day, zone)
    for month in sorted({day.replace(day=1) for day in days}):
        await _add_up_month(database, month)
    async with database.writing() as session:
        mine = update(FactMarkRow).where(FactMarkRow.source == MARK)
        moved: Any = await session.execute(mine.where(FactMarkRow.upto == last).values(upto=newest))
        if not moved.rowcount:
            # It was set back meanwhile, or another process added up too: what is new is looked at once more.
            await session.execute(mine.where(FactMarkRow.upto > last).values(upto=last))
    return f"{len(days)} days"


async def count_again(session: AsyncConnection, fact_id: int) -> None:
    """Have the facts from one on added up anew: it is deleted, and SQLite may give its number to another."""
    mark = update(FactMarkRow).where(FactMarkRow.source == MARK, FactMarkRow.upto >= fact_id)
    await session.execute(mark.values(upto=fact_id - 1))


async def _mark(database: Database) -> int:
    """Return up to which fact all are added up."""
    mark = select(FactMarkRow.upto).where(FactMarkRow.source == MARK)
    async with database.reading() as session:
        last = await session.scalar(mark)
    if last is None:
        with suppress(IntegrityError):  # the other job that adds up was first
            async with database.writing() as session:
                await session.execute(insert(FactMarkRow).values(source=MARK, upto=0))
    return last or 0


async def _hold(connection: AsyncConnection | AsyncSession) -> None:
    """Have other processes that add up wait: on PostgreSQL for the mark, on SQLite for the file as it is."""
    await connection.execute(select(FactMarkRow.upto).where(FactMarkRow.source == MARK).with_for_update())


async def _add_up_day(database: Database, day: date, zone: ZoneInfo) -> None:
    found: Sums = {}
    span = {
        name: datetime.combine(each, time(), zone) for name, each in (("begin", day), ("end", day + timedelta(days=1)))
    }
    for folded in Folded:
        await _add_cells(database, folded, span)
        found |= await _read(database, _sums_of(folded), span)
    await _write(database, DAY, day, found)


async def _add_cells(database: Database, folded: Folded, span: Span) -> None:
    """Add the cells of the facts of a day that are not there yet."""
    cells, one_of_them = _new_cells_of(folded)
    async with database.looking() as connection:
        if (await connection.execute(one_of_them, span)).first() is None:
            return
    async with database.writing() as session:
        await _hold(session)
        await session.execute(insert(CellRow).from_select(["folded", *KEY], cells.params(span)))


async def _add_up_month(database: Database, month: date) -> None:
    following = (month + timedelta(days=32)).replace(day=1)
    days = (
        select(TotalRow.cell_id, TotalRow.value, *(func.sum(getattr(TotalRow, name)) for name in SUMS))
        .where(TotalRow.grain == DAY, TotalRow.start >= month, TotalRow.start < following)
        .group_by(TotalRow.cell_id, TotalRow.value)
    )
    await _write(database, MONTH, month, await _read(database, days))


async def _read(database: Database, query: Select[Any], span: Span | None = None) -> Sums:
    async with database.looking() as connection:
        return {(row[0], row[1]): tuple(row[2:]) for row in await connection.execute(query, span)}


async def _write(database: Database, grain: str, start: date, found: Sums) -> None:
    """Write the totals of a day or month that are not as they were found: on SQLite citizens wait for it."""
    own = select(*(getattr(TotalRow, name) for name in ("cell_id", "value", *SUMS)))
    before = await _read(database, own.where(TotalRow.grain == grain, TotalRow.start == start))
    new = [key for key, sums in found.items() if before.get(key) != sums]
    old = before.keys() - found.keys()
    if not new and not old:
        return
    async with database.transaction() as connection:
        await _hold(connection)
        if old:
            span = and_(_TOTALS.c.grain == grain, _TOTALS.c.start == start)
            one = and_(_TOTALS.c.cell_id == bindparam("cell"), _TOTALS.c.value == bindparam("of_value"))
            gone = [{"cell": cell, "of_value": value} for cell, value in old]
            await connection.execute(delete(_TOTALS).where(span, one), gone)
        if new:
            rows = [
                {"cell_id": cell, "grain": grain, "start": start, "value": value}
                | dict(zip(SUMS, found[cell, value], strict=True))
                for cell, value in new
            ]
            # What is new may have been written by another process since: it is put in its place.
            add = (sqlite if database.is_sqlite else postgresql).insert(_TOTALS)
            put = {name: add.excluded[name] for name in SUMS}
            await connection.execute(add.on_conflict_do_update(index_elements=_TOTALS.primary_key, set_=put), rows)


@cache
def _facts_of(folded: Folded) -> Subquery:
    """Return the facts from `begin` to before `end`, each with the key of its cell.

    Queries are made once: to make those of a day anew takes longer than the database takes to answer them.
    """
    begin, end = (bindparam(name, type_=FactRow.at.type) for name in ("begin", "end"))
    away = _FOLDED_AWAY[folded]
    key = {name: literal("", String) if name in away else getattr(FactRow, name) for name in KEY}
    if "service" not in away:
        key["service"] = func.coalesce(FactRow.service, "")
    # Times are all different: they are only added up.
    value = case((FactRow.scale == SECONDS, literal(0.0)), else_=FactRow.value)
    columns = (*(column.label(name) for name, column in key.items()), value.label("value"))
    within = (FactRow.at >= begin, FactRow.at < end)
    return select(*columns, FactRow.value.label("measured")).where(*within).subquery()


@cache
def _new_cells_of(folded: Folded) -> tuple[Select[Any], Select[Any]]:
    """Return the cells of those facts that are not there yet, and one of them."""
    facts = _facts_of(folded)
    known = select(*(getattr(CellRow, name) for name in KEY)).where(CellRow.folded == str(folded))
    new = except_(select(*(facts.c[name] for name in KEY)), known).subquery()
    cells = select(literal(str(folded)), *(new.c[name] for name in KEY))
    return cells, cells.limit(1)


@cache
def _sums_of(folded: Folded) -> Select[Any]:
    """Return the sums of those facts by cell and value.

    Added up first, then named: PostgreSQL, which knows no statistics of what was just written, would look through the
    facts of the day for each cell.
    """
    facts = _facts_of(folded)
    apart = [facts.c[name] for name in (*KEY, "value")]
    sums = (func.count(), func.sum(facts.c.measured), func.sum(facts.c.measured * facts.c.measured))
    added = select(*apart, *(each.label(name) for each, name in zip(sums, SUMS, strict=True))).group_by(*apart)
    sub = added.subquery()
    same = and_(CellRow.folded == str(folded), *(getattr(CellRow, name) == sub.c[name] for name in KEY))
    return select(CellRow.id, sub.c.value, *(sub.c[name] for name in SUMS)).join(sub, same)
