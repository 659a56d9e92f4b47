"""Before and after: what is called better is better, and noise is called noise."""

import random

import pytest

from bot.improvement.before_after import LEAST, Sample, Verdict, compare


def sample(values: list[float]) -> Sample:
    """The sample of some values."""
    return Sample(len(values), sum(values), sum(value * value for value in values))


def test_the_example_of_the_docstring() -> None:
    # 100 figures of mean 6 and variance 9: half of them 3.015 above, half below.
    off = (9 * 99 / 100) ** 0.5
    check = compare(sample([6 - off, 6 + off] * 50), sample([7 - off, 7 + off] * 50))
    assert check.verdict is Verdict.BETTER
    assert (round(check.difference or 0, 2), round(check.low or 0, 2), round(check.high or 0, 2)) == (1.0, 0.17, 1.83)


@pytest.mark.parametrize("count", [40, 200])
def test_when_nothing_changed_it_is_called_noise_nineteen_times_of_twenty(count: int) -> None:
    draw, moved = random.Random(9), 0
    for _ in range(400):
        spans = [sample([float(each) for each in draw.choices((0, 5, 10), (2, 2, 6), k=count)]) for _ in range(2)]
        moved += compare(*spans).verdict in (Verdict.BETTER, Verdict.WORSE)
    # 5 % of 400 is 20, with a standard error of 4.4: beyond 35 the interval would be too narrow, below 7 too wide.
    assert 7 <= moved <= 35


def test_a_great_change_is_told_in_its_direction() -> None:
    low, high = sample([0.0, 5.0, 5.0, 10.0] * 20), sample([10.0, 10.0, 10.0, 5.0] * 20)
    assert compare(low, high).verdict is Verdict.BETTER
    assert compare(high, low).verdict is Verdict.WORSE
    assert compare(low, high, higher_is_better=False).verdict is Verdict.WORSE


def test_few_figures_say_nothing_however_far_apart() -> None:
    check = compare(sample([0.0] * (LEAST - 1)), sample([10.0] * 500))
    assert check.verdict is Verdict.TOO_FEW
    assert check.difference == 10
    assert compare(sample([]), sample([1.0])).difference is None
