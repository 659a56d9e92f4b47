"""What the pages of satisfaction show, worked out from totals: pure functions, nothing is read here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import NormalDist

from bot.satisfaction.indices import FEWEST, Z
from bot.satisfaction.totals import Cell

SURE = 30
"""Answers from which a service is compared with others or said to have changed."""
LOWER_IS_BETTER = frozenset({"help_tried"})
"""Answers of which fewer are better; of all signals but `HIGHER_SIGNALS` fewer are better."""
HIGHER_SIGNALS = frozenset({"resolved_without_recontact"})
HOW_MANY = ("asked", "turns", "correction", "abandoned_at:", "step_")
"""Beginnings of the dimensions that count how many came and went: no quality, and not compared."""
FALSE_CHANGES = 0.05
"""Chance that one change or more of a page is none, all that were compared together (Bonferroni)."""


@dataclass(frozen=True)
class Figure:
    """A mean with what it rests on, on the scale that is shown: notes from 0 to 10, shares from 0 to 1, or as measured.

    Attributes:
        n: how many were counted.
        value: the mean; None of fewer than `FEWEST`.
        low, high: its 95 % interval; None where there is no value.
        spread: the standard deviation.
    """

    n: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None
    spread: float = 0.0


@dataclass(frozen=True)
class Change:
    """A figure that is surely not what it was in the span before."""

    dimension: str
    service: str
    kind: str
    scale: str
    before: Figure
    after: Figure

    @property
    def better(self) -> bool:
        """Whether it changed for the better."""
        assert self.before.value is not None
        assert self.after.value is not None
        return (self.after.value > self.before.value) == higher_is_better(self.dimension, self.kind)


def higher_is_better(dimension: str, kind: str) -> bool:
    """Return whether a greater value is a better one."""
    return dimension not in LOWER_IS_BETTER if kind == "answer" else dimension in HIGHER_SIGNALS


def figure(cells: Iterable[Cell]) -> Figure:
    """Add cells of one dimension up to one figure.

    It serves to compare spans and services; what is told as an index comes from `indices.py`. Grades of 1 to 5 become
    notes (0, 2.5, 5, 7.5, 10), the others stay as measured. The interval is 1.96 standard errors of the mean.

    Example:
        Six faces 10, two 5 and two 0: n = 10, mean 7, standard deviation 4.22, standard error 1.33: 4.39 to 9.61.
    """
    found = list(cells)
    n, total, squares = (sum(getattr(each, name) for each in found) for name in ("n", "total", "squares"))
    if n < FEWEST:
        return Figure(n)
    scale = found[0].scale
    mean = total / n
    variance = max(0.0, (squares - total * mean) / (n - 1))
    margin = Z * sqrt(variance / n)
    low, high, spread = mean - margin, mean + margin, sqrt(variance)
    if scale == "1-5":
        mean, low, high, spread = (mean - 1) * 2.5, (low - 1) * 2.5, (high - 1) * 2.5, spread * 2.5
    low, most = max(0.0, low), {"0-10": 10.0, "1-5": 10.0, "yes-no": 1.0}
    return Figure(n, mean, low, min(most[scale], high) if scale in most else high, spread)


def by(cells: Iterable[Cell], key: Callable[[Cell], str]) -> dict[str, Figure]:
    """Return a figure for each value of a key, the one of most answers first."""
    groups: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    figures = {name: figure(group) for name, group in groups.items()}
    return dict(sorted(figures.items(), key=lambda item: -item[1].n))


def of(cells: Iterable[Cell], dimension: str, side: str = "citizen") -> list[Cell]:
    """Return the cells of one dimension and side."""
    return [cell for cell in cells if cell.dimension == dimension and cell.side == side]


def changes(before: Sequence[Cell], after: Sequence[Cell], most: int = 6) -> list[Change]:
    """Return what surely changed between two spans, of all services together and of each, the surest first.

    Many figures are compared at once, so that each must be surer than if it were alone: by chance, one page in twenty
    shows a change that is none.
    """
    spans = [_sums(before), _sums(after)]
    both = [key for key in spans[1] if key in spans[0] and min(spans[0][key].n, spans[1][key].n) >= SURE]
    limit = NormalDist().inv_cdf(1 - FALSE_CHANGES / (2 * max(1, len(both))))
    found = []
    for key in both:
        one, two = (figure([span[key]]) for span in spans)
        error = sqrt(one.spread**2 / one.n + two.spread**2 / two.n)
        assert one.value is not None
        assert two.value is not None
        off = abs(two.value - one.value) / error if error else 0.0
        if off > limit:
            found.append((off, Change(*key, one, two)))
    return [change for _, change in sorted(found, key=lambda item: -item[0])[:most]]


def _sums(cells: Sequence[Cell]) -> dict[tuple[str, str, str, str], Cell]:
    """Return the cells of citizens of all moments together, of each service and (under "") of all of them."""
    sums: defaultdict[tuple[str, str, str, str], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for cell in cells:
        if cell.side == "citizen" and not cell.dimension.startswith(HOW_MANY):
            for service in ("", cell.service) if cell.service else ("",):
                summed = sums[cell.dimension, service, cell.kind, cell.scale]
                summed[0] += cell.n
                summed[1] += cell.total
                summed[2] += cell.squares
    return {
        (dimension, service, kind, scale): Cell("citizen", kind, "", service, dimension, scale, int(n), total, squares)
        for (dimension, service, kind, scale), (n, total, squares) in sums.items()
    }


@dataclass(frozen=True)
class Concern:
    """A service and moment at which many people were badly served.

    Attributes:
        lost: notes short of 10, added up: how many people times how badly.
        share: of all that was lost.
    """

    service: str
    moment: str
    figure: Figure
    lost: float
    share: float


def first_to_do(cells: Sequence[Cell], most: int = 3) -> list[Concern]:
    """Return where most is lost, as people times distance from the best note; services of few answers are left out."""
    groups: defaultdict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in of(cells, "satisfaction"):
        groups[cell.service, cell.moment].append(cell)
    lost = {key: sum(10 * cell.n - cell.total for cell in group) for key, group in groups.items()}
    everything = sum(lost.values())
    concerns = [
        Concern(service, moment, found, lost[service, moment], lost[service, moment] / everything)
        for (service, moment), group in groups.items()
        if (found := figure(group)).n >= SURE and lost[service, moment] > 0
    ]
    return sorted(concerns, key=lambda concern: -concern.lost)[:most]


def span_before(since: date, until: date) -> tuple[date, date]:
    """Return the span of as many days just before one."""
    return since - (until - since) - timedelta(days=1), since - timedelta(days=1)
