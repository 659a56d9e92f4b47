"""The search for the highest rate that holds, and what each process took of the processor meanwhile."""

import os
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .crowd import Pace

LIMIT_MS = 200.0
"""What 95 answers in 100 must stay under."""
FIRST = 10.0
LIKELY = 0.7
"""Part of what the processors could do at most at which the search begins: who waits in a line is late before that."""
UP = 1.25
CLOSE = 1.1
"""The search ends when the rate that does not hold is so near to the one that does."""
LOOKS = 8
"""Rates that are tried at most."""

Processors = Callable[[], dict[str, float]]
"""Returns the seconds of the processor that each process has taken, by name."""


@dataclass(frozen=True)
class Step:
    """What one rate gave.

    Attributes:
        rate: messages a second that were due.
        reached: messages a second that were answered.
        median_ms, p95_ms: of the answers, from when each message was due.
        failed: visits that broke off.
        cost: milliseconds of the processor a message, by process.
    """

    rate: float
    reached: float
    median_ms: float
    p95_ms: float
    failed: int
    cost: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether the answers were quick enough, and all were there."""
        return self.p95_ms <= LIMIT_MS and self.reached >= 0.95 * self.rate and not self.failed

    @property
    def bound(self) -> float:
        """Messages a second that the processors could do at most: one core for each process, and all there are."""
        alone = [cost for name, cost in self.cost.items() if name != "postgresql"]
        return 1000 / max(*alone, sum(self.cost.values()) / (os.cpu_count() or 1), 0.1)

    @property
    def a_core(self) -> float:
        """Messages a second that one core has enough to do with, clients left out."""
        spent = sum(cost for name, cost in self.cost.items() if name != "clients")
        return 1000 / spent if spent else 0.0


async def step(pace: Pace, rate: float, seconds: float, processors: Processors) -> Step:
    """Keep a rate for so many seconds and return what it gave."""
    before, begun = processors(), time.perf_counter()
    await pace.keep(rate, seconds)
    passed = time.perf_counter() - begun
    after, times = processors(), pace.times or [float("inf")]
    cost = {name: 1000 * (after[name] - before[name]) / len(times) for name in after}
    median, p95 = statistics.median(times), percentile_95(times)
    return Step(rate, len(times) / max(seconds, passed), median, p95, pace.failed, cost)


async def highest(measure: Callable[[float], Awaitable[Step]]) -> Step:
    """Return the highest rate that holds, within a tenth or so; the first one when none does."""

    async def look(rate: float) -> Step:
        found = await measure(rate)
        print(
            f"  {rate:6.1f}/s: p95 {found.p95_ms:6.0f} ms, median {found.median_ms:5.0f} ms, {found.failed} failed",
            flush=True,
        )
        return found

    best, too_much = await look(FIRST), 0.0
    if not best.holds:
        return best
    rate = max(UP * FIRST, LIKELY * best.bound)
    for _ in range(LOOKS - 1):
        tried = await look(rate)
        best, too_much = (tried, too_much) if tried.holds else (best, rate)
        if too_much and too_much < CLOSE * best.rate:
            break
        rate = (best.rate + too_much) / 2 if too_much else UP * best.rate
    return best


def percentile_95(times: list[float]) -> float:
    """Return what 95 of 100 times stay under; infinity when there are none."""
    ordered = sorted(times) or [float("inf")]
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def processors_of(parts: dict[str, int], *, postgresql: bool) -> Processors:
    """Return what tells the time of the processor of these processes, of the clients, and of a PostgreSQL server."""

    def taken() -> dict[str, float]:
        found = {name: _of_process(pid) for name, pid in parts.items()} | {"clients": _of_process(os.getpid())}
        return found | ({"postgresql": _of_postgresql()} if postgresql else {})

    return taken


def _of_process(pid: int, *, with_ended: bool = False) -> float:
    """Return the seconds that a process took; `with_ended`: and those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / os.sysconf("SC_CLK_TCK")


def _of_postgresql() -> float:
    taken = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "comm").read_text().strip() == "postgres":
                taken += _of_process(int(entry.name), with_ended=True)
    return taken
