"""The demonstration: a believable story, never mixed with what is real, and gone without a trace."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.db import Base, Database
from bot.errors import Conflict
from bot.improvement import demo
from bot.improvement.actions import Actions
from bot.improvement.alerts import Alerts
from bot.satisfaction import demo as demo_facts
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.totals import Scope, Totals
from bot.satisfaction.verbatims_list import Verbatims
from bot.settings import Settings
from tests.improvement.test_acting import TODAY, said

ZONE = "Europe/Paris"
DAYS = 125
"""Enough for the usual weeks of an alert and those in which the story turns."""


async def marked(database: Database, *, demo: bool) -> dict[str, int]:
    """How many rows of each table are made up, or real."""
    tables = [table for table in Base.metadata.sorted_tables if "demo" in table.c]
    async with database.reading() as session:
        counts = {
            table.name: await session.scalar(select(func.count()).where(table.c.demo == demo).select_from(table))
            for table in tables
        }
    return {name: count or 0 for name, count in counts.items()}


async def test_a_demonstration_tells_its_story_and_leaves_no_trace(sqlite_url: str, tmp_path: Path) -> None:
    settings, database = Settings(data_dir=tmp_path, database_url=sqlite_url), Database(sqlite_url)
    totals = Totals(database, ZONE)
    await FactStore(database).append([said(TODAY, 10.0)])
    await totals.refresh()
    real = await marked(database, demo=False)
    told = await demo.fill(settings, TODAY, days=DAYS)
    assert "requests were made up" in told
    made_up = await marked(database, demo=True)
    assert all(made_up.values()), f"each page has something to show: {made_up}"
    rang = await Alerts(database, totals).open(demo=True)
    assert demo_facts.WORSE in {alert.aim.service for alert in rang}, "what gets worse rings"
    first, last = TODAY.replace(year=2025), TODAY
    assert [each.n for each in await totals.cells(Scope(), first, last)] == [1], "what is real is told alone"
    why = {each.title: each for each in await Actions(database).all(demo=True)}
    address = why["Dire pourquoi l'adresse est demandée"]
    assert address.score is not None
    assert await Actions(database).verbatims(address.id), "an action shows the score and the words that caused it"
    opinions = await Verbatims(database, ZONE).page(Scope(demo=True), first, last)
    assert any(each.reference for each in opinions), "an opinion leads to its request"
    with pytest.raises(Conflict):
        await demo.fill(settings, TODAY, days=DAYS)
    assert "was not touched" in await demo.remove(settings)
    assert not any((await marked(database, demo=True)).values())
    assert await marked(database, demo=False) == real
    await FactStore(database).append([said(TODAY, 0.0)])
    await totals.refresh()
    assert sum(each.n for each in await totals.cells(Scope(), first, last)) == 2, "what comes afterwards is counted"
    await database.close()
