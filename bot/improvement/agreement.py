"""How far two people agree beyond chance: Cohen's kappa, with its interval. Pure.

Cohen (1960): kappa = (p_o - p_e) / (1 - p_e), where p_o is the share of the same verdicts and p_e the share that would
be the same if each kept their own habits and gave them out at random. Its large-sample variance is that of Fleiss,
Cohen and Everitt (1969), which holds whatever the true kappa is.

A worked example: of 50 conversations, both find 20 good and 15 bad; 5 the first alone finds good, 10 the second alone.
p_o = 35/50 = 0.7; the first finds 25/50 good, the second 30/50, so p_e = 0.5 * 0.6 + 0.5 * 0.4 = 0.5;
kappa = (0.7 - 0.5) / (1 - 0.5) = 0.4, and its interval at 95 % goes from 0.15 to 0.65.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

SURE = 1.96
"""Standard deviations on each side of an interval at 95 %."""
LEAST = 10
"""Pairs under which the interval says too little to be shown: its formula is one of large samples."""


@dataclass(frozen=True)
class Agreement:
    """How far two people agree.

    Attributes:
        pairs: things that both judged.
        same: the share on which they said the same; None without pairs.
        kappa: None when chance alone would give full agreement: both always say the same one thing.
        low, high: the interval of kappa at 95 %; None with fewer than `LEAST` pairs.
    """

    pairs: int
    same: float | None = None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def agreement(verdicts: Sequence[tuple[str, str]]) -> Agreement:
    """Return how far two people agree.

    Args:
        verdicts: what the first and the second said of each thing.
    """
    count = len(verdicts)
    if not count:
        return Agreement(0)
    share = {pair: times / count for pair, times in Counter(verdicts).items()}
    first, second = (Counter[str](), Counter[str]())
    for (one, other), part in share.items():
        first[one] += part  # type: ignore[assignment] # a counter of shares
        second[other] += part  # type: ignore[assignment]
    same = sum(part for (one, other), part in share.items() if one == other)
    chance = sum(first[each] * second[each] for each in first)
    if chance > 1 - 1e-12:
        return Agreement(count, same)
    kappa = (same - chance) / (1 - chance)
    if count < LEAST:
        return Agreement(count, same, kappa)
    spread = (
        sum(
            part * ((1 - chance) - (first[one] + second[one]) * (1 - same)) ** 2
            if one == other
            else part * ((1 - same) * (second[one] + first[other])) ** 2
            for (one, other), part in share.items()
        )
        - (same * chance - 2 * chance + same) ** 2
    )
    error = sqrt(max(spread, 0) / count) / (1 - chance) ** 2
    return Agreement(count, same, kappa, max(-1.0, kappa - SURE * error), min(1.0, kappa + SURE * error))
