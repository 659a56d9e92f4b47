"""Facts as files: CSV for a spreadsheet, Parquet for an analyst. Neither holds words of a citizen."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from bot.db import Database
from bot.satisfaction.facts_tables import FactRow

COLUMNS = tuple(column.name for column in FactRow.__table__.columns)
BATCH = 5000
"""Facts read at once: some megabytes, whatever the span."""


async def read_facts(
    database: Database,
    since: date,
    until: date,
    zone: str,
    *,
    demo: bool = False,
    services: tuple[str, ...] | None = None,
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Yield the facts of a span of days, both included, in the order in which they were written, a batch at a time.

    Args:
        database: where they are.
        since: the first day.
        until: the last day.
        zone: in which days begin.
        demo: those that `guichet demo` made up, instead of the real ones.
        services: only those; None for all.
    """
    begin, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (since, until + timedelta(days=1)))
    query: Select[Any] = select(*FactRow.__table__.columns).where(FactRow.at >= begin, FactRow.at < end)
    query = query.where(FactRow.demo if demo else ~FactRow.demo)
    if services is not None:
        query = query.where(FactRow.service.in_(services))
    last = 0
    while True:
        async with database.looking() as connection:
            found = await connection.execute(query.where(FactRow.id > last).order_by(FactRow.id).limit(BATCH))
            rows = [tuple(row) for row in found]
        if rows:
            last = rows[-1][0]
            yield rows
        if len(rows) < BATCH:
            return


async def csv_of(facts: AsyncIterator[list[tuple[Any, ...]]]) -> AsyncIterator[bytes]:
    """Yield facts as CSV (RFC 4180, UTF-8), a heading first; times in ISO 8601 and UTC."""
    yield _lines([COLUMNS])
    async for rows in facts:
        yield _lines([[_cell(value) for value in row] for row in rows])


async def write_parquet(facts: AsyncIterator[list[tuple[Any, ...]]], path: Path) -> int:
    """Write facts to a Parquet file with the types of the table; return how many."""
    # Some 60 MB of memory: only who writes such a file pays for it, in a process that ends.
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"id": pa.int64(), "at": pa.timestamp("us", tz="UTC"), "value": pa.float64(), "demo": pa.bool_()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        async for rows in facts:
            columns = [list(column) for column in zip(*rows, strict=True)]
            writer.write_table(pa.table(dict(zip(COLUMNS, columns, strict=True)), schema=schema))
            count += len(rows)
    return count


def _lines(rows: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
