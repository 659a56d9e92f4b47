"""Each signal of a visit, on visits written by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.satisfaction import signals_after as after
from bot.satisfaction.signals import SIGNALS, Said, abandoned_at

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LOST = Said(AT, text="j'ai paumé mes fafs", fallback=True, milliseconds=30)
PASSPORT = Said(AT, text="combien coûte un passeport", intent="ask_price", milliseconds=10)
AGAIN = Said(AT, text="Combien coûte un passeport ?", intent="ask_price", milliseconds=20)
OTHER = Said(AT, text="je veux une carte d'identité", intent="submit_request")
PRESSED = Said(AT, kind="button", text="Combien coûte un passeport")
BEGUN = Said(AT, intent="submit_request", actions=("action_start_request", "request_form"), awaited="first_name")
BIRTH = Said(AT, text="[réponse : first_name]", field="first_name", actions=("request_form",), awaited="birth_date")
SENT = Said(AT, kind="button", intent="confirm_request", actions=("request_form", "action_end_request"))
ASKED_IN_BETWEEN = Said(AT, text="c'est payant ?", intent="ask_price", actions=("action_answer",))
OPINION = Said(AT, text="[réponse : comment]", field="comment", actions=("comment_form",))
STARTED = Said(AT, kind="start")


@pytest.mark.parametrize(
    ("signal", "visit", "value"),
    [
        ("turns", [STARTED, PASSPORT, PRESSED], 2),
        ("fallback", [LOST, PASSPORT, LOST], 2),
        ("fallback", [PASSPORT], 0),
        ("rephrasing", [LOST, OTHER], 1),
        ("rephrasing", [LOST, LOST], 0),
        ("rephrasing", [LOST, PRESSED], 0),
        ("rephrasing", [PASSPORT, OTHER], 0),
        ("repetition", [PASSPORT, AGAIN], 1),
        ("repetition", [LOST, LOST, LOST], 2),
        ("repetition", [PASSPORT, OTHER, AGAIN], 0),
        ("repetition", [PASSPORT, PRESSED], 0),
        ("repetition", [BIRTH, BIRTH], 0),
        ("repetition", [PASSPORT, Said(AT, text="pardon ?", intent="repeat")], 1),
        ("handoff_asked", [PASSPORT, Said(AT, kind="button", intent="talk_to_person")], 1),
        ("handoff_asked", [PASSPORT], 0),
        ("distress", [Said(AT, text="je n'en peux plus de vivre", intent="distress")], 1),
        ("distress", [Said(AT, text="vous êtes nuls", intent="insult")], 1),
        ("distress", [PASSPORT], 0),
        ("time_to_answer", [STARTED, PASSPORT, AGAIN], 0.015),
        ("time_to_answer", [STARTED], None),
        ("abandonment", [PASSPORT], None),
        ("abandonment", [BEGUN, BIRTH], 1),
        ("abandonment", [BEGUN, BIRTH, ASKED_IN_BETWEEN], 1),
        ("abandonment", [BEGUN, BIRTH, SENT, PASSPORT], 0),
        ("abandonment", [BEGUN, SENT, BEGUN], 1),
        ("abandonment", [BEGUN, SENT, OPINION], 0),
        ("abandonment", [OPINION], None),
    ],
    ids=str,
)
def test_a_signal_of_a_visit(signal: str, visit: list[Said], value: float | None) -> None:
    assert SIGNALS[signal][1](visit) == pytest.approx(value) if value is not None else SIGNALS[signal][1](visit) is None


def test_a_form_is_abandoned_at_the_field_that_was_asked_last() -> None:
    assert abandoned_at([BEGUN, BIRTH]) == "birth_date"
    assert abandoned_at([BEGUN, SENT]) is None
    assert abandoned_at([PASSPORT]) is None


def test_every_signal_says_what_it_is_in_which_unit_and_from_where() -> None:
    for _, signal in SIGNALS.values():
        assert "Unit:" in str(signal.__doc__)
        assert "Source:" in str(signal.__doc__)


def test_a_request_is_late_when_its_day_is_over_and_nothing_was_decided() -> None:
    hour = timedelta(hours=1)
    assert after.late(AT, None) == after.late(AT, AT + hour) == 1
    assert after.late(AT, AT) == after.late(AT, AT - hour) == 0


def test_what_waits_is_counted_in_seconds() -> None:
    assert after.wait(AT, AT + timedelta(minutes=2)) == 120
    assert after.decision_time(AT, AT + timedelta(days=1)) == 86400


def test_a_matter_is_settled_when_nobody_comes_again_within_seven_days() -> None:
    soon, late = AT + timedelta(days=6), AT + timedelta(days=8)
    assert after.resolved_without_recontact(AT, [], helped=True) == 1
    assert after.resolved_without_recontact(AT, [late], helped=True) == 1
    assert after.resolved_without_recontact(AT, [soon], helped=True) == 0
    assert after.resolved_without_recontact(AT, [], helped=False) == 0
    assert after.recontact(24) == 1
    assert after.recontact(24 * 8) == 0


def test_the_second_completion_that_is_asked_for_is_a_loop() -> None:
    assert [after.correction(before) for before in (0, 1)] == [1, 2]
