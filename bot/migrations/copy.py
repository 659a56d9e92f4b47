"""Copies a whole database into an empty one of another kind, and compares the two row by row.

It is all or nothing: the rows are written in one transaction, read back in it, and kept only when each table has the
count and the digest of its source. A digest does not depend on the order of rows, which two servers sort differently.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Table, Text, cast, func, insert, inspect, select, text, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database
from bot.errors import Conflict, Failed, Misconfigured
from bot.migrations import configuration, upgrade
from bot.migrations.marks import lower_marks
from bot.migrations.rooms import METADATA

AT_ONCE = 1000
"""Rows read and written at a time."""
OWN = ("alembic_version", "turns_text")
"""Beginnings of the names of tables that migrations keep by themselves: the version, and the full text of SQLite."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """A table that was copied: its rows, and the digest that it has in both databases."""

    table: str
    rows: int
    digest: str


async def copy(
    source: Database, target: Database, tell: Callable[[Copied], None] = lambda copied: None
) -> list[Copied]:
    """Copy every row of a database into another, which is given its tables.

    Args:
        source: is read only.
        target: holds nothing.
        tell: called with each table once it is copied and compared.

    Raises:
        Conflict: the target holds something.
        Misconfigured: the source is no database of Guichet, or not of this version.
        Failed: a row cannot be copied, or is another one in the target; the target stays empty.
        Unavailable: one of them does not answer.
    """
    async with source.transaction() as reading:
        if not source.is_sqlite:
            await reading.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        await _check_version(reading)
        await _check_empty(target)
        await upgrade(target)
        tables = await _tables(reading)
        async with target.transaction() as writing:
            copied = []
            for table in tables:
                copied.append(await _copy_table(reading, writing, table))
                tell(copied[-1])
            if not target.is_sqlite:
                for table in tables:
                    await _go_on_counting(writing, table)
            await lower_marks(writing)
    return copied


async def _copy_table(reading: AsyncConnection, writing: AsyncConnection, table: Table) -> Copied:
    count, digest = 0, 0
    try:
        async for rows in _pages(reading, table):
            await _write(writing, table, rows)
            count, digest = count + len(rows), digest + _digest(rows)
    except DBAPIError as error:
        raise Failed(
            f"A row of {table.name} cannot be copied ({type(error.orig).__name__}). Nothing was.", code="copy-failed"
        ) from None
    there = [(len(rows), _digest(rows)) async for rows in _pages(writing, table)]
    found = sum(rows for rows, _ in there), sum(digest for _, digest in there)
    if found != (count, digest):
        raise Failed(
            f"{table.name} has {found[0]} rows of {count} in the target, or other ones. Nothing was copied.",
            code="copy-differs",
        )
    return Copied(table.name, count, f"{digest % 2**256:064x}")


async def _pages(connection: AsyncConnection, table: Table) -> AsyncIterator[list[Row]]:
    """Yield the rows of a table, some at a time; JSON as the text that it is, so that no value and `null` stay two."""
    keys = list(table.primary_key)
    columns = [cast(each, Text).label(each.name) if isinstance(each.type, JSON) else each for each in table.columns]
    query = select(*columns).order_by(*keys).limit(AT_ONCE)
    last: tuple[Any, ...] | None = None
    while True:
        after = query if last is None else query.where(tuple_(*keys) > tuple_(*last))
        rows = [dict(row._mapping) for row in await connection.execute(after)]
        if rows:
            yield rows
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][key.name] for key in keys)


async def _write(connection: AsyncConnection, table: Table, rows: list[Row]) -> None:
    encoded = [column.name for column in table.columns if isinstance(column.type, JSON)]
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        # No value is left out, for to SQLAlchemy None is the JSON `null`.
        given = {
            name: json.loads(value) if name in encoded else value
            for name, value in row.items()
            if not (name in encoded and value is None)
        }
        alike[tuple(given)].append(given)
    for group in alike.values():
        await connection.execute(insert(table), group)


def _digest(rows: list[Row]) -> int:
    return sum(int.from_bytes(sha256(_plain(row).encode()).digest()) for row in rows)


def _plain(row: Row) -> str:
    return json.dumps({name: _told(value) for name, value in row.items()}, sort_keys=True)


def _told(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, datetime | date):
        return ["time", value.isoformat()]
    return value


async def _check_version(connection: AsyncConnection) -> None:
    present = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    if present != newest:
        what = f"is of version {present}, not {newest}" if present else "is no database of Guichet"
        raise Misconfigured(f"The source {what}: run `guichet prepare` with it first, or name another.")


async def _check_empty(target: Database) -> None:
    async with target.looking() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        for name in names:
            if name.startswith(OWN):
                continue
            if name not in METADATA.tables:
                raise Conflict(f"The target holds a table {name} that is not Guichet's: name an empty database.")
            if await connection.scalar(select(func.count()).select_from(METADATA.tables[name])):
                raise Conflict(f"The target holds something already, in {name}: name an empty database.")


async def _tables(connection: AsyncConnection) -> list[Table]:
    """Return the tables in an order in which rows may be written: none names one that is not there yet."""
    names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if unknown := [name for name in names if name not in METADATA.tables and not name.startswith(OWN)]:
        raise Misconfigured(f"The source holds tables that are not Guichet's: {', '.join(unknown)}.")
    return [table for table in METADATA.sorted_tables if table.name in names]


async def _go_on_counting(connection: AsyncConnection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied with their numbers."""
    column = table.autoincrement_column
    if column is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        highest = select(func.max(column)).scalar_subquery()
        await connection.execute(
            select(func.setval(sequence, highest)).where(sequence.isnot(None), highest.isnot(None))
        )
