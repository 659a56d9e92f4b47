"""The tables' versions: forward, back and forward again, and the same tables as the code declares."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot import jobs
from bot.accounts import tables as accounts
from bot.conversations import handoff_tables, review_tables
from bot.conversations import tables as conversations
from bot.db import Base, Database
from bot.improvement import tables as improvement
from bot.learning import examples_tables, inbox_tables, runs_tables
from bot.migrations import configuration, downgrade, upgrade
from bot.requests import files_tables
from bot.requests import tables as requests
from bot.satisfaction import facts_tables, totals_tables, verbatims_tables
from bot.satisfaction import tables as satisfaction

ROOMS = (
    accounts,
    conversations,
    facts_tables,
    examples_tables,
    files_tables,
    handoff_tables,
    improvement,
    inbox_tables,
    jobs,
    requests,
    review_tables,
    runs_tables,
    satisfaction,
    totals_tables,
    verbatims_tables,
)
VERSION_TABLE = {"alembic_version"}
FULL_TEXT = ("turns_text", "ix_turns_words", "words")
"""Made by a migration alone: each database has its own kind (bot/conversations/full_text.py)."""


async def test_after_the_upgrade_the_tables_are_those_of_the_code(database: Database) -> None:
    assert await _look(database, _differences) == []


async def test_a_table_that_no_migration_makes_would_be_noticed(empty_database: Database) -> None:
    differences = await _look(empty_database, _differences)
    missing = {difference[1].name for difference in differences if difference[0] == "add_table"}
    assert missing == set(Base.metadata.tables)


async def test_the_tables_can_be_taken_back_and_made_again(empty_database: Database) -> None:
    await upgrade(empty_database)
    made = await _look(empty_database, _tables)
    await downgrade(empty_database, "base")
    assert await _look(empty_database, _tables) == VERSION_TABLE
    await upgrade(empty_database)
    assert await _look(empty_database, _tables) == made == set(Base.metadata.tables) | VERSION_TABLE


async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(database: Database) -> None:
    before = await _look(database, _tables)
    await upgrade(database)
    assert await _look(database, _tables) == before


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
    return list(compare_metadata(context, Base.metadata))


def _tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if not name.startswith(FULL_TEXT)}


async def _look(database: Database, look: object) -> object:
    async with database.engine.connect() as connection:
        return await connection.run_sync(look)
