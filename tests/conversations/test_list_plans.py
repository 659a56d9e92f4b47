"""The list of conversations walks the log from its end: no condition of an account or a review gathers it first."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.conversations.review_queries import about, not_reviewed
from bot.conversations.transcripts import Among, Filter, Transcripts
from bot.db import Database
from bot.satisfaction.ratings import resolved
from tests.benchmarks.million import fill_postgresql, fill_sqlite
from tests.conftest import ROOT

WAYS: dict[str, tuple[Filter, list[Among]]] = {
    "an account of some offices": (Filter(), [about(["birth-certificate", "street-problem"])]),
    "not reviewed": (Filter(), [not_reviewed]),
    "resolved": (Filter(), [resolved(True)]),
    "both, and a service": (Filter(service="passport"), [about(["birth-certificate"]), not_reviewed]),
}


@pytest.fixture
async def filled(database_url: str) -> AsyncIterator[Database]:
    """A log of two thousand turns, of which the database knows how they are spread."""
    if database_url.startswith("sqlite"):
        fill_sqlite(Path(database_url.removeprefix("sqlite+aiosqlite:///")), ROOT, 2000)
    else:
        fill_postgresql(database_url.replace("+psycopg", ""), ROOT, 2000)
    database = Database(database_url)
    yield database
    await database.close()


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_is_gathered_before_the_first_page_is_found(filled: Database, way: str) -> None:
    asked: list[tuple[str, Any]] = []

    @event.listens_for(filled.engine.sync_engine, "before_cursor_execute")
    def _note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT conversations.id"):
            asked.append((statement, parameters))

    wanted, among = WAYS[way]
    await Transcripts(filled).page(wanted, among=among)
    [(statement, parameters)] = asked
    async with filled.engine.connect() as connection:
        if filled.is_sqlite:
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plan = [row[-1] for row in rows]
            gathered = [step for step in plan if "LIST SUBQUERY" in step or "TEMP B-TREE" in step]
        else:
            # A small table is cheaper read whole: what counts is that the planner may do otherwise.
            await connection.execute(text("SET enable_seqscan = off"))
            rows = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
            plan = json.dumps(rows.scalar_one())
            gathered = [kind for kind in ("hashed SubPlan", '"Seq Scan"') if kind in plan]
    assert gathered == [], plan


async def test_an_account_of_some_offices_finds_what_is_about_their_services_or_about_none(filled: Database) -> None:
    ours = ["birth-certificate", "street-problem"]
    found: set[str] = set()
    after = None
    while True:
        page = await Transcripts(filled).page(Filter(), among=[about(ours)], after=after)
        found |= {each.conversation_id for each in page.lines}
        if (after := page.after) is None:
            break
    spoken: dict[str, set[str | None]] = {}
    async with filled.reading() as session:
        for conversation, service in await session.execute(text("SELECT conversation_id, service FROM turns")):
            spoken.setdefault(conversation, set()).add(service)
    assert found == {each for each, services in spoken.items() if services == {None} or services & set(ours)}
    assert 0 < len(found) < len(spoken)
