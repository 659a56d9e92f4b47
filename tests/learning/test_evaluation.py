"""What is measured of two models on the same cases, checked against scikit-learn and by hand."""

import json

import pytest
from sklearn.metrics import f1_score

from bot.learning.comparison import Answer, Change, Comparison, Measures, changes
from bot.learning.evaluation import calibration, losses, measure
from bot.learning.evaluation_set import Case

CASES = [Case(f"text {n}", "abc"[n % 3], "passport" if n % 2 else None) for n in range(60)]
RIGHT = [Answer(case.intent, 0.95, case.service) for case in CASES]
WRONG_A = [Answer("b" if n % 3 == 0 and n < 30 else each.intent, 0.95, None) for n, each in enumerate(RIGHT)]


def test_the_figures_are_those_of_scikit_learn() -> None:
    found = measure(CASES, WRONG_A, CASES[:2], WRONG_A[:2])
    truth, said = [case.intent for case in CASES], [answer.intent for answer in WRONG_A]
    assert found.macro_f1 == pytest.approx(f1_score(truth, said, average="macro"))
    assert list(found.f1.values()) == pytest.approx(f1_score(truth, said, average=None).tolist())
    assert found.accuracy == pytest.approx(50 / 60)
    assert found.services == pytest.approx(0.5)
    assert found.broken == ("text 0", "text 1")


def test_a_model_that_is_right_loses_nothing_against_itself() -> None:
    found, macro = losses(CASES, RIGHT, RIGHT)
    assert {(each.points, each.low, each.high) for each in (*found, macro)} == {(0, 0, 0)}


def test_a_real_loss_has_an_interval_above_zero_and_a_single_error_has_not() -> None:
    found, macro = losses(CASES, RIGHT, WRONG_A)
    lost = {each.intent: each for each in found}
    assert lost["a"].points == pytest.approx(1 - 2 * 10 / 30, abs=1e-4)
    assert 0 < lost["a"].low < lost["a"].points < lost["a"].high
    assert macro.low > 0
    one = [Answer("b", 0.9, None), *RIGHT[1:]]
    assert {each.intent: each.low for each in losses(CASES, RIGHT, one)[0]}["a"] == 0


def test_an_intent_that_the_test_set_does_not_know_is_an_error_like_another() -> None:
    strange = [Answer("new", 0.9, None) for _ in CASES]
    assert measure(CASES, strange, [], []).macro_f1 == 0


def test_a_model_that_is_half_as_right_as_it_is_sure_is_badly_calibrated() -> None:
    sure = [Answer(case.intent if n % 2 else "x", 1.0, None) for n, case in enumerate(CASES)]
    assert calibration(CASES, sure) == pytest.approx(0.5)
    assert calibration(CASES, RIGHT) == pytest.approx(0.05)


def test_the_messages_that_change_come_with_the_most_frequent_first() -> None:
    before = [Answer("a", 0.9, None), Answer("b", 0.9, None), Answer("c", 0.9, "visa"), Answer("c", 0.2, None)]
    after = [Answer("b", 0.5, None), Answer("b", 0.1, None), Answer("c", 0.9, None), Answer("c", 0.9, None)]
    assert changes([(7, 1), (8, 5), (9, 4), (10, 9)], before, after) == [
        Change(9, 4, before[2], after[2]),
        Change(7, 1, before[0], after[0]),
    ]


def test_a_comparison_is_told_as_json_and_read_again() -> None:
    measured = measure(CASES, WRONG_A, CASES, WRONG_A)
    found, macro = losses(CASES, RIGHT, WRONG_A)
    whole = Comparison(Measures(0.1, 0.2, {"a": 0.3}, 0.4, 0.5, ("x",)), measured, found, macro)
    assert Comparison.of(json.loads(json.dumps(whole.wire()))) == whole
