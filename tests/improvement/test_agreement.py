"""Cohen's kappa: the worked example, the same figure as scikit-learn's, and an interval computed in another way."""

import random
from math import sqrt

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from bot.improvement.agreement import LEAST, SURE, Agreement, agreement

WORKED = [("good", "good")] * 20 + [("good", "bad")] * 5 + [("bad", "good")] * 10 + [("bad", "bad")] * 15
NAMES = ("good", "partly", "bad")


def _drawn(seed: int, size: int) -> list[tuple[str, str]]:
    """Verdicts of two people of whom the second agrees with the first in a share of the cases."""
    dice = random.Random(seed)
    agreeing = dice.random()
    found = []
    for _ in range(size):
        first = dice.choices(NAMES, (5, 2, 1))[0]
        found.append((first, first if dice.random() < agreeing else dice.choice(NAMES)))
    return found


def _kappa(table: np.ndarray) -> float:
    expected = table.sum(1) @ table.sum(0)
    return float((np.trace(table) - expected) / (1 - expected))


def _error_by_differences(verdicts: list[tuple[str, str]]) -> float:
    """The standard error by the delta method: how kappa moves when each cell of the table moves a little."""
    table = np.zeros((3, 3))
    for first, second in verdicts:
        table[NAMES.index(first), NAMES.index(second)] += 1 / len(verdicts)
    step, slopes = 1e-6, np.zeros((3, 3))
    for cell in np.ndindex(3, 3):
        more, less = table.copy(), table.copy()
        more[cell] += step
        less[cell] -= step
        # Kappa of a table whose parts do not quite sum to one: brought back to one, as the shares of a sample are.
        slopes[cell] = (_kappa(more / more.sum()) - _kappa(less / less.sum())) / (2 * step)
    variance = (table * slopes**2).sum() - (table * slopes).sum() ** 2
    return sqrt(variance / len(verdicts))


def test_the_worked_example() -> None:
    found = agreement(WORKED)
    assert (found.pairs, found.same) == (50, pytest.approx(0.7))
    assert found.kappa == pytest.approx(0.4)
    assert (found.low, found.high) == (pytest.approx(0.1511, abs=1e-4), pytest.approx(0.6489, abs=1e-4))


@pytest.mark.parametrize("seed", range(12))
def test_the_figure_is_that_of_scikit_learn_and_the_interval_that_of_the_delta_method(seed: int) -> None:
    verdicts = _drawn(seed, 30 + 20 * seed)
    found = agreement(verdicts)
    assert found.kappa is not None
    assert found.high is not None
    assert found.kappa == pytest.approx(cohen_kappa_score(*zip(*verdicts, strict=True)))
    if found.high < 1:
        assert (found.high - found.kappa) / SURE == pytest.approx(_error_by_differences(verdicts), rel=1e-4)


def test_nine_intervals_of_ten_hold_the_true_figure_when_the_sample_is_large() -> None:
    """Drawn from a table whose kappa is known: 0.4, as in the worked example."""
    dice, held = random.Random(7), 0
    for _ in range(300):
        found = agreement(dice.choices(WORKED, k=200))
        held += found.low is not None and found.high is not None and found.low <= 0.4 <= found.high
    assert 270 <= held <= 297


def test_full_agreement_is_one_and_opposite_verdicts_are_minus_one() -> None:
    assert agreement([("good", "good"), ("bad", "bad")] * 10).kappa == 1
    assert agreement([("good", "bad"), ("bad", "good")] * 10).kappa == -1


def test_nothing_is_made_up_where_there_is_nothing_to_tell() -> None:
    assert agreement([]) == Agreement(0)
    assert agreement([("good", "good")] * 20) == Agreement(20, 1.0), "both always say the same: chance gives as much"
    few = agreement(WORKED[15 : 15 + LEAST - 1])
    assert few.kappa is not None
    assert (few.low, few.high) == (None, None)
