"""The tables' versions, with Alembic: `versions/` has one file each, the oldest first."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.db import Database
from bot.errors import Unavailable

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

    Raises:
        Unavailable: the database does not answer.
    """
    for attempt in range(1, PATIENCE + 1):
        try:
            return await _run(database, revision, forward=True)
        except Unavailable:
            if not database.is_sqlite or attempt == PATIENCE:
                raise
    return None


async def downgrade(database: Database, revision: str) -> None:
    """Bring the tables back to an earlier version (`base` for none)."""
    await _run(database, revision, forward=False)


async def _run(database: Database, revision: str, *, forward: bool) -> None:
    async with database.writing() as session:
        # On SQLite the first statement takes the lock of the file.
        lock = "SELECT :key" if database.is_sqlite else "SELECT pg_advisory_xact_lock(:key)"
        await session.execute(text(lock), {"key": _LOCK})
        connection = await session.connection()
        move = command.upgrade if forward else command.downgrade
        await connection.run_sync(lambda sync: move(configuration(sync), revision))
