"""Did it help? A comparison of before and after that says plainly when the difference is within noise."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

LEAST = 30
"""Answers on each side below which nothing is said: from there on a mean is nearly normal, and 1.96 holds."""
Z = 1.96
"""Standard errors of a 95 % interval."""


class Verdict(StrEnum):
    """What a comparison says."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "noise"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class Sample:
    """Figures of one kind: how many, their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float | None:
        """Their mean, None of nothing."""
        return self.total / self.n if self.n else None

    @property
    def variance(self) -> float:
        """Their variance (n - 1 below the bar), 0 of fewer than two."""
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1)) if self.n > 1 else 0.0


@dataclass(frozen=True)
class Check:
    """What a comparison found.

    Attributes:
        difference: mean after minus mean before; None when one side is empty.
        low, high: its 95 % interval; None when there are too few.
    """

    verdict: Verdict
    before: Sample
    after: Sample
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def compare(before: Sample, after: Sample, *, higher_is_better: bool = True) -> Check:
    """Compare two samples by the interval of the difference of their means (Welch: unequal variances).

    The verdict is `better` or `worse` only when the whole 95 % interval is on one side of zero: of changes that did
    nothing, about one in twenty is called one or the other. A difference does not prove that the action caused it.

    Example:
        100 notes of mean 6 and variance 9, then 100 of mean 7 and variance 9: the difference is 1, its standard error
        sqrt(9/100 + 9/100) = 0.424, its interval 0.17 to 1.83: better.

    Args:
        before: what was counted before.
        after: what was counted after.
        higher_is_better: whether a greater value is a better one.

    Returns:
        The verdict, with what it rests on.
    """
    if before.mean is None or after.mean is None:
        return Check(Verdict.TOO_FEW, before, after)
    difference = after.mean - before.mean
    if min(before.n, after.n) < LEAST:
        return Check(Verdict.TOO_FEW, before, after, difference)
    margin = Z * sqrt(before.variance / before.n + after.variance / after.n)
    low, high = difference - margin, difference + margin
    moved = Verdict.BETTER if (low > 0) == higher_is_better else Verdict.WORSE
    verdict = Verdict.NOISE if low <= 0 <= high else moved
    return Check(verdict, before, after, difference, low, high)
