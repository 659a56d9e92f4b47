"""Does a figure leave its usual range? A cumulative sum (CUSUM) over what came day by day, with few false alarms.

One bad day is chance; several in a row that lean the same way are not. The sum adds up by how much each group of days
is off the usual mean, in standard errors, less an allowance, and never falls below zero; an alarm is when it passes a
threshold (E. S. Page, Continuous inspection schemes, Biometrika 41, 1954; NIST/SEMATECH e-Handbook, 6.3.2.3).
docs/dashboards.md gives the rate of false alarms, measured on simulated years by tests/benchmarks/alarms.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from bot.improvement.before_after import Sample

USUAL_DAYS = 84
"""Days that say what is usual: twelve weeks, so that each day of the week counts alike."""
WATCHED_DAYS = 28
"""Days that are watched, the last ones."""
ALLOWANCE = 0.5
"""Standard errors that a group may be off without adding to the sum: half of the smallest shift worth an alarm."""
THRESHOLD = 9.0
"""Sum at which it is an alarm."""
HIGHEST = 12.0
"""The sum does not grow beyond: six usual groups of days, of half a standard error each, end any alarm."""
LEAST_IN_GROUP, LEAST_GROUPS, LEAST_USUAL = 10, 12, 100
"""Days are joined until they have so many figures; what is usual needs so many groups and figures."""
FROM_THE_EDGE = 1.5
"""A mean near the end of its scale needs larger groups: so many of the rarer outcome are expected in each."""


@dataclass(frozen=True)
class Alarm:
    """A figure that left its usual range.

    Attributes:
        since: the day from which it leans.
        rises: whether it rose.
        usual: its usual mean.
        seen: its mean since that day, of `n` figures.
    """

    since: date
    rises: bool
    usual: float
    seen: float
    n: int


@dataclass
class _Sum:
    height: float = 0.0
    since: date | None = None
    n: int = 0
    total: float = 0.0

    def add(self, day: date, group: Sample, step: float) -> None:
        height = min(HIGHEST, max(0.0, self.height + step))
        if height == 0.0:
            self.since, self.n, self.total = None, 0, 0.0
        else:
            self.since = self.since or day
            self.n, self.total = self.n + group.n, self.total + group.total
        self.height = height


def watch(
    days: Sequence[tuple[date, Sample]], until: date, *, floor: float = 0.0, ceiling: float | None = None
) -> Alarm | None:
    """Say whether a figure has left its usual range.

    Args:
        days: what was counted on each day, in their order; days without figures may be left out.
        until: the last day that is over.
        floor: the least value that the scale has.
        ceiling: the greatest one; None when it has none.

    Returns:
        The alarm of the greater sum, or None: nothing unusual, or too little to say what is usual.
    """
    usual = [(day, each) for day, each in days if WATCHED_DAYS <= (until - day).days < WATCHED_DAYS + USUAL_DAYS]
    watched = [(day, each) for day, each in days if 0 <= (until - day).days < WATCHED_DAYS]
    whole = _joined([each for _, each in usual])
    if whole.n < LEAST_USUAL or whole.mean is None or whole.variance == 0:
        return None
    least = _least(whole, floor, ceiling)
    groups = _groups(usual, least)
    if len(groups) < LEAST_GROUPS:
        return None
    error = sqrt(whole.variance * _restlessness(groups, whole))
    up, down = _Sum(), _Sum()
    alarm: Alarm | None = None
    for day, group in _groups(watched, least):
        off = (group.total / group.n - whole.mean) / (error / sqrt(group.n))
        up.add(day, group, off - ALLOWANCE)
        down.add(day, group, -off - ALLOWANCE)
    for leaning, rises in ((up, True), (down, False)):
        if leaning.height > THRESHOLD and leaning.since is not None:
            alarm = Alarm(leaning.since, rises, whole.mean, leaning.total / leaning.n, leaning.n)
    return alarm


def _least(whole: Sample, floor: float, ceiling: float | None) -> float:
    assert whole.mean is not None
    room = whole.mean - floor if ceiling is None else min(whole.mean - floor, ceiling - whole.mean)
    return max(LEAST_IN_GROUP, FROM_THE_EDGE * whole.variance / room**2) if room > 0 else float("inf")


def _groups(days: Sequence[tuple[date, Sample]], least: float) -> list[tuple[date, Sample]]:
    """Return the days joined in their order until each group is large enough; what is left over waits for more."""
    groups: list[tuple[date, Sample]] = []
    open_: list[tuple[date, Sample]] = []
    for day, each in days:
        open_.append((day, each))
        joined = _joined([sample for _, sample in open_])
        if joined.n >= least:
            groups.append((open_[0][0], joined))
            open_ = []
    return groups


def _restlessness(groups: Sequence[tuple[date, Sample]], whole: Sample) -> float:
    """Return how much more groups differ than chance would have them, 1 or more: weekends, campaigns, seasons."""
    assert whole.mean is not None
    squares = [group.n * (group.total / group.n - whole.mean) ** 2 / whole.variance for _, group in groups]
    return max(1.0, sum(squares) / (len(squares) - 1))


def _joined(samples: Sequence[Sample]) -> Sample:
    return Sample(
        sum(each.n for each in samples), sum(each.total for each in samples), sum(each.squares for each in samples)
    )
