"""Totals say what the facts say: for any span, any condition, on both databases."""

import asyncio
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select

from bot.conversations.model import Moment
from bot.db import Database
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.indices_store import By, Filter, IndexStore
from bot.satisfaction.model import Face
from bot.satisfaction.questionnaire import questions
from bot.satisfaction.store import FeedbackStore, Subject
from bot.satisfaction.totals import Scope, Totals

ZONE = "Europe/Paris"
FIRST = date(2026, 3, 20)
DAYS = 45


def some_facts(count: int, seed: int = 5) -> list[Fact]:
    """Facts of every kind, over the change to summer time and two ends of a month."""
    draw = random.Random(seed)
    kinds = {
        "satisfaction": (Kind.ANSWER, "0-10", (0, 5, 10)),
        "clarity": (Kind.ANSWER, "1-5", (1, 2, 3, 4, 5)),
        "resolved": (Kind.ANSWER, "yes-no", (0, 1)),
        "fallback": (Kind.SIGNAL, "count", (0, 1, 2)),
        "wait": (Kind.SIGNAL, "seconds", (12.5, 100.25, 7.75)),
        "asked": (Kind.SIGNAL, "count", (1,)),
    }
    made = []
    for _ in range(count):
        dimension = draw.choice(list(kinds))
        kind, scale, values = kinds[dimension]
        at = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(seconds=draw.uniform(0, DAYS * 86400))
        service = draw.choice(("passport", "street-report", None))
        made.append(
            Fact(at, kind, Side.CITIZEN, draw.choice(list(Moment)), service, None, draw.choice(("widget", "plain")),
                 draw.choice(("fr", "en")), dimension, float(draw.choice(values)), scale)
        )  # fmt: skip
    return made


@pytest.fixture
def totals(database: Database) -> Totals:
    return Totals(database, ZONE)


def between(since: date, until: date) -> dict[str, datetime]:
    """The same span as times."""
    zone = ZoneInfo(ZONE)
    return {
        "since": datetime.combine(since, time(), zone),
        "until": datetime.combine(until + timedelta(days=1), time(), zone),
    }


async def test_they_count_what_the_facts_count_for_any_span(database: Database, totals: Totals) -> None:
    await FactStore(database).append(some_facts(1500))
    await totals.refresh()
    facts, draw = IndexStore(database), random.Random(1)
    spans = [(FIRST, FIRST + timedelta(days=DAYS + 1)), (date(2026, 4, 1), date(2026, 4, 30)), (FIRST, FIRST)]
    for _ in range(6):
        one, two = sorted(FIRST + timedelta(days=draw.randrange(DAYS)) for _ in range(2))
        spans.append((one, two))
    for since, until in spans:
        for by in (By.MOMENT, By.SERVICE, None):
            expected = await facts.tallies(Filter(**between(since, until)), by)
            found = await totals.tallies(Scope(), since, until, str(by) if by else "")
            assert set(found) == set(expected)
            for name, tally in expected.items():
                assert found[name].values == tally.values, (since, until, by, name)
                assert {key: (n, pytest.approx(s)) for key, (n, s) in found[name].sums.items()} == tally.sums


async def test_conditions_are_those_of_the_facts(database: Database, totals: Totals) -> None:
    made = some_facts(600)
    await FactStore(database).append(made)
    await totals.refresh()
    for scope in (
        Scope(language="en"),
        Scope(channel="plain", moment="use"),
        Scope(service="passport"),
        Scope(service="passport", channel="widget"),
        Scope(moment="outcome"),
    ):
        await _is_counted(totals, scope, made)


async def _is_counted(totals: Totals, scope: Scope, made: list[Fact]) -> None:
    tallies = await totals.tallies(scope, FIRST, FIRST + timedelta(days=DAYS + 1))
    cells = await totals.cells(scope, FIRST, FIRST + timedelta(days=DAYS + 1))
    found = {(cell.dimension, cell.moment, cell.service): (cell.n, cell.total, cell.squares) for cell in cells}
    n: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str, str]] = Counter()
    for fact in made:
        asked = {"language": fact.language, "channel": fact.channel, "moment": fact.moment, "service": fact.service}
        if all(getattr(scope, name) in ("", str(value)) for name, value in asked.items()):
            key = (fact.dimension, str(fact.moment), fact.service or "")
            n[key] += 1
            total[key] += fact.value  # type: ignore[assignment]
    assert {key: each[0] for key, each in found.items()} == n
    told = {name: sum(values.values()) for name, values in tallies[""].values.items()}
    told |= {name: count for name, (count, _) in tallies[""].sums.items()}
    assert told == {name: sum(n[key] for key in n if key[0] == name) for name in told}, "tallies count the same"
    assert set(told) == {key[0] for key in n}
    assert {key: each[1] for key, each in found.items()} == {key: pytest.approx(value) for key, value in total.items()}


async def test_what_comes_late_is_added_to_its_day_and_twice_is_once(database: Database, totals: Totals) -> None:
    store, [early, *rest] = FactStore(database), sorted(some_facts(50), key=lambda fact: fact.at)
    await store.append(rest)
    await totals.refresh()
    assert await totals.refresh() == "", "nothing new"
    await store.append([early])
    await totals.refresh()
    cells = await totals.cells(Scope(), FIRST, FIRST + timedelta(days=DAYS + 1))
    assert sum(cell.n for cell in cells) == 50


async def test_two_processes_that_add_up_at_once_count_once(database: Database, totals: Totals) -> None:
    await FactStore(database).append(some_facts(1))
    await totals.refresh()
    await FactStore(database).append(some_facts(30, seed=2))
    await asyncio.gather(totals.refresh(), Totals(database, ZONE).refresh())
    await totals.refresh()
    cells = await totals.cells(Scope(), FIRST, FIRST + timedelta(days=DAYS + 1))
    assert sum(cell.n for cell in cells) == 31


async def test_two_jobs_that_add_up_for_the_first_time_at_once_do_not_fail(database: Database, totals: Totals) -> None:
    await FactStore(database).append(some_facts(5))
    await asyncio.gather(*(Totals(database, ZONE).refresh() for _ in range(4)))
    cells = await totals.cells(Scope(), FIRST, FIRST + timedelta(days=DAYS + 1))
    assert sum(cell.n for cell in cells) == 5


@pytest.mark.parametrize("request_id", ["", "request-1"])
async def test_an_answer_that_is_changed_on_a_later_day_counts_once(
    database: Database, totals: Totals, request_id: str
) -> None:
    store, subject = FeedbackStore(database), Subject("c1", Moment.USE, "passport", request_id)
    await FactStore(database).append(some_facts(20))
    assert await store.rate(subject, Face.BAD)
    await _as_of(database, datetime(2026, 4, 10, 12, tzinfo=UTC))
    await totals.refresh()
    # What was answered last has the last number, which SQLite gives again.
    assert not await store.rate(subject, Face.GOOD)
    await totals.refresh()
    span = (FIRST, date.today() + timedelta(days=1))
    now_ = await totals.tallies(Scope(channel="api"), *span, dimensions=("satisfaction",))
    assert now_[""].values == {"satisfaction": {10.0: 1}}, "the first answer is not counted any more"
    (that_day,) = [day for day, cell in await totals.by_day(Scope(channel="api"), *span)]
    assert that_day == date(2026, 4, 10), "it counts on the day on which it was asked"


async def _as_of(database: Database, at: datetime) -> None:
    """Put the answer that was just given back in time; a fact cannot be changed, so it is written anew."""
    async with database.writing() as session:
        columns = [column for column in FactRow.__table__.columns if column.name not in ("id", "at")]
        (row,) = (await session.execute(select(*columns).where(FactRow.channel == "api"))).mappings()
        await session.execute(delete(FactRow).where(FactRow.channel == "api"))
        await session.execute(insert(FactRow), [dict(row) | {"at": at}])


async def test_each_answer_to_a_question_takes_the_place_of_the_others(database: Database) -> None:
    store, subject = FeedbackStore(database), Subject("c1", Moment.USE, "passport")
    help_tried = next(each for each in questions("c1", Moment.USE) if "help_found" in each.dimensions)
    no_need, found = (next(each for each in help_tried.choices if len(each.says) == n) for n in (1, 2))
    await store.answer(subject, help_tried, found)
    await store.answer(subject, help_tried, no_need)
    assert await store.said(subject) == {"help_tried"}, "who needed no help found none"


async def test_nothing_is_lost_when_all_that_was_counted_is_gone(database: Database, totals: Totals) -> None:
    facts = FactStore(database)
    await facts.append(some_facts(40))
    await totals.refresh()
    async with database.writing() as session:
        await session.execute(delete(FactRow))
    await facts.append(some_facts(5, seed=6))
    await totals.refresh()
    days = {fact.at.astimezone(ZoneInfo(ZONE)).date() for fact in some_facts(5, seed=6)}
    found = [cell for day in days for cell in await totals.cells(Scope(), day, day)]
    assert sum(cell.n for cell in found) == 5, "SQLite gives their numbers again: they are counted all the same"


async def test_what_is_made_up_is_never_added_to_what_is_real(database: Database, totals: Totals) -> None:
    real, *others = some_facts(10)
    made_up = [Fact(**(vars(fact) | {"demo": True})) for fact in others]
    assert not await totals.has_demo()
    await FactStore(database).append([real, *made_up])
    await totals.refresh()
    span = (FIRST, FIRST + timedelta(days=DAYS + 1))
    assert sum(cell.n for cell in await totals.cells(Scope(), *span)) == 1
    assert sum(cell.n for cell in await totals.cells(Scope(demo=True), *span)) == 9
    assert await totals.has_demo()


async def test_a_page_may_leave_dimensions_out(database: Database, totals: Totals) -> None:
    await FactStore(database).append(some_facts(120))
    await totals.refresh()
    span = (FIRST, FIRST + timedelta(days=DAYS + 1))
    everything = {cell.dimension for cell in await totals.cells(Scope(), *span)}
    few = {cell.dimension for cell in await totals.cells(Scope(), *span, only=("cla", "res"))}
    rest = {cell.dimension for cell in await totals.cells(Scope(), *span, without=("cla", "res"))}
    assert few == {"clarity", "resolved"}
    assert rest == everything - few


async def test_an_account_of_no_service_sees_nothing(database: Database, totals: Totals) -> None:
    await FactStore(database).append(some_facts(30))
    await totals.refresh()
    assert await totals.cells(Scope(services=()), FIRST, FIRST + timedelta(days=DAYS + 1)) == []
