"""The list of conversations walks the log from its end: no condition of an account or a review gathers it first."""

import json
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bot.conversations.review_queries import about, about_both, not_reviewed
from bot.conversations.tables import ServiceRow
from bot.conversations.transcripts import Among, Filter, Transcripts
from bot.db import Database, now
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.ratings import resolved

WAYS: dict[str, tuple[Filter, list[Among]]] = {
    "an account of some offices": (Filter(), [about(["birth-certificate", "street-problem"])]),
    "not reviewed": (Filter(), [not_reviewed]),
    "resolved": (Filter(), [resolved(True).many]),
    "both, and a service": (Filter(service="passport"), [about(["birth-certificate"]), not_reviewed]),
}


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


async def test_few_or_most_conversations_are_the_same_ones(filled: Database) -> None:
    async with filled.reading() as session:
        talks = list(await session.scalars(text("SELECT id FROM conversations ORDER BY id")))
    store = FactStore(filled)
    await store.append([_fact(each, "resolved_without_recontact", number % 2) for number, each in enumerate(talks)])
    await store.append([_fact(each, "resolved", number % 3 > 0) for number, each in enumerate(talks[:90])])
    for wanted in (True, False):
        either = resolved(wanted)
        few, many, chosen = [await _all(filled, among) for among in (either.few, either.many, either)]
        assert few == many == chosen
        assert 0 < len(few) < len(talks)


async def _all(database: Database, among: Among) -> list[str]:
    return [
        each.conversation_id for each in (await Transcripts(database).page(Filter(), among=[among], size=500)).lines
    ]


def _fact(conversation_id: str, dimension: str, value: float) -> Fact:
    common = {"moment": "information", "service": None, "administration": None, "channel": "api", "language": "fr"}
    told = {"dimension": dimension, "value": float(value), "scale": "yes-no", "conversation_id": conversation_id}
    return Fact(at=now(), kind=Kind.SIGNAL, side=Side.CITIZEN, **common, **told)  # type: ignore[arg-type]


async def test_a_service_of_another_office_shows_what_is_about_ones_own_too(filled: Database) -> None:
    async with filled.reading() as session:
        rows = list(await session.execute(text("SELECT conversation_id, service FROM conversation_services")))
    (one, theirs), (other, ours) = rows[0], next(each for each in rows if each[1] not in ("", rows[0][1]))
    async with filled.writing() as session:
        await session.execute(insert(ServiceRow).values(conversation_id=one, service=ours))
    found = await _all(filled, about_both(theirs, [ours, "no-such-service"]))
    assert one in found
    assert other not in found


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
