"""The rows of all tables as JSON lines, the same from SQLite and from PostgreSQL, and back into either.

Tables and columns are read in the database itself, so that a version older or newer than this code is carried whole.
What a database makes by itself (the index of full text, computed columns) is left out: it makes it again.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Boolean,
    Cast,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    cast,
    collate,
    column,
    func,
    insert,
    select,
    table,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType, TypeEngine

from bot.db import Moment

BATCH = 2000
"""Rows read at a time."""
NOT_OURS = ("turns_text", "sqlite_", "alembic_version")
"""Tables that belong to the database or to its migrations."""


@dataclass(frozen=True)
class Shape:
    """A table as a backup has it.

    Attributes:
        name: of the table.
        columns: name and kind of each column: `moment`, `date`, `bytes`, `json`, `boolean`, `text` or `plain`.
        key: the columns of its primary key.
        sequence: the number that was last given to a row, on PostgreSQL; None when there is no counter.
    """

    name: str
    columns: list[tuple[str, str]]
    key: list[str]
    sequence: int | None = None

    def wire(self) -> dict[str, Any]:
        """Return the shape as JSON."""
        return asdict(self)


async def shapes(connection: AsyncConnection) -> list[Shape]:
    """Return the tables of a database, each after those that it refers to."""

    def reflect(sync: Connection) -> list[Table]:
        found = MetaData()
        found.reflect(sync, only=lambda name, _: not name.startswith(NOT_OURS))
        return found.sorted_tables

    found = []
    for each in await connection.run_sync(reflect):
        # By name: the same migration leaves them in another order on the other database.
        columns = sorted((one.name, _kind(one)) for one in each.columns if one.computed is None)
        found.append(
            Shape(each.name, columns, [one.name for one in each.primary_key], await _sequence(connection, each))
        )
    return found


async def lines(connection: AsyncConnection, shape: Shape) -> AsyncIterator[tuple[int, bytes]]:
    """Yield the rows of a table in the order of its key, some at a time: how many, and a JSON array a line."""
    on_sqlite = connection.dialect.name == "sqlite"
    kinds = dict(shape.columns)
    mine = table(shape.name, *(column(name, _TYPES[kind]) for name, kind in shape.columns))
    key = [mine.c[name] for name in shape.key]
    # The order of bytes, whatever the language of the server: two copies of the same rows have the same digest.
    order: list[ColumnElement[Any]] = [
        collate(one, "C") if kinds[one.name] == "text" and not on_sqlite else one for one in key
    ]
    read = [_readable(mine.c[name], kind, on_sqlite=on_sqlite) for name, kind in shape.columns]
    places = [list(kinds).index(name) for name in shape.key]
    writers = [_WRITTEN.get(kind, _same) for _, kind in shape.columns]
    last: tuple[Any, ...] | None = None
    while True:
        query = select(*read).order_by(*order).limit(BATCH)
        if last is not None:
            query = query.where(tuple_(*order) > tuple_(*(bindparam(None, value) for value in last)))
        rows = (await connection.execute(query)).all()
        if rows:
            yield len(rows), b"".join(_line(row, writers) for row in rows)
        if len(rows) < BATCH:
            return
        last = tuple(rows[-1][place] for place in places)


async def load(connection: AsyncConnection, shape: Shape, content: bytes) -> int:
    """Put rows into a table; return how many."""
    on_sqlite = connection.dialect.name == "sqlite"
    readers = [_READ.get(kind, _same) for _, kind in shape.columns]
    names = [name for name, _ in shape.columns]
    rows = [
        {
            f"p_{name}": None if value is None else reader(value)
            for name, reader, value in zip(names, readers, json.loads(line), strict=True)
        }
        for line in content.splitlines()
    ]
    mine = table(shape.name, *(column(name) for name in names))
    values = {name: _written(name, kind, on_sqlite=on_sqlite) for name, kind in shape.columns}
    await connection.execute(insert(mine).values(values), rows)
    return len(rows)


async def set_sequences(connection: AsyncConnection, tables: Iterable[Shape]) -> None:
    """Let the counters of PostgreSQL go on after the rows that were loaded; SQLite does it by itself."""
    if connection.dialect.name == "sqlite":
        return
    for shape in tables:
        name = await _sequence_name(connection, shape.name, shape.key)
        if name is None:
            continue
        mine = table(shape.name, column(shape.key[0]))
        highest = await connection.scalar(select(func.max(mine.c[shape.key[0]]))) or 0
        if reached := max(highest, shape.sequence or 0):
            await connection.execute(select(func.setval(name, reached)))


async def digests(connection: AsyncConnection) -> dict[str, tuple[int, str]]:
    """Return the number of rows of each table and the digest of all of them, to compare two databases."""
    found = {}
    for shape in await shapes(connection):
        count, digest = 0, sha256()
        async for number, content in lines(connection, shape):
            count += number
            digest.update(content)
        found[shape.name] = (count, digest.hexdigest())
    return found


def _line(row: Sequence[Any], writers: Sequence[Callable[[Any], Any]]) -> bytes:
    values = [None if value is None else writer(value) for value, writer in zip(row, writers, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _same(value: Any) -> Any:
    return value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


_TYPES: dict[str, TypeEngine[Any]] = {
    "moment": Moment(),
    "date": Date(),
    "bytes": LargeBinary(),
    "boolean": Boolean(),
    "json": JSON(),
    "text": Text(),
    "plain": NullType(),
}
_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "moment": _moment,
    "date": date.isoformat,
    "bytes": lambda value: b64encode(value).decode(),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": b64decode,
}


def _kind(one: Column[Any]) -> str:
    # A boolean is also an integer, and JSON a text: the more precise comes first.
    kinds = (("moment", DateTime), ("date", Date), ("bytes", LargeBinary), ("boolean", Boolean), ("json", JSON))
    for kind, type_ in kinds:
        if isinstance(one.type, type_):
            return kind
    return "text" if isinstance(one.type, String) else "plain"


def _readable(one: ColumnElement[Any], kind: str, *, on_sqlite: bool) -> ColumnElement[Any]:
    # JSON is carried as it was written: `null` stays apart from nothing, and figures keep their digits.
    if kind != "json":
        return one
    return type_coerce(one, Text) if on_sqlite else cast(one, Text)


def _written(name: str, kind: str, *, on_sqlite: bool) -> BindParameter[Any] | Cast[Any]:
    if kind == "json":
        value = bindparam(f"p_{name}", type_=Text())
        return value if on_sqlite else cast(value, JSON)
    return bindparam(f"p_{name}", type_=_TYPES[kind])


async def _sequence(connection: AsyncConnection, each: Table) -> int | None:
    if connection.dialect.name == "sqlite":
        return None
    name = await _sequence_name(connection, each.name, [one.name for one in each.primary_key])
    if name is None:
        return None
    # Its name comes from the server's own catalogue, quoted by it.
    value, called = (await connection.execute(text(f"SELECT last_value, is_called FROM {name}"))).one()  # noqa: S608
    return int(value) if called else None


async def _sequence_name(connection: AsyncConnection, name: str, key: list[str]) -> str | None:
    if len(key) != 1:
        return None
    found: str | None = await connection.scalar(select(func.pg_get_serial_sequence(name, key[0])))
    return found
