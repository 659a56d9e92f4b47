"""The files of the visits: as many as the award asks for, every situation, every door, and none unreadable."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mystery.visit import SITUATIONS, Visit, WrongVisit, read, read_all

GOOD = "who: Someone at the door\nwants: something of the office\ndoor: api\nsteps:\n  - say: bonjour\n"


@pytest.fixture(scope="module")
def visits() -> list[Visit]:
    return read_all()


def test_every_situation_has_visits(visits: list[Visit]) -> None:
    assert {visit.situation for visit in visits} == set(SITUATIONS)


def test_there_are_as_many_visits_as_the_award_asks_for(visits: list[Visit]) -> None:
    assert len(visits) >= 205


def test_two_thirds_are_in_french_and_every_door_is_opened(visits: list[Visit]) -> None:
    languages, doors = (Counter(getattr(visit, name) for visit in visits) for name in ("language", "door"))
    assert 0.6 <= languages["fr"] / len(visits) <= 0.75
    assert languages["mixed"] >= 5
    assert set(doors) == {"api", "widget", "plain", "office"}


def test_no_two_visits_say_the_same(visits: list[Visit]) -> None:
    first = Counter((v.door, v.steps[0].say) for v in visits if len(v.steps) == 1 and v.steps[0].say)
    assert [words for words, times in first.items() if times > 1] == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (GOOD + "favourite: colour\n", "favourite: Extra inputs"),
        (GOOD.replace("door: api", "door: window"), "door: Input should be"),
        (GOOD.replace("bonjour", "bonjour\n    press: oui"), "steps.0: Value error, a step does exactly one thing"),
        (GOOD + "  - fill: {shoe_size: big}\n", "steps.1.fill: "),
        (GOOD + "    expect: {service: shoes}\n", "steps.0.expect: Value error, there is no service 'shoes'"),
        (GOOD + "    expect: {service: passport, facets: [colour]}\n", "there is no facet ['colour']"),
        ("- not a mapping", "is not a mapping"),
    ],
)
def test_a_wrong_file_is_told_with_its_name_and_field(tmp_path: Path, wrong: str, told: str) -> None:
    path = tmp_path / "filing" / "someone.yml"
    path.parent.mkdir()
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(WrongVisit, match=r"^filing/someone\.yml") as raised:
        read(path)
    assert told in str(raised.value)
