"""From grids to figures: by criterion, by situation, and the visits that fail."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.mystery.grid import GRID, failures, scores
from tests.mystery.transcript import Record

GOAL = 195 / 205
"""Share of the visits that must pass, that of the award's grid."""
LEAST = 0.9
"""Mean that no criterion may be under."""


@dataclass(frozen=True)
class Line:
    """A figure: how many visits it is of, and their mean."""

    name: str
    visits: int
    mean: float


def by_criterion(records: Iterable[Record]) -> list[Line]:
    """Return the mean of each criterion over the visits that it says something of."""
    found: dict[str, list[float]] = defaultdict(list)
    for record in records:
        for name, score in scores(record).items():
            if score is not None:
                found[name].append(score)
    return [Line(c.name, len(found[c.name]), sum(found[c.name]) / len(found[c.name])) for c in GRID if found[c.name]]


def by_situation(records: Iterable[Record]) -> list[Line]:
    """Return the share of visits that pass, by situation."""
    return _passing((record.visit.situation, record) for record in records)


def by_door(records: Iterable[Record]) -> list[Line]:
    """Return the share of visits that pass, by door."""
    return _passing((record.visit.door, record) for record in records)


def by_language(records: Iterable[Record]) -> list[Line]:
    """Return the share of visits that pass, by language."""
    return _passing((record.visit.language, record) for record in records)


def passed(records: Iterable[Record]) -> int:
    """Return how many visits pass."""
    return sum(not failures(record) for record in records)


def reached(records: Sequence[Record]) -> bool:
    """Return whether enough visits pass and no criterion is too low."""
    return passed(records) >= GOAL * len(records) and all(line.mean >= LEAST for line in by_criterion(records))


def worst_first(records: Iterable[Record]) -> list[Record]:
    """Return the visits that fail first, those that fail most before the others."""
    return sorted(records, key=lambda record: (-len(failures(record)), _mean(record), record.visit.name))


def _mean(record: Record) -> float:
    told = [score for score in scores(record).values() if score is not None]
    return sum(told) / len(told) if told else 0.0


def _passing(pairs: Iterable[tuple[str, Record]]) -> list[Line]:
    found: dict[str, list[bool]] = defaultdict(list)
    for name, record in pairs:
        found[name].append(not failures(record))
    return [Line(name, len(each), sum(each) / len(each)) for name, each in sorted(found.items())]
