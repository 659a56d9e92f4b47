"""Alarms ring for what changed and hardly ever for nothing, on simulated offices."""

from datetime import date, timedelta

import pytest

from bot.improvement.before_after import Sample
from bot.improvement.control import USUAL_DAYS, WATCHED_DAYS, watch
from tests.benchmarks.alarms import WORLDS, delays, false_alarms

UNTIL = date(2026, 11, 22)


def steady(count: int, value: float, other: float) -> Sample:
    """Half of one value and half of the other."""
    return Sample(count, count / 2 * (value + other), count / 2 * (value**2 + other**2))


def days(of: int, late: Sample | None = None, since: int = 0) -> list[tuple[date, Sample]]:
    """Steady days, with others for the last ones."""
    made = []
    for before in range(of - 1, -1, -1):
        made.append((UNTIL - timedelta(days=before), late if late and before < since else steady(20, 5, 9)))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_in_years_in_which_nothing_changes_it_hardly_ever_rings(world: object) -> None:
    # docs/dashboards.md has what was measured over more years; here more than five alarms in ten are out of line.
    assert false_alarms(world, 10) <= 5  # type: ignore[arg-type]


def test_in_two_years_in_which_nothing_changes_it_does_not_ring() -> None:
    assert false_alarms(WORLDS[0], 2) == 0


def test_a_lasting_change_is_noticed_within_weeks() -> None:
    found = sorted(each or 99 for each in delays(WORLDS[0], 5))
    assert found[2] <= 14, "half of the changes, of one point of 10, in two weeks"


def test_it_says_since_when_which_way_and_by_how_much() -> None:
    alarm = watch(days(USUAL_DAYS + WATCHED_DAYS, steady(20, 3, 7), since=9), UNTIL, ceiling=10)
    assert alarm is not None
    assert not alarm.rises
    assert (alarm.usual, alarm.seen) == (7, 5)
    assert alarm.since == UNTIL - timedelta(days=8)
    assert alarm.n == 180


def test_what_came_back_no_longer_rings() -> None:
    back = [
        (day, steady(20, 3, 7) if 14 < (UNTIL - day).days <= 20 else steady(20, 5, 9))
        for day, _ in days(USUAL_DAYS + WATCHED_DAYS)
    ]
    assert watch(back, UNTIL, ceiling=10) is None


@pytest.mark.parametrize(
    "made", [[], days(20), [(UNTIL - timedelta(days=each), Sample(1, 7, 49)) for each in range(112)]]
)
def test_too_little_or_what_never_varies_does_not_ring(made: list[tuple[date, Sample]]) -> None:
    assert watch(sorted(made), UNTIL, ceiling=10) is None
