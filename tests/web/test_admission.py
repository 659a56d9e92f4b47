"""When the counter is busy, newcomers wait for their turn in the order in which they came; nobody inside is refused."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.admission import FEWEST, LINE, TURN, Admission
from bot.web.flow import FIRST

SLOW, QUICK = 3.0, 0.01
NOW = 1_000_000.0


def _admission(most: int = 1000) -> Admission:
    return Admission(b"key", 0.2, most)


def answers(admission: Admission, seconds: float, at: float = NOW, count: int = FEWEST) -> None:
    for _ in range(count):
        admission.answered(at, seconds)


def _ticket(admission: Admission, at: float) -> str:
    place = admission.enter(at)
    assert place is not None
    return place.ticket


def test_while_answers_are_quick_those_who_come_in_their_usual_number_enter_at_once() -> None:
    admission = _admission()
    entered = []
    for second in range(200):
        answers(admission, QUICK, at=NOW + second)
        entered += [admission.enter(NOW + second) for _ in range(2)]
    assert entered == [None] * 400


def test_a_rush_is_let_in_little_by_little_and_ever_faster_while_answers_stay_quick() -> None:
    admission = _admission()
    entered = [_entries_of_a_rush(admission, NOW + second, QUICK) for second in range(120)]
    assert sum(entered[:5]) < 2 * FIRST
    assert sum(entered[90:]) > 10 * FIRST


def test_after_a_rush_that_was_too_much_fewer_may_enter_and_more_are_tried_slowly() -> None:
    admission = _admission()
    for second in range(60):
        _entries_of_a_rush(admission, NOW + second, QUICK)
    before = admission._flow._most
    entered = [_entries_of_a_rush(admission, NOW + second, SLOW) for second in range(60, 75)]
    assert sum(entered) == 0, "nobody enters while it is busy"
    answers(admission, QUICK, at=NOW + 90, count=100)
    admission.look(NOW + 90)
    after = admission._flow._most
    assert after < before
    for second in range(91, 121):
        _entries_of_a_rush(admission, NOW + second, QUICK)
    assert after < admission._flow._most < 1.4 * after


def _entries_of_a_rush(admission: Admission, at: float, answered_in: float) -> int:
    """Let more come than may enter, and return how many did."""
    answers(admission, answered_in, at=at)
    return [admission.enter(at) for _ in range(60)].count(None) + _called_enter(admission, at)


def _called_enter(admission: Admission, at: float) -> int:
    return [admission.enter(at, ticket) for ticket in list(admission._called)].count(None)


def test_one_slow_answer_in_twenty_keeps_nobody_outside_and_two_do() -> None:
    admission = _admission()
    answers(admission, QUICK, count=19)
    answers(admission, SLOW, count=1)
    assert not admission.is_busy(NOW)
    answers(admission, SLOW, count=1)
    assert admission.is_busy(NOW)


def test_a_few_slow_answers_on_a_quiet_night_say_nothing() -> None:
    admission = _admission()
    answers(admission, SLOW, count=FEWEST - 1)
    assert not admission.is_busy(NOW)


def test_slow_answers_are_forgotten() -> None:
    admission = _admission()
    answers(admission, SLOW)
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
    answers(admission, SLOW)
    assert admission.enter(NOW) is None


def test_newcomers_are_called_in_the_order_in_which_they_came() -> None:
    admission = _admission()
    answers(admission, SLOW)
    tickets = [_ticket(admission, NOW + number / 100) for number in range(20)]
    places = [admission.enter(NOW + 1, ticket) for ticket in tickets]
    assert [place.number for place in places if place] == list(range(1, 21))
    for tenth in range(110, 200):
        admission.look(NOW + tenth / 10, tickets[-1])
        assert list(admission._called) == tickets[: len(admission._called)]
    assert len(admission._called) == 20


def test_the_line_stops_when_it_is_busy_again() -> None:
    admission = _admission()
    answers(admission, SLOW)
    tickets = [_ticket(admission, NOW + number / 1000) for number in range(100)]
    admission.look(NOW + 11, tickets[-1])
    waiting = admission.waiting
    assert 0 < waiting < 100
    answers(admission, SLOW, at=NOW + 41)
    admission.look(NOW + 41, tickets[-1])
    assert admission.waiting == waiting
    admission.look(NOW + 52, tickets[-1])
    assert admission.waiting < waiting


def test_who_is_called_and_does_not_come_leaves_the_place_to_others() -> None:
    admission = _admission()
    answers(admission, SLOW)
    tickets = [_ticket(admission, NOW + number / 1000) for number in range(100)]
    admission.look(NOW + 11, tickets[-1])
    called = len(admission._called)
    admission.look(NOW + 20, tickets[-1])
    assert len(admission._called) == called, "they are on the way"
    admission.look(NOW + 42, tickets[-1])
    assert len(admission._called) > called


def test_whoever_is_called_has_time_to_enter_even_when_it_is_busy_again() -> None:
    admission = _admission()
    answers(admission, SLOW)
    ticket = _ticket(admission, NOW)
    admission.look(NOW + 11, ticket)
    place = admission.look(NOW + 13, ticket)
    assert place is not None
    assert place.number == 0
    answers(admission, SLOW, at=NOW + TURN)
    assert admission.enter(NOW + TURN, ticket) is None


def test_a_ticket_is_good_for_one_entry() -> None:
    admission = _admission()
    answers(admission, SLOW)
    ticket = _ticket(admission, NOW)
    admission.look(NOW + 11, ticket)
    assert admission.enter(NOW + 13, ticket) is None
    answers(admission, SLOW, at=NOW + 13)
    for _ in range(3):
        admission.enter(NOW + 13)
    place = admission.enter(NOW + 14, ticket)
    assert place is not None
    assert (place.number, place.ticket == ticket) == (4, False)


def test_who_went_away_holds_nobody_up() -> None:
    admission = _admission()
    answers(admission, SLOW)
    for _ in range(50):
        admission.enter(NOW)
    answers(admission, SLOW, at=NOW + 200)
    ticket = _ticket(admission, NOW + 200)
    assert admission.look(NOW + 211, ticket)
    place = admission.look(NOW + 213, ticket)
    assert place is not None
    assert place.number == 0


def test_another_gateway_finds_the_place_of_a_ticket() -> None:
    here, there = _admission(), _admission()
    answers(here, SLOW)
    answers(there, SLOW)
    ticket = _ticket(here, NOW)
    for number in range(5):
        there.enter(NOW + 1 + number)
    place = there.enter(NOW + 7, ticket)
    assert place is not None
    assert place.number == 1


@given(ticket=st.text(max_size=60))
def test_a_ticket_that_somebody_made_up_counts_for_nothing(ticket: str) -> None:
    admission = _admission()
    answers(admission, SLOW)
    _ticket(admission, NOW)
    place = admission.enter(NOW + 1, ticket)
    assert place is not None
    assert (place.number, place.ticket == ticket) == (2, False)


@pytest.mark.parametrize("forged", ["1.000-abcdef01-", "1.000-abcdef01-{seal}", "nan--{seal}"])
def test_a_seal_belongs_to_one_ticket(forged: str) -> None:
    admission = _admission()
    answers(admission, SLOW)
    seal = _ticket(admission, NOW).rpartition("-")[2]
    place = admission.enter(NOW + 1, forged.format(seal=seal))
    assert place is not None
    assert place.number == 2


def test_the_line_has_an_end() -> None:
    admission = _admission()
    answers(admission, SLOW)
    admission._line = [(NOW, str(number)) for number in range(LINE)]
    admission._looked = {str(number): NOW for number in range(LINE)}
    with pytest.raises(OverflowError):
        admission.enter(NOW)


def test_a_clock_that_goes_back_keeps_nobody_outside_for_ever() -> None:
    admission = _admission()
    answers(admission, SLOW, at=NOW + 3600)
    ticket = _ticket(admission, NOW + 3600)
    for second in range(12):
        place = admission.look(NOW + second, ticket)
    assert place is not None
    assert place.number == 0
