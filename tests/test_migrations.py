"""The tables' versions: forward, back and forward again, and the same tables as the code declares."""

import asyncio
import json

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet
from sqlalchemy import Connection, insert, inspect

from bot.db import Database
from bot.migrations import configuration, downgrade, upgrade
from bot.migrations.rooms import METADATA
from bot.operations.rows import lines, shapes
from bot.privacy.encryption import Cipher
from tests.rights.rows import row_of_long_ago

TOLD_BEFORE: dict[str, dict[str, object]] = {
    "requests": {"demo": False},  # what is made up came with 0019
    "request_events": {"kind": "state"},  # messages between office and citizen came with 0006
    "changed_messages": {"live": False},  # what was only heard came with 0018
    "feedback": {"conversation_id": "1"},  # an opinion that belongs to nobody came with 0004
    "fact_cells": {"folded": "nothing"},  # what is added up beforehand came with 0016
}
"""What an older version can tell too; what it cannot is lost when one goes back to it, and nothing else."""
VERSION_TABLE = {"alembic_version"}
FULL_TEXT = ("turns_text", "ix_turns_words", "words")
"""Made by a migration alone: each database has its own kind (bot/conversations/full_text.py)."""


async def test_after_the_upgrade_the_tables_are_those_of_the_code(database: Database) -> None:
    assert await _look(database, _differences) == []


async def test_a_table_that_no_migration_makes_would_be_noticed(empty_database: Database) -> None:
    differences = await _look(empty_database, _differences)
    missing = {difference[1].name for difference in differences if difference[0] == "add_table"}
    assert missing == set(METADATA.tables)


async def test_the_tables_can_be_taken_back_and_made_again(empty_database: Database) -> None:
    await upgrade(empty_database)
    made = await _look(empty_database, _tables)
    await downgrade(empty_database, "base")
    assert await _look(empty_database, _tables) == VERSION_TABLE
    await upgrade(empty_database)
    assert await _look(empty_database, _tables) == made == set(METADATA.tables) | VERSION_TABLE


async def test_each_version_goes_back_and_forward_with_data_in_the_tables(empty_database: Database) -> None:
    database = empty_database
    cipher = Cipher(Fernet.generate_key().decode())
    script = ScriptDirectory.from_config(configuration())
    versions = [each.revision for each in script.walk_revisions()]  # the newest first
    await upgrade(database)
    async with database.writing() as session:
        for table in METADATA.sorted_tables:
            values = row_of_long_ago(table, cipher) | TOLD_BEFORE.get(table.name, {})
            await session.execute(insert(table).values(values))
    began = await _content(database)
    assert {name for name, rows in began.items() if not rows} == set(), "each table holds something"
    for version in versions[1:]:
        await downgrade(database, version)
        there = await _content(database)
        lost = {name for name, rows in there.items() if len(rows) != len(began[name])}
        assert lost == set(), version
        for name in there:
            _assert_same(began[name], there[name], f"{name} at {version}")
    oldest = await _content(database)
    for version in reversed(versions[:-1]):
        await upgrade(database, version)
    ended = await _content(database)
    for name, rows in oldest.items():
        _assert_same(rows, ended[name], name)
    assert await _look(database, _differences) == []


def _assert_same(before: list[dict[str, object]], after: list[dict[str, object]], what: str) -> None:
    """Compare the columns that both versions have."""
    for old, new in zip(before, after, strict=True):
        both = old.keys() & new.keys()
        assert {name: old[name] for name in both} == {name: new[name] for name in both}, what


async def _content(database: Database) -> dict[str, list[dict[str, object]]]:
    """Return the rows of each table as they are, by the names of their columns."""
    found: dict[str, list[dict[str, object]]] = {}
    async with database.looking() as connection:
        for shape in await shapes(connection):
            names = [name for name, _ in shape.columns]
            found[shape.name] = [
                dict(zip(names, json.loads(line), strict=True))
                async for _, content in lines(connection, shape)
                for line in content.splitlines()
            ]
    return found


async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(database: Database) -> None:
    before = await _look(database, _tables)
    await upgrade(database)
    assert await _look(database, _tables) == before


async def test_tables_that_are_up_to_date_are_left_alone_while_somebody_writes(empty_database_url: str) -> None:
    first, second = Database(empty_database_url), Database(empty_database_url)
    await upgrade(first)
    async with first.transaction():
        await upgrade(second)  # a command that an operator types waits for nobody
    await first.close()
    await second.close()


async def test_two_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    first, second = Database(empty_database_url), Database(empty_database_url)
    await asyncio.gather(upgrade(first), upgrade(second))
    assert await _look(first, _differences) == []
    await first.close()
    await second.close()


def test_the_versions_follow_one_another_in_a_single_line() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def _differences(connection: Connection) -> list[tuple[object, ...]]:
    options = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(FULL_TEXT)}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, METADATA))


def _tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if not name.startswith(FULL_TEXT)}


async def _look(database: Database, look: object) -> object:
    async with database.engine.connect() as connection:
        return await connection.run_sync(look)
