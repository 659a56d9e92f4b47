"""How often an alarm rings for nothing, and how soon it rings for something: simulated years, watched day by day.

    python -m tests.benchmarks.alarms [--years N]

Each year is 365 days after the 112 that the watch needs. An alarm that stays is one alarm; it counts again once it was
silent. Everything follows from the seed.
"""

import argparse
import math
import random
from dataclasses import dataclass
from datetime import date, timedelta

from bot.improvement.before_after import Sample
from bot.improvement.control import USUAL_DAYS, WATCHED_DAYS, watch

BEGINNING = date(2026, 1, 5)
LEAD = USUAL_DAYS + WATCHED_DAYS


@dataclass(frozen=True)
class World:
    """A figure of an office: how many a day, the values that it takes with their chances, and how it may shift.

    Attributes:
        restless: the share of the daily mean that weather and weekdays move (standard deviation of a factor).
        shifted: the chances after a shift.
    """

    name: str
    a_day: float
    values: tuple[float, ...]
    chances: tuple[float, ...]
    shifted: tuple[float, ...]
    ceiling: float
    weekends: bool = True
    restless: float = 0.0


WORLDS = (
    World("faces, 40 a day", 40, (0, 5, 10), (0.12, 0.22, 0.66), (0.22, 0.25, 0.53), 10),
    World("faces, 4 a day", 4, (0, 5, 10), (0.12, 0.22, 0.66), (0.27, 0.26, 0.47), 10),
    World("fallback, 200 a day", 200, (0, 1), (0.92, 0.08), (0.88, 0.12), 1),
    World("rare signal, 60 a day", 60, (0, 1), (0.99, 0.01), (0.97, 0.03), 1),
    World("restless fallback, 200 a day", 200, (0, 1), (0.92, 0.08), (0.86, 0.14), 1, restless=0.25),
)


def simulate(world: World, days: int, draw: random.Random, shift_at: int | None = None) -> list[tuple[date, Sample]]:
    """Return the days of a world, with a shift from one day on."""
    made = []
    for number in range(days):
        day = BEGINNING + timedelta(days=number)
        quiet = 0.25 if world.weekends and day.weekday() >= 5 else 1.0
        n = _poisson(world.a_day * quiet, draw)
        chances = list(world.shifted if shift_at is not None and number >= shift_at else world.chances)
        if world.restless:
            factor = max(0.0, draw.gauss(1, world.restless))
            chances[-1] = min(1.0, chances[-1] * factor)
            chances[0] = 1 - sum(chances[1:])
        drawn = draw.choices(world.values, chances, k=n)
        if n:
            made.append((day, Sample(n, sum(drawn), sum(value * value for value in drawn))))
    return made


def false_alarms(world: World, years: int, seed: int = 3) -> int:
    """Return how many alarms rang in so many years in which nothing changed."""
    rang = 0
    for year in range(years):
        days = simulate(world, LEAD + 365, random.Random(f"{seed}-{world.name}-{year}"))
        ringing = False
        for number in range(LEAD, LEAD + 365):
            alarm = _look(world, days, number)
            rang += alarm and not ringing
            ringing = alarm
    return rang


def delays(world: World, shifts: int, seed: int = 4) -> list[int | None]:
    """Return after how many days each of so many shifts was noticed; None when it was not within 60."""
    found: list[int | None] = []
    for number in range(shifts):
        days = simulate(world, LEAD + 60, random.Random(f"{seed}-{world.name}-{number}"), LEAD)
        found.append(next((each + 1 for each in range(60) if _look(world, days, LEAD + each)), None))
    return found


def _look(world: World, days: list[tuple[date, Sample]], number: int) -> bool:
    until = BEGINNING + timedelta(days=number)
    first = until - timedelta(days=LEAD)
    return watch([each for each in days if first < each[0] <= until], until, ceiling=world.ceiling) is not None


def _poisson(mean: float, draw: random.Random) -> int:
    if mean > 50:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=100)
    options = parser.parse_args()
    print(f"{'figure':<32}{'false alarms a year':>20}{'noticed after, days (median)':>30}{'not in 60 days':>16}")
    for world in WORLDS:
        rate = false_alarms(world, options.years) / options.years
        late = delays(world, options.years)
        known = sorted(each for each in late if each is not None)
        median = known[len(known) // 2] if known else None
        print(f"{world.name:<32}{rate:>20.2f}{median!s:>30}{late.count(None) / len(late):>16.0%}")


if __name__ == "__main__":
    main()
