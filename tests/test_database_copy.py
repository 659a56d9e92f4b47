"""Moving from SQLite to PostgreSQL: every row of every table, or nothing."""

import argparse
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, null, select, text

from bot.cli import database as command
from bot.conversations.tables import ConversationRow
from bot.db import Base, Database, now
from bot.errors import Conflict, Failed, GuichetError, Misconfigured
from bot.migrations import upgrade
from bot.migrations.copy import copy
from bot.migrations.rooms import METADATA
from bot.privacy.encryption import Cipher
from bot.settings import Settings
from tests.rights.rows import row_of_long_ago

MANY = 2500
"""More rows than are read at a time."""


@pytest.fixture
async def source(sqlite_url: str, cipher: Cipher) -> AsyncIterator[Database]:
    """A database with a row in every table, and many in one."""
    database = Database(sqlite_url)
    async with database.writing() as session:
        for table in METADATA.sorted_tables:
            await session.execute(insert(table).values(**row_of_long_ago(table, cipher)))
        await session.execute(insert(ConversationRow), [_conversation(number) for number in range(MANY)])
        values = row_of_long_ago(METADATA.tables["improvement_actions"], cipher)
        for check in (None, null(), {"é": [1.1, None, True]}):
            await session.execute(insert(METADATA.tables["improvement_actions"]).values(values | {"check": check}))
    yield database
    await database.close()


def _conversation(number: int) -> dict[str, Any]:
    # Signs that two servers sort in two ways.
    sign = "aZéß-_0"[number % 7]
    return {
        "id": f"{sign}{number}",
        "token_hash": "x",
        "language": "fr",
        "mode": "bot",
        "notice_version": "1",
        "created_at": now(),
        "last_at": now(),
        "turns": number,
        "messages": 0,
        "state": {"slots": {"nom": f"É{number} 🎈"}, "events": []},
    }


@pytest.fixture
async def target(empty_postgresql_url: str) -> AsyncIterator[Database]:
    """An empty PostgreSQL database."""
    database = Database(empty_postgresql_url)
    yield database
    await database.close()


async def _rows(database: Database) -> dict[str, list[str]]:
    """Return every row as the application reads it, in an order that does not depend on the server."""
    async with database.looking() as connection:
        return {
            table.name: sorted(str(tuple(row)) for row in await connection.execute(select(table)))
            for table in METADATA.sorted_tables
        }


async def _count(database: Database) -> int:
    async with database.looking() as connection:
        return sum(
            [await connection.scalar(select(func.count()).select_from(each)) or 0 for each in METADATA.sorted_tables]
        )


async def test_every_row_of_every_table_is_copied_and_the_source_is_as_it_was(
    source: Database, target: Database, sqlite_url: str
) -> None:
    before = await _rows(source)
    copied = await copy(source, target)
    assert await _rows(target) == before == await _rows(source)
    assert {each.table: each.rows for each in copied} == {name: len(rows) for name, rows in before.items()}
    assert min(each.rows for each in copied) == 1
    assert set(before) == set(Base.metadata.tables)


async def test_the_way_back_is_the_same(source: Database, target: Database, tmp_path: Path) -> None:
    there = await copy(source, target)
    again = Database(f"sqlite+aiosqlite:///{tmp_path / 'again.db'}")
    assert await copy(target, again) == there
    await again.close()


async def test_no_value_and_the_null_of_json_stay_two(source: Database, target: Database) -> None:
    await copy(source, target)
    query = text('SELECT count(*) FILTER (WHERE "check" IS NULL), count("check") FROM improvement_actions')
    async with source.looking() as one, target.looking() as other:
        assert (await one.execute(query)).one() == (await other.execute(query)).one() == (2, 2)


async def test_new_rows_are_numbered_after_those_that_were_copied(source: Database, target: Database) -> None:
    await copy(source, target)
    numbered = [table for table in METADATA.sorted_tables if table.autoincrement_column is not None]
    async with target.transaction() as connection:
        for table in numbered:
            name, column = table.name, table.autoincrement_column.name
            highest = await connection.scalar(select(func.max(table.c[column])))
            following = func.nextval(func.pg_get_serial_sequence(name, column))
            assert await connection.scalar(select(following)) == highest + 1, name
    assert len(numbered) > 20


async def test_a_target_that_is_not_empty_is_refused_and_left_alone(source: Database, target: Database) -> None:
    await copy(source, target)
    before = await _rows(target)
    with pytest.raises(Conflict, match="holds something"):
        await copy(source, target)
    assert await _rows(target) == before


async def test_a_target_with_tables_of_another_program_is_refused(source: Database, target: Database) -> None:
    async with target.transaction() as connection:
        await connection.execute(text("CREATE TABLE invoices (id int)"))
    with pytest.raises(Conflict, match="invoices"):
        await copy(source, target)


async def test_a_row_that_the_target_does_not_take_leaves_it_empty(source: Database, target: Database) -> None:
    async with source.writing() as session:
        await session.execute(insert(ConversationRow).values(_conversation(1) | {"id": "long", "language": "français"}))
    with pytest.raises(Failed, match="conversations"):
        await copy(source, target)
    assert await _count(target) == 0


async def test_a_target_that_changes_what_it_is_given_is_noticed(source: Database, target: Database) -> None:
    await upgrade(target)
    async with target.transaction() as connection:
        await connection.execute(text("ALTER TABLE conversations ALTER COLUMN last_at TYPE timestamptz(0)"))
    with pytest.raises(Failed, match="conversations"):
        await copy(source, target)
    assert await _count(target) == 0


async def test_a_source_of_another_version_is_refused(target: Database, tmp_path: Path) -> None:
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(Misconfigured, match="no database of Guichet"):
        await copy(empty, target)
    await empty.close()


def test_the_command_copies_and_says_each_table(
    sqlite_url: str, empty_postgresql_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=tmp_path)
    plain = empty_postgresql_url.replace("+psycopg", "")
    command._database(settings, argparse.Namespace(to=plain, json=True))
    told = json.loads(capsys.readouterr().out)["tables"]
    assert {each["table"] for each in told} == set(METADATA.tables)
    command._database(settings, argparse.Namespace(to=plain, json=False))
    assert "copied and compared" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["nothing", "spool"])
def test_the_command_refuses_what_it_cannot_copy_whole(tmp_path: Path, what: str) -> None:
    if what == "spool":
        (tmp_path / "guichet.db").touch()
        (tmp_path / "spool").mkdir()
        (tmp_path / "spool" / "waiting").write_text("x")
    with pytest.raises(GuichetError, match="no database" if what == "nothing" else "spool"):
        command._database(Settings(data_dir=tmp_path), argparse.Namespace(to="postgresql://127.0.0.1:9/x", json=True))
    assert not (tmp_path / "guichet.db").exists() or what == "spool"
