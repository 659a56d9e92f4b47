"""The indices: examples worked by hand, and a second computation, in plain Python over the facts, that agrees."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bot.conversations.model import Moment
from bot.db import Database
from bot.satisfaction.dimensions import DIMENSIONS, FEWEST_AGENTS, OFFICIAL
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.indices import FEWEST, Score, Tally, band, journey, note, report, share, wilson
from bot.satisfaction.indices_store import By, Filter, IndexStore

START = datetime(2026, 1, 1, tzinfo=UTC)
BY_ID = {definition.id: definition for definition in OFFICIAL}
RELATION = {definition.id: definition for definition in DIMENSIONS}


def scores(found: Iterable[Score]) -> dict[str, Score]:
    return {score.id: score for score in found}


# Examples worked by hand: docs/satisfaction.md has the same ones.


def test_faces_are_noted_as_the_state_does() -> None:
    found = note(BY_ID["satisfaction"], Tally({"satisfaction": {10: 12, 5: 5, 0: 3}}))
    assert (found.n, found.value, found.band) == (20, pytest.approx(7.25), "mixed")
    assert found.low is not None
    assert found.high is not None
    # The bootstrap is near the normal interval: 7.25 ± 1.96 × 3.70 / √20.
    assert found.low == pytest.approx(7.25 - 1.62, abs=0.3)
    assert found.high == pytest.approx(7.25 + 1.62, abs=0.3)


def test_grades_from_one_to_five_become_notes() -> None:
    found = note(BY_ID["clarity"], Tally({"clarity": {1: 1, 2: 1, 3: 2, 4: 4, 5: 2}}))
    assert found.value == pytest.approx((0 + 2.5 + 10 + 30 + 20) / 10)


def test_autonomy_is_the_part_that_needed_no_help() -> None:
    found = note(BY_ID["autonomy"], Tally({"help_tried": {0: 30, 1: 10}}))
    assert found.value == pytest.approx(7.5)
    assert (found.low, found.high) == (pytest.approx(5.981, abs=0.001), pytest.approx(8.581, abs=0.001))


def test_reachability_has_thresholds_of_its_own() -> None:
    assert note(BY_ID["reachability"], Tally({"reached": {1: 8, 0: 2}})).band == "mixed"
    assert note(BY_ID["resolution"], Tally({"resolved": {1: 8, 0: 2}})).band == "good"


def test_each_source_of_a_dimension_has_one_voice() -> None:
    found = note(RELATION["trust"], Tally({"trust": {5: 10}, "resolved_without_recontact": {1: 500, 0: 500}}))
    assert (found.n, found.value) == (1010, pytest.approx(7.5))


CLARITY = {1: 1, 2: 1, 3: 2, 4: 4, 5: 2}
"""6.25, as in the example of the page."""


@pytest.mark.parametrize(
    ("dimension", "values", "expected"),
    [
        ("autonomy", {"help_tried": {0: 30, 1: 10}}, 7.5),
        ("environment", {"environment": {3: 6, 4: 4, 5: 0, 2: 0, 1: 0}, "reached": {1: 8, 0: 2}}, 7.0),
        ("ease", {"ease": {4: 10}, "abandonment": {1: 2, 0: 18}}, 8.25),
        ("consideration", {"consideration": {3: 10}, "late": {1: 3, 0: 27}}, 7.0),
        ("value", {"value": {4: 8, 5: 2}, "resolved": {1: 6, 0: 4}}, 7.0),
        ("listening", {"listening": {3: 10}, "clarity": CLARITY}, 5.625),
        ("courtesy", {"courtesy": {5: 8}, "distress": {1: 1, 0: 49}}, 9.8),
    ],
)
def test_the_dimensions_are_those_of_the_worked_example(
    dimension: str, values: dict[str, dict[float, int]], expected: float
) -> None:
    assert note(RELATION[dimension], Tally(values)).value == pytest.approx(expected)


def test_signals_are_told_as_in_the_worked_example() -> None:
    tally = Tally(
        {"abandonment": {1: 3, 0: 9}, "fallback": {0: 14, 1: 4, 2: 1}, "turns": {2: 20}}, {"wait": (10, 900.0)}
    )
    found = scores(report(tally).signals)
    assert (found["abandonment"].value, found["fallback"].value, found["wait"].value) == (0.25, 0.15, 90)


def test_a_source_with_too_few_facts_is_left_out() -> None:
    found = note(RELATION["trust"], Tally({"trust": {5: 9}, "resolved_without_recontact": {1: 5, 0: 5}}))
    assert found.value == pytest.approx(5)


def test_a_bad_event_weighs_four_good_ones() -> None:
    tally = Tally(
        {"satisfaction": {10: 6, 0: 1}, "resolved": {1: 10}, "abandonment": {1: 3}, "fallback": {1: 50, 2: 1}}
    )
    found = journey(tally)
    # 16 good, 5 bad: 10 × 16 / (16 + 20).
    assert (found.n, found.value, found.band) == (21, pytest.approx(4.444, abs=0.001), "bad")
    assert journey(Tally({"resolved": {1: 40, 0: 10}})).value == pytest.approx(5)


def test_silence_is_counted_and_never_noted() -> None:
    found = report(Tally({"asked": {1: 50}, "satisfaction": {10: 20}}))
    assert (found.asked, found.answered, found.silent) == (50, 20, 30)
    assert found.response.value == pytest.approx(0.4)
    assert found.official[0].value == 10


def test_small_numbers_are_told_by_their_count_alone() -> None:
    found = note(BY_ID["satisfaction"], Tally({"satisfaction": {10: FEWEST - 1}}))
    assert found == Score("satisfaction", FEWEST - 1)
    assert report(Tally()).journey == Score("journey", 0)
    assert report(Tally()).response == Score("response", 0)


def test_the_public_target_needs_a_hundred_answers() -> None:
    assert report(Tally({"satisfaction": {10: 99}})).target_reached is None
    assert report(Tally({"satisfaction": {10: 100}})).target_reached is True
    assert report(Tally({"satisfaction": {10: 50, 5: 50}})).target_reached is False


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    """The last two are of Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I."""
    assert wilson(part, whole) == (pytest.approx(low, abs=0.0001), pytest.approx(high, abs=0.0001))


def test_bands_begin_where_the_public_observatory_says() -> None:
    assert [band(each) for each in (4.99, 5, 7.99, 8)] == ["bad", "mixed", "mixed", "good"]


def test_the_interval_of_a_small_sample_holds_the_truth_nineteen_times_in_twenty() -> None:
    draw = random.Random(5)
    held = 0
    for _ in range(400):
        faces = draw.choices((0, 5, 10), (0.2, 0.3, 0.5), k=40)
        found = note(
            BY_ID["satisfaction"], Tally({"satisfaction": {value: faces.count(value) for value in (0, 5, 10)}})
        )
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 6.5 <= found.high
    assert held / 400 > 0.9


# The second computation.

SCALES = {
    "satisfaction": ("0-10", (0, 5, 10)), "clarity": ("1-5", range(1, 6)), "ease": ("1-5", range(1, 6)),
    "trust": ("1-5", range(1, 6)), "courtesy": ("1-5", range(1, 6)), "help_tried": ("yes-no", (0, 1)),
    "reached": ("yes-no", (0, 1)), "resolved": ("yes-no", (0, 1)), "abandonment": ("yes-no", (0, 1)),
    "late": ("yes-no", (0, 1)), "resolved_without_recontact": ("yes-no", (0, 1)), "asked": ("count", (1,)),
    "fallback": ("count", range(4)), "turns": ("count", range(1, 9)), "correction": ("count", (1, 2, 3)),
    "recontact": ("count", (1,)), "wait": ("seconds", (0.5, 30, 600.25)), "step_opened": ("count", (1,)),
}  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Facts of a small office, drawn from one seed so that there are enough of them to be told."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    made = []
    for _ in range(draw(st.integers(0, 250))):
        dimension = chance.choice(list(SCALES))
        scale, values = SCALES[dimension]
        side = chance.choice((Side.CITIZEN, Side.CITIZEN, Side.AGENT))
        # What agents say is of the first instant of a month.
        hours = chance.randrange(24 * 60) if side is Side.CITIZEN else chance.choice((0, 24 * 31))
        made.append(
            Fact(
                at=START + timedelta(hours=hours),
                kind=Kind.SIGNAL if scale in ("count", "seconds") else Kind.ANSWER,
                side=side,
                moment=chance.choice((Moment.INFORMATION, Moment.SUBMISSION, "")),
                service=chance.choice(("passport", None)),
                administration=None,
                channel=chance.choice(("widget", "plain")),
                language="fr",
                dimension=dimension,
                value=float(chance.choice(list(values))),
                scale=scale,
                demo=chance.random() < 0.1,
            )
        )
    return made


WHICH = st.builds(
    Filter,
    since=st.sampled_from([None, START + timedelta(days=20)]),
    until=st.sampled_from([None, START + timedelta(days=50)]),
    moment=st.sampled_from([None, Moment.SUBMISSION]),
    service=st.sampled_from([None, "passport"]),
    demo=st.booleans(),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=facts(), which=WHICH)
async def test_the_sql_agrees_with_a_second_computation(database: Database, made: list[Fact], which: Filter) -> None:
    async with database.writing() as session:
        await session.execute(delete(FactRow))
    await FactStore(database).append(made)
    store = IndexStore(database)
    found = report(await store.tally(which))
    check(found, [fact for fact in made if _is_meant(fact, which)])
    apart = await store.tallies(which, By.MOMENT)
    for moment in ("", Moment.INFORMATION, Moment.SUBMISSION):
        of_it = [fact for fact in made if _is_meant(fact, which) and fact.moment == moment]
        check(report(apart.get(moment, Tally())), of_it)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=facts())
async def test_of_agents_only_months_with_enough_of_them_count(database: Database, made: list[Fact]) -> None:
    async with database.writing() as session:
        await session.execute(delete(FactRow))
    await FactStore(database).append(made)
    tally = await IndexStore(database).tally(Filter(side=Side.AGENT))
    for dimension in RELATION:
        said = [fact for fact in made if fact.side is Side.AGENT and fact.dimension == dimension and not fact.demo]
        counted = [fact.value for fact in said if sum(each.at == fact.at for each in said) >= FEWEST_AGENTS]
        assert tally.values.get(dimension, {}) == Counter(counted)


def _is_meant(fact: Fact, which: Filter) -> bool:
    return (
        fact.demo == which.demo
        and (which.since is None or fact.at >= which.since)
        and (which.until is None or fact.at < which.until)
        and (which.moment is None or fact.moment == which.moment)
        and (which.service is None or fact.service == which.service)
        and fact.side == which.side
    )


def check(found: object, meant: list[Fact]) -> None:
    """Compute everything again, fact by fact, the way that the page of documentation says it in words."""

    def of(dimension: str) -> list[float]:
        return [fact.value for fact in meant if fact.dimension == dimension]

    official, relation = scores(found.official), scores(found.dimensions)  # type: ignore[attr-defined]
    signals = scores(found.signals)  # type: ignore[attr-defined]
    faces, clear = of("satisfaction"), [(grade - 1) / 4 * 10 for grade in of("clarity")]
    same(official["satisfaction"], faces)
    same(official["clarity"], clear)
    same(official["autonomy"], [10.0 if tried == 0 else 0.0 for tried in of("help_tried")])
    same(official["reachability"], [10.0 if reached else 0.0 for reached in of("reached")])
    easy, stayed = [(grade - 1) / 4 * 10 for grade in of("ease")], [0.0 if left else 10.0 for left in of("abandonment")]
    same(relation["ease"], easy, stayed)
    same(relation["listening"], [], clear)
    same(relation["consideration"], [0.0 if late else 10.0 for late in of("late")])

    asked = max(len(of("asked")), len(faces))
    assert (found.asked, found.answered, found.silent) == (asked, len(faces), asked - len(faces))  # type: ignore[attr-defined]
    if asked >= FEWEST:
        assert found.response.value == pytest.approx(len(faces) / asked)  # type: ignore[attr-defined]

    good = bad = 0
    for fact in meant:
        match fact.dimension, fact.value:
            case ("satisfaction", 10) | ("resolved" | "resolved_without_recontact", 1) | ("abandonment" | "late", 0):
                good += 1
            case ("satisfaction", 0) | ("resolved" | "resolved_without_recontact", 0) | ("abandonment" | "late", 1):
                bad += 1
            case ("fallback" | "correction", 2 | 3) | ("recontact", _):
                bad += 1
    assert found.journey.n == good + bad  # type: ignore[attr-defined]
    if good + bad >= FEWEST:
        assert found.journey.value == pytest.approx(10 * good / (good + 4 * bad))  # type: ignore[attr-defined]
        assert found.journey.low <= found.journey.value <= found.journey.high  # type: ignore[attr-defined]

    messages = sum(of("turns"))
    if messages >= FEWEST:
        assert signals["fallback"].value == pytest.approx(sum(of("fallback")) / messages)
    assert signals["wait"].n == len(of("wait"))
    if len(of("wait")) >= FEWEST:
        assert signals["wait"].value == pytest.approx(fmean(of("wait")))
    left = of("abandonment")
    if len(left) >= FEWEST:
        p, n = fmean(left), len(left)
        # Wilson's interval holds exactly the p0 that are within 1.96 standard errors *of p0* from what was seen.
        for bound in (signals["abandonment"].low, signals["abandonment"].high):
            assert bound is not None
            assert abs(p - bound) == pytest.approx(1.959964 * sqrt(bound * (1 - bound) / n), abs=1e-6)
    assert signals["recontact"].value == len(of("recontact"))


def same(score: Score, *sources: list[float]) -> None:
    told = [notes for notes in sources if len(notes) >= FEWEST]
    assert score.n == sum(map(len, sources))
    if not told:
        assert (score.value, score.low, score.high, score.band) == (None, None, None, "")
        return
    assert score.value == pytest.approx(fmean(fmean(notes) for notes in told))
    assert score.low is not None
    assert score.high is not None
    assert score.low - 1e-9 <= score.value <= score.high + 1e-9


async def test_made_up_facts_are_never_mixed_with_real_ones(database: Database) -> None:
    real = Fact(START, Kind.ANSWER, Side.CITIZEN, "", None, None, "widget", "fr", "satisfaction", 10.0, "0-10")
    await FactStore(database).append([real, replace(real, value=0.0, demo=True)])
    store = IndexStore(database)
    assert (await store.tally(Filter())).values == {"satisfaction": {10.0: 1}}
    assert (await store.tally(Filter(demo=True))).values == {"satisfaction": {0.0: 1}}


def test_a_share_of_nothing_is_not_told() -> None:
    assert share("late", 0, 0, fewest=0) == Score("late", 0)
