"""How far a table was read is told by the number of a row; what is written later must have a higher one.

SQLite gives the number of its last row again once that row is erased. So a mark never stays above the last row that is
there: triggers see to it (migration 0020), and whoever brings rows from elsewhere calls `lower_marks`. What a mark
passes over then has been read and is gone.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MARKS = {
    "turns": (
        "fact_marks SET upto = {last} WHERE source IN ('visits', 'durable') AND upto > {last}",
        "training_runs SET heard_to = {last} WHERE heard_to > {last}",
    ),
    "handoff_events": ("fact_marks SET upto = {last} WHERE source = 'handoffs' AND upto > {last}",),
    "request_events": ("fact_marks SET upto = {last} WHERE source = 'requests' AND upto > {last}",),
    "request_contacts": ("fact_marks SET upto = {last} WHERE source = 'recontacts' AND upto > {last}",),
}
"""By table, what is done to the marks that tell how far it was read."""


async def lower_marks(connection: AsyncConnection) -> None:
    """Bring each mark down to the last row that is there: rows that came from elsewhere are numbered after it."""
    for table, marks in MARKS.items():
        last = f"(SELECT coalesce(max(id), 0) FROM {table})"  # noqa: S608 - a name of ours
        for mark in marks:
            await connection.execute(text(f"UPDATE {mark.format(last=last)}"))
