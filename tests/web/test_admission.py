"""When the counter is busy, newcomers wait for their turn in the order in which they came; nobody inside is refused."""

import asyncio
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.admission import FEWEST, LINE, TURN, Admission
from bot.web.keys import ADMISSION
from tests.citizen import Citizen
from tests.web.gateway import gateway
from tests.web.test_errors import problem_of

SLOW, QUICK = 3.0, 0.01
NOW = 1_000_000.0


def _admission(most: int = 1000) -> Admission:
    return Admission(b"key", 0.2, most)


def _answers(admission: Admission, seconds: float, at: float = NOW, count: int = FEWEST) -> None:
    for _ in range(count):
        admission.answered(at, seconds)


def _ticket(admission: Admission, at: float) -> str:
    place = admission.enter(at)
    assert place is not None
    return place.ticket


def test_while_answers_are_quick_everybody_enters_at_once() -> None:
    admission = _admission()
    _answers(admission, QUICK)
    assert [admission.enter(NOW) for _ in range(500)] == [None] * 500


def test_one_slow_answer_in_twenty_keeps_nobody_outside_and_two_do() -> None:
    admission = _admission()
    _answers(admission, QUICK, count=19)
    _answers(admission, SLOW, count=1)
    assert not admission.is_busy(NOW)
    _answers(admission, SLOW, count=1)
    assert admission.is_busy(NOW)


def test_a_few_slow_answers_on_a_quiet_night_say_nothing() -> None:
    admission = _admission()
    _answers(admission, SLOW, count=FEWEST - 1)
    assert not admission.is_busy(NOW)


def test_slow_answers_are_forgotten() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    assert admission.is_busy(NOW + 5)
    assert not admission.is_busy(NOW + 11)


def test_too_many_answers_at_once_make_newcomers_wait_before_any_is_late() -> None:
    admission = _admission(most=2)
    with admission.answering():
        assert admission.enter(NOW) is None
        with admission.answering():
            assert admission.enter(NOW) is not None


def test_answers_that_never_come_count_as_slow_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    admission = _admission()
    begun = [admission.answering() for _ in range(FEWEST)]
    for each in begun:
        each.__enter__()
    assert not admission.is_busy(time.time())
    assert admission.is_busy(time.time() + 1), "an engine that hangs answers nothing, and that is no good sign"
    for each in begun:
        each.__exit__(None, None, None)


def test_a_setting_of_zero_lets_everybody_in_always() -> None:
    admission = Admission(b"key", 0, 1)
    _answers(admission, SLOW)
    assert admission.enter(NOW) is None


def test_newcomers_are_called_in_the_order_in_which_they_came() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    tickets = [_ticket(admission, NOW + number / 100) for number in range(30)]
    places = [admission.enter(NOW + 1, ticket) for ticket in tickets]
    assert [place.number for place in places if place] == list(range(1, 31))
    for tenth in range(110, 200):
        admission.look(NOW + tenth / 10, tickets[-1])
        assert list(admission._called) == tickets[: len(admission._called)]
    assert len(admission._called) == 30


def test_the_line_moves_slowly_at_first_and_stops_when_it_is_busy_again() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    tickets = [_ticket(admission, NOW + number / 1000) for number in range(100)]
    waiting = []
    for tenth in range(110, 160):
        admission.enter(NOW + tenth / 10, tickets[-1])
        waiting.append(admission.waiting)
    let_in = [before - after for before, after in pairwise(waiting)]
    assert sum(let_in[:10]) < sum(let_in[-10:])
    _answers(admission, SLOW, at=NOW + 16)
    before = admission.waiting
    admission.enter(NOW + 16.5, tickets[-1])
    assert admission.waiting == before


def test_whoever_is_called_has_time_to_enter_even_when_it_is_busy_again() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    ticket = _ticket(admission, NOW)
    admission.look(NOW + 11, ticket)
    place = admission.look(NOW + 13, ticket)
    assert place is not None
    assert place.number == 0
    _answers(admission, SLOW, at=NOW + TURN)
    assert admission.enter(NOW + TURN, ticket) is None


def test_a_ticket_is_good_for_one_entry() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    ticket = _ticket(admission, NOW)
    admission.look(NOW + 11, ticket)
    assert admission.enter(NOW + 13, ticket) is None
    _answers(admission, SLOW, at=NOW + 13)
    for _ in range(3):
        admission.enter(NOW + 13)
    place = admission.enter(NOW + 14, ticket)
    assert place is not None
    assert (place.number, place.ticket == ticket) == (4, False)


def test_who_went_away_holds_nobody_up() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    for _ in range(50):
        admission.enter(NOW)
    _answers(admission, SLOW, at=NOW + 200)
    ticket = _ticket(admission, NOW + 200)
    assert admission.look(NOW + 211, ticket)
    place = admission.look(NOW + 213, ticket)
    assert place is not None
    assert place.number == 0


def test_another_gateway_finds_the_place_of_a_ticket() -> None:
    here, there = _admission(), _admission()
    _answers(here, SLOW)
    _answers(there, SLOW)
    ticket = _ticket(here, NOW)
    for number in range(5):
        there.enter(NOW + 1 + number)
    place = there.enter(NOW + 7, ticket)
    assert place is not None
    assert place.number == 1


@given(ticket=st.text(max_size=60))
def test_a_ticket_that_somebody_made_up_counts_for_nothing(ticket: str) -> None:
    admission = _admission()
    _answers(admission, SLOW)
    _ticket(admission, NOW)
    place = admission.enter(NOW + 1, ticket)
    assert place is not None
    assert (place.number, place.ticket == ticket) == (2, False)


@pytest.mark.parametrize("forged", ["1.000-abcdef01-", "1.000-abcdef01-{seal}", "nan--{seal}"])
def test_a_seal_belongs_to_one_ticket(forged: str) -> None:
    admission = _admission()
    _answers(admission, SLOW)
    seal = _ticket(admission, NOW).rpartition("-")[2]
    place = admission.enter(NOW + 1, forged.format(seal=seal))
    assert place is not None
    assert place.number == 2


def test_the_line_has_an_end() -> None:
    admission = _admission()
    _answers(admission, SLOW)
    admission._line = [(NOW, str(number)) for number in range(LINE)]
    admission._looked = {str(number): NOW for number in range(LINE)}
    with pytest.raises(OverflowError):
        admission.enter(NOW)


def test_a_clock_that_goes_back_keeps_nobody_outside_for_ever() -> None:
    admission = _admission()
    _answers(admission, SLOW, at=NOW + 3600)
    ticket = _ticket(admission, NOW + 3600)
    for second in range(12):
        place = admission.look(NOW + second, ticket)
    assert place is not None
    assert place.number == 0


@pytest.fixture
async def busy(tmp_path: Path, migrated_file: Path) -> Any:
    """A gateway whose answers were all slow just now, with a citizen who is inside."""
    async with gateway(tmp_path, migrated_file, busy_milliseconds=500) as client:
        inside = await Citizen.arrive(client)  # type: ignore[arg-type]
        _answers(client.app[ADMISSION], SLOW, at=time.time())
        yield client, inside


async def test_a_program_is_told_when_to_come_back_and_keeps_its_place(busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={"language": "en"}) as response:
        problem = await problem_of(response, 503)
        assert (problem["code"], problem["place"]) == ("busy", 1)
        assert response.headers["Retry-After"] == str(problem["retry_after"])
        assert problem["detail"].startswith("Many people at the moment. Your place in the line: 1.")
    async with client.post("/api/conversations", json={}) as response:
        assert (await problem_of(response, 503))["place"] == 2
    async with client.post("/api/conversations", json={"ticket": problem["ticket"]}) as response:
        again = await problem_of(response, 503)
    assert (again["place"], again["ticket"]) == (1, problem["ticket"])
    assert again["detail"].startswith("Beaucoup de monde")
    client.app[ADMISSION]._answers.clear()
    async with asyncio.timeout(30):
        while True:
            async with client.post("/api/conversations", json={"ticket": problem["ticket"]}) as response:
                if response.status == 201:
                    break
            await asyncio.sleep(0.1)


async def test_whoever_is_inside_is_never_refused_because_of_newcomers(busy: Any) -> None:
    _, inside = busy
    await inside.say("bonjour")
    assert "gardé" in inside.said, "there is no engine here: the message is kept, and not refused"
    assert await inside.copy()


async def test_looking_again_does_not_count_as_opening_another_conversation(
    tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, busy_milliseconds=500, conversations_an_hour=1) as client:
        _answers(client.app[ADMISSION], SLOW, at=time.time())
        ticket = ""
        for _ in range(5):
            async with client.post("/api/conversations", json={"ticket": ticket}) as response:
                ticket = (await problem_of(response, 503))["ticket"]
        async with client.post("/api/conversations", json={}) as response:
            await problem_of(response, 429)


@pytest.mark.parametrize("ticket", [7, False, None, [], "x" * 10_000, "\ud800"])
async def test_a_ticket_that_is_none_is_refused_or_counts_for_nothing(ticket: Any, busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={"ticket": ticket}) as response:
        assert response.status in (422, 503)


async def test_on_the_plain_pages_the_place_is_shown_looked_at_again_and_ends_with_a_button(busy: Any) -> None:
    client, _ = busy
    async with client.post("/plain/start", data={"language": "fr"}) as response:
        page = await response.text()
    assert response.status == 200
    assert "<title>Vous êtes à la place 1" in page
    assert response.headers["Refresh"] == "20"
    assert "guichet_plain" not in {cookie.key for cookie in client.session.cookie_jar}
    still = re.search(r'href="([^"]*auto=no)"', page)
    assert still, "whoever reads slowly can stop the page from loading again"
    async with client.get(still[1].replace("&amp;", "&")) as response:
        assert "Refresh" not in response.headers
    client.app[ADMISSION]._answers.clear()
    address = response.url.path_qs.removesuffix("&auto=no")
    async with asyncio.timeout(30):
        while "C'est votre tour" not in page:
            await asyncio.sleep(0.1)
            async with client.get(address) as response:
                page = (await response.text()).replace("&#39;", "'")
    ticket = re.search(r'name="ticket" value="([^"]*)"', page)
    assert ticket
    assert "Refresh" not in response.headers
    async with client.post("/plain/start", data={"language": "fr", "ticket": ticket[1]}) as response:
        assert "Votre conversation" in await response.text()


async def test_the_figures_tell_how_many_wait(busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={}):
        pass
    async with client.get("/metrics") as response:
        assert "guichet_newcomers_waiting 1" in await response.text()
