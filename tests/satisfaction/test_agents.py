"""The agents' questionnaire: once a month, on the citizens' dimensions, and nobody's."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.accounts.model import Account, Role
from bot.accounts.store import AccountStore
from bot.db import Database
from bot.errors import Conflict
from bot.privacy.encryption import Cipher
from bot.satisfaction.agents import QUESTIONS, AgentSurveys
from bot.satisfaction.dimensions import DIMENSIONS, FEWEST_AGENTS
from bot.satisfaction.facts import Fact, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.indices import report
from bot.satisfaction.indices_store import Filter, IndexStore


@pytest.fixture
def surveys(database: Database) -> AgentSurveys:
    return AgentSurveys(database, "Europe/Paris")


@pytest.fixture
async def people(database: Database, cipher: Cipher) -> list[Account]:
    store = AccountStore(database, cipher)
    names = [f"agent{number}" for number in range(FEWEST_AGENTS)]
    return [await store.add(name, Role.AGENT, ["town-hall"], shown=name) for name in names]


async def test_the_questions_are_those_of_the_eight_dimensions() -> None:
    assert list(QUESTIONS) == [definition.id for definition in DIMENSIONS]


async def test_an_account_answers_once_a_month(surveys: AgentSurveys, people: list[Account]) -> None:
    assert await surveys.is_open(people[0])
    answers = [surveys.answer(people[0], {"trust": 4}) for _ in range(3)]
    ended = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in ended) == 2
    assert not await surveys.is_open(people[0])
    assert await surveys.is_open(people[1])


async def test_what_is_kept_leads_to_no_account_and_to_no_hour(
    surveys: AgentSurveys, people: list[Account], database: Database
) -> None:
    await surveys.answer(people[0], {"trust": 4, "value": 5, "salary": 1, "courtesy": 9})
    async with database.reading() as session:
        rows = list(await session.scalars(select(FactRow).order_by(FactRow.id)))
    assert [(row.dimension, row.value, row.side, row.channel) for row in rows] == [
        ("trust", 4, "agent", "console"), ("value", 5, "agent", "console"),
    ]  # fmt: skip
    assert {(row.conversation_id, row.request_id, row.administration) for row in rows} == {(None, None, "town-hall")}
    assert people[0].id not in str([row.__dict__ for row in rows])
    assert all((row.at.minute, row.at.second, row.at.microsecond) == (0, 0, 0) for row in rows)


async def test_below_the_threshold_nothing_is_shown(
    surveys: AgentSurveys, people: list[Account], database: Database
) -> None:
    store = IndexStore(database)
    for place, account in enumerate(people, start=1):
        await surveys.answer(account, {"trust": 5})
        tally = await store.tally(Filter(side=Side.AGENT))
        shown = {score.id: score.value for score in report(tally, FEWEST_AGENTS).dimensions}["trust"]
        assert shown == (10 if place == FEWEST_AGENTS else None)
        assert report(await store.tally(Filter())).dimensions[3].n == 0, "never mixed with what citizens said"


async def test_one_agent_who_answers_for_many_months_is_still_one(
    surveys: AgentSurveys, people: list[Account], database: Database
) -> None:
    for account in people:
        await surveys.answer(account, {"trust": 5})
    async with database.reading() as session:
        (fact, *_) = await session.scalars(select(FactRow))
    said = {name: getattr(fact, name) for name in Fact.__dataclass_fields__}
    alone = [Fact(**said | {"at": fact.at - timedelta(days=31 * months), "value": 1.0}) for months in range(1, 20)]
    await FactStore(database).append(alone)
    tally = await IndexStore(database).tally(Filter(side=Side.AGENT))
    assert tally.values == {"trust": {5.0: FEWEST_AGENTS}}
