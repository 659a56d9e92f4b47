"""The tables' versions, with Alembic: `versions/` has one file each, the oldest first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database
from bot.errors import Failed, Unavailable
from bot.sqlite import BEGIN

# Two processes that start together must not both migrate; PostgreSQL gives the lock back with the transaction.
_LOCK = 7_201_306


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, for the given connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


PATIENCE = 6
"""Times that the lock of an SQLite file is waited for, ten seconds each: another process may be migrating it."""


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to a version, the newest when none is named.

    Tables that are there already are left alone, without the lock of the file and without a look at every row: commands
    ask for this each time.

    Raises:
        Unavailable: the database does not answer.
    """
    if revision == "head" and await _is_newest(database):
        return None
    for attempt in range(1, PATIENCE + 1):
        try:
            return await _run(database, revision, forward=True)
        except Unavailable:
            if not database.is_sqlite or attempt == PATIENCE:
                raise
    return None


async def _is_newest(database: Database) -> bool:
    async with database.looking() as connection:
        found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return found == ScriptDirectory.from_config(configuration()).get_current_head()


async def downgrade(database: Database, revision: str) -> None:
    """Bring the tables back to an earlier version (`base` for none)."""
    await _run(database, revision, forward=False)


@asynccontextmanager
async def moving(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a transaction in which tables may be made anew.

    SQLite changes a table by copying it and dropping the old one, and a dropped row takes along the rows that refer to
    it: not here. Whether each row still finds its parent is looked at in the end.

    Raises:
        Unavailable: the database does not answer.
        Failed: a row lost its parent; nothing was changed.
    """
    if not database.is_sqlite:
        async with database.transaction() as connection:
            yield connection
        return
    async with database.looking() as connection:
        # Not possible within a transaction.
        await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            await connection.exec_driver_sql(BEGIN)
            yield connection
            if lost := (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
                raise Failed(f"A row of {lost[0]} would refer to nothing: the tables stay as they were.")
            await connection.commit()
        finally:
            await connection.rollback()
            await connection.exec_driver_sql("PRAGMA foreign_keys=ON")


async def _run(database: Database, revision: str, *, forward: bool) -> None:
    async with moving(database) as connection:
        # On SQLite the first statement takes the lock of the file.
        lock = "SELECT :key" if database.is_sqlite else "SELECT pg_advisory_xact_lock(:key)"
        await connection.execute(text(lock), {"key": _LOCK})
        move = command.upgrade if forward else command.downgrade
        await connection.run_sync(lambda sync: move(configuration(sync), revision))
