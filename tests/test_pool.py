"""Connections to PostgreSQL that die in the pool."""

import pytest
from sqlalchemy import text

from bot import pool
from bot.db import Database
from bot.errors import Unavailable

END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def _die_in_the_pool(url: str) -> Database:
    database, other = Database(url), Database(url)
    await database.ping()
    async with other.reading() as session:
        await session.execute(text(END_THE_OTHERS))
    await other.close()
    return database


async def test_a_connection_that_died_while_it_lay_idle_is_made_anew_and_nobody_notices(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE", 0.0)
    database = await _die_in_the_pool(postgresql_url)
    await database.ping()
    await database.close()


async def test_a_connection_that_died_a_moment_ago_is_one_error_with_a_name(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE", 60.0)
    database = await _die_in_the_pool(postgresql_url)
    with pytest.raises(Unavailable):
        await database.ping()
    await database.ping()
    await database.close()


async def test_a_server_that_is_away_when_an_idle_connection_is_asked_has_its_own_error(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "IDLE", 0.0)
    database = await _die_in_the_pool(postgresql_url)
    # Whoever asks for a new connection now finds nobody.
    monkeypatch.setattr(database.engine.sync_engine.pool, "_creator", _refused)
    with pytest.raises(Unavailable):
        await database.ping()
    await database.close()


def _refused() -> None:
    raise ConnectionRefusedError
