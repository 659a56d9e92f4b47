"""Whether a place may be restored into: nobody uses it, and nothing is lost that nobody said may go."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict
from bot.migrations import configuration
from bot.operations import rows
from bot.operations.backup import revision_of

BY_ITSELF = ("jobs", "fact_marks", "harvests")
"""Tables in which a service that nobody has used yet writes rows."""


async def empty_server(connection: AsyncConnection, *, replace: bool) -> None:
    """Make sure that a PostgreSQL database is nobody's, and take its tables away.

    Raises:
        Conflict: something else is connected, or it holds rows and may not be replaced.
    """
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    if await connection.scalar(text(others)):
        raise in_use()
    if await revision_of(connection) is None:
        return
    for shape in await rows.shapes(connection):
        if shape.name in BY_ITSELF or replace:
            continue
        # The name comes from the server's own catalogue.
        if await connection.scalar(text(f'SELECT EXISTS (SELECT 1 FROM "{shape.name}")')):  # noqa: S608
            raise not_empty(f"the table {shape.name} holds rows")
    await connection.run_sync(lambda sync: command.downgrade(configuration(sync), "base"))


def refuse_used_file(path: Path, *, replace: bool) -> None:
    """Make sure that an SQLite file is nobody's.

    Raises:
        Conflict: something else has it open, or it holds rows and may not be replaced.
    """
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            # Only who is alone may leave the mode in which several write.
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise in_use() from None
            return  # it is damaged, which may be why it is replaced
        if mode != "delete":
            raise in_use()
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if replace or name in BY_ITSELF or name.startswith(rows.NOT_OURS):
                continue
            if connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0]:  # noqa: S608 - its own
                raise not_empty(f"the table {name} of {path} holds rows")


def fold(path: Path) -> None:
    """Bring all of an SQLite database into its one file, so that one rename moves it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    path.chmod(0o600)


def contents(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder in which there is something."""
    return (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def in_use() -> Conflict:
    """Return the error of a service that runs."""
    return Conflict("Something uses this database: stop the service, then restore.", code="in-use")


def not_empty(what: str) -> Conflict:
    """Return the error of a place that holds something."""
    return Conflict(
        f"This place is not empty ({what}). Restore into an empty one, or say --replace: the rows of PostgreSQL go, a "
        "file of SQLite and what citizens sent are kept aside.",
        code="not-empty",
    )
