"""Computes the indices from counted facts. Pure: the same counts give the same figures, on a dashboard and in a test.

docs/satisfaction.md works an example of each by hand.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.satisfaction.dimensions import (
    DIMENSIONS,
    JOURNEY,
    OFFICIAL,
    PER_MESSAGE,
    RATES,
    TIMES,
    TOTALS,
    WEIGHT,
    Definition,
    Source,
)
from bot.satisfaction.questionnaire import ASKED, SATISFACTION, YES_NO

FEWEST = 10
"""Answers below which no note is told: one person would move it by a point, and might be known by it."""
TARGET, TARGET_ANSWERS = 8.0, 100
"""The public observatory counts satisfaction as reached from this note on, with at least that many answers."""
Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""
DRAWS = 1000
"""Resamples of a bootstrap interval, always the same ones."""
Interval = tuple[float, float]


@dataclass(frozen=True)
class Tally:
    """Facts, counted.

    Attributes:
        values: by dimension, how often each value was answered or observed.
        sums: by dimension of time, how many facts there are, and the sum of their seconds.
    """

    values: Mapping[str, Mapping[float, int]] = field(default_factory=dict)
    sums: Mapping[str, tuple[int, float]] = field(default_factory=dict)

    def count(self, dimension: str) -> int:
        """Return how many facts of a dimension there are."""
        return sum(self.values.get(dimension, {}).values())


@dataclass(frozen=True)
class Score:
    """A figure with what it is worth.

    Attributes:
        id: of the index or the signal.
        n: the facts behind it.
        value: the figure; None when there are too few facts to tell it.
        low, high: its 95 % interval; None with the value.
        band: `bad`, `mixed` or `good` for a note; "" for the rest.
    """

    id: str
    n: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    band: str = ""


@dataclass(frozen=True)
class Report:
    """All indices of the same facts.

    Attributes:
        asked, answered, silent: how often it was asked how it went, and what became of it. Silence is never a note.
        response: the part of those asked who answered.
        official, dimensions: notes from 0 to 10.
        journey: from 0 to 10, where a negative event weighs four times a positive one.
        signals: shares, means for each message, seconds, totals.
        target_reached: whether the satisfaction reaches the public target; None with too few answers to say.
    """

    asked: int
    answered: int
    silent: int
    response: Score
    official: list[Score]
    dimensions: list[Score]
    journey: Score
    signals: list[Score]
    target_reached: bool | None


def report(tally: Tally, fewest: int = FEWEST) -> Report:
    """Return the indices of counted facts.

    Args:
        tally: the facts.
        fewest: facts below which a figure is not told.
    """
    answered = tally.count(SATISFACTION)
    # Who answers unasked was asked by themselves: a rate above one would say nothing.
    asked = max(tally.count(ASKED), answered)
    official = [note(definition, tally, fewest) for definition in OFFICIAL]
    known = answered >= TARGET_ANSWERS and official[0].value is not None
    return Report(
        asked=asked,
        answered=answered,
        silent=asked - answered,
        response=share("response", answered, asked, fewest),
        official=official,
        dimensions=[note(definition, tally, fewest) for definition in DIMENSIONS],
        journey=journey(tally, fewest),
        signals=signals(tally, fewest),
        target_reached=(official[0].value or 0.0) >= TARGET if known else None,
    )


def note(definition: Definition, tally: Tally, fewest: int = FEWEST) -> Score:
    """Return a note from 0 to 10: the mean of the means of its sources, those with too few facts left out.

    The interval is Wilson's for one source of yes and no, else a bootstrap of each source.
    """
    counted = [(source, tally.values.get(source.dimension, {})) for source in definition.sources]
    n = sum(sum(values.values()) for _, values in counted)
    told = [(source, values) for source, values in counted if sum(values.values()) >= fewest]
    if not told:
        return Score(definition.id, n)
    value = sum(_mean(source, values) for source, values in told) / len(told)
    source, values = told[0]
    if len(told) == 1 and source.scale == YES_NO:
        good = sum(count for each, count in values.items() if source.note(each) == 10)
        low, high = (10 * bound for bound in wilson(good, sum(values.values())))
    else:
        low, high = _bootstrap(tuple(_notes(source, values) for source, values in told))
    return Score(definition.id, n, value, low, high, band(value, definition.bands))


def journey(tally: Tally, fewest: int = FEWEST) -> Score:
    """Return the index of the journey: 10 × good / (good + 4 × bad).

    Its interval is Wilson's for the part of good events, carried over: the index grows with that part.
    """
    good = sum(_within(tally, event.dimension, event.good) for event in JOURNEY)
    bad = sum(_within(tally, event.dimension, event.bad) for event in JOURNEY)
    if good + bad < fewest:
        return Score("journey", good + bad)
    low, high = (_weighted(part) for part in wilson(good, good + bad))
    value = _weighted(good / (good + bad))
    return Score("journey", good + bad, value, low, high, band(value))


def signals(tally: Tally, fewest: int = FEWEST) -> list[Score]:
    """Return what was observed: shares, counts for each message of a citizen, mean seconds, totals."""
    found = [share(each, _within(tally, each, (1, 1)), tally.count(each), fewest) for each in RATES]
    messages = _total(tally, "turns")
    for each in PER_MESSAGE:
        enough = messages >= fewest
        found.append(Score(each, int(messages), _total(tally, each) / messages if enough else None))
    for each in TIMES:
        n, seconds = tally.sums.get(each, (0, 0.0))
        found.append(Score(each, n, seconds / n if n >= fewest else None))
    return [*found, *(Score(each, tally.count(each), float(tally.count(each))) for each in TOTALS)]


def share(name: str, part: int, whole: int, fewest: int = FEWEST) -> Score:
    """Return a part of a whole, from 0 to 1, with Wilson's interval."""
    if whole < max(fewest, 1):
        return Score(name, whole)
    return Score(name, whole, part / whole, *wilson(part, whole))


def wilson(part: int, whole: int) -> Interval:
    """Return the 95 % score interval of Wilson (1927) for a proportion; it holds for few facts and at both ends."""
    p, z2 = part / whole, Z * Z
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def band(value: float, bands: tuple[float, float] = (5.0, 8.0)) -> str:
    """Return the grade of a note: below 5 bad, below 8 mixed, else good, unless the index has thresholds of its own."""
    return "bad" if value < bands[0] else "mixed" if value < bands[1] else "good"


def _mean(source: Source, values: Mapping[float, int]) -> float:
    return sum(source.note(value) * count for value, count in values.items()) / sum(values.values())


def _notes(source: Source, values: Mapping[float, int]) -> tuple[tuple[float, int], ...]:
    # A value and its note may differ, and two values never share one: the order alone has to be the same each time.
    return tuple(sorted(Counter({source.note(value): count for value, count in values.items()}).items()))


@lru_cache(maxsize=4096)
def _bootstrap(sources: tuple[tuple[tuple[float, int], ...], ...]) -> Interval:
    import numpy as np  # 15 MB, of use from the first interval of this kind on.

    draw = np.random.default_rng(1)
    means = np.zeros(DRAWS)
    for counted in sources:
        notes, counts = np.array(counted, dtype=float).T
        n = int(counts.sum())
        means += draw.multinomial(n, counts / n, size=DRAWS) @ notes / n
    low, high = np.percentile(means / len(sources), (2.5, 97.5))
    return float(low), float(high)


def _within(tally: Tally, dimension: str, ends: Interval | None) -> int:
    if ends is None:
        return 0
    values = tally.values.get(dimension, {})
    return sum(count for value, count in values.items() if ends[0] <= value <= ends[1])


def _total(tally: Tally, dimension: str) -> float:
    return sum(value * count for value, count in tally.values.get(dimension, {}).items())


def _weighted(part: float) -> float:
    return 10 * part / (part + WEIGHT * (1 - part))


def counted_dimensions() -> Sequence[str]:
    """Return the dimensions whose values are counted one by one: all but times."""
    sources = {source.dimension for definition in (*OFFICIAL, *DIMENSIONS) for source in definition.sources}
    return sorted({*sources, *(event.dimension for event in JOURNEY), *RATES, *PER_MESSAGE, *TOTALS, "turns", ASKED})
