"""What the pages work out of totals: means, what surely changed, what to do first, the funnel, what is published."""

import random
from datetime import date

import pytest

from bot.satisfaction import dashboard
from bot.satisfaction.indices import Tally
from bot.satisfaction.journey import journey, lost_at
from bot.satisfaction.published import FEWEST, results
from bot.satisfaction.totals import Cell

TODAY = date(2026, 11, 22)


def cell(dimension: str, values: list[float], service: str = "passport", scale: str = "0-10", **more: str) -> Cell:
    """The cell of some values."""
    kind = more.get("kind", "answer" if scale in ("0-10", "1-5") else "signal")
    moment, squares = more.get("moment", "outcome"), sum(value**2 for value in values)
    return Cell("citizen", kind, moment, service, dimension, scale, len(values), sum(values), squares)


def test_the_example_of_a_figure() -> None:
    found = dashboard.figure([cell("satisfaction", [10.0] * 6 + [5.0] * 2 + [0.0] * 2)])
    assert found.n == 10
    assert found.value == 7
    assert (round(found.low or 0, 2), round(found.high or 0, 2)) == (4.39, 9.61)


def test_fewer_than_ten_answers_are_no_figure() -> None:
    assert dashboard.figure([cell("satisfaction", [10.0] * 9)]).value is None


def test_five_grades_are_read_as_notes() -> None:
    assert dashboard.figure([cell("clarity", [1.0, 5.0] * 5, scale="1-5")]).value == 5


def test_a_page_where_nothing_changed_shows_hardly_ever_a_change() -> None:
    draw, false = random.Random(2), 0
    for _ in range(100):
        spans = [
            [
                cell("satisfaction", draw.choices([0.0, 5.0, 10.0], (1, 2, 7), k=40), f"service-{number}")
                for number in range(20)
            ]
            for _ in range(2)
        ]
        false += bool(dashboard.changes(*spans))
    # One page in twenty at most is promised; of 100 pages, 12 would be three standard errors more.
    assert false < 12


def test_what_surely_changed_is_shown_with_its_direction() -> None:
    before = [cell("satisfaction", [10.0] * 80 + [0.0] * 20), cell("fallback", [0.0] * 95 + [1.0] * 5, scale="count")]
    after = [cell("satisfaction", [10.0] * 40 + [0.0] * 60), cell("fallback", [0.0] * 60 + [1.0] * 40, scale="count")]
    found = {(each.dimension, each.service): each.better for each in dashboard.changes(before, after)}
    assert found["satisfaction", "passport"] is False
    assert found["fallback", "passport"] is False, "more of a bad signal is worse"
    assert all(each.better for each in dashboard.changes(after, before))


def test_what_only_tells_how_many_came_is_no_change() -> None:
    before = [cell("asked", [1.0] * 50 + [0.0] * 50, scale="count")]
    assert dashboard.changes(before, [cell("asked", [1.0] * 100, scale="count")]) == []


def test_first_comes_where_most_people_lose_most() -> None:
    few_very_bad = cell("satisfaction", [0.0] * 35, "rare")
    many_middling = cell("satisfaction", [5.0] * 300, "common")
    tiny = cell("satisfaction", [0.0] * 12, "tiny")
    found = dashboard.first_to_do([few_very_bad, many_middling, tiny])
    assert [each.service for each in found] == ["common", "rare"], "services of few answers are left out"
    assert found[0].share == pytest.approx(1500 / (1500 + 350 + 120))


def test_the_funnel_counts_who_goes_on_and_who_is_lost() -> None:
    cells = [
        cell(f"step_{name}", [1.0] * n, scale="count")
        for name, n in (("opened", 100), ("understood", 80), ("started", 40), ("filed", 30), ("decided", 33))
    ]
    steps = {each.name: each for each in journey(cells)}
    assert (steps["opened"].n, steps["opened"].share) == (100, None)
    assert (steps["started"].lost, steps["started"].share) == (40, 0.5)
    assert (steps["decided"].lost, steps["decided"].share) == (0, 1.0), "decided of an earlier span: nobody is lost"


def test_fields_at_which_people_leave_come_with_the_most_first() -> None:
    cells = [
        cell("abandoned_at:income", [1.0] * 2, scale="count"),
        cell("abandoned_at:email", [1.0] * 7, scale="count"),
    ]
    assert lost_at(cells) == [("email", 7), ("income", 2)]


def tally(n: int) -> Tally:
    """So many best notes."""
    return Tally({"satisfaction": {10.0: n}} if n else {})


def test_results_of_few_are_not_published() -> None:
    found = results(
        TODAY, TODAY, tally(400), {}, {"a": tally(200), "b": tally(FEWEST - 1), "c": tally(5), "d": tally(90)}
    )
    assert set(found.services) == {"a", "d"}
    assert found.withheld == 2
    assert "b" not in found.row()["services"]


def test_a_single_service_held_back_cannot_be_told_from_the_sum() -> None:
    found = results(TODAY, TODAY, tally(300), {}, {"a": tally(200), "b": tally(90), "c": tally(10)})
    assert set(found.services) == {"a"}, "the smallest of the others is held back with it"
    assert found.withheld == 2


def test_without_answers_there_is_nothing_to_publish() -> None:
    row = results(TODAY, TODAY, tally(0), {}, {}).row()
    assert row["notes"] == []
    assert row["services"] == {}
