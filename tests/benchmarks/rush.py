"""A rush: what newcomers are told when more come than the counter can serve, and how quick it stays for those inside.

Citizens come at an even rate and take their time between two messages. Who is told to wait looks again when they were
told to, with their ticket, for as long as the rush lasts.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.citizen import Citizen

from .crowd import FAILURES, FILE, file, find_out, visit
from .rates import percentile_95

THINKS = 2.0
"""Seconds between an answer and the next message, on average."""
WARMING = 15.0
"""Seconds before anything is counted: the first citizens are all at their first question."""


@dataclass
class Rush:
    """What a rush gave.

    Attributes:
        times: milliseconds of each answer to those inside, from when it was sent.
        came: citizens who came.
        entered: how many of them were let in.
        waited: how many were given a place first.
        waits: seconds in the line of those who entered from it.
        told: statuses and codes of all refusals.
        failed: visits that broke off.
    """

    times: list[float] = field(default_factory=list)
    came: int = 0
    entered: int = 0
    waited: int = 0
    waits: list[float] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    failed: int = 0

    def said(self) -> str:
        """Say it in a line."""
        longest = f", the longest {max(self.waits):.0f} s" if self.waits else ""
        refusals = ", ".join(f"{count} times {what}" for what, count in sorted(self.told.items())) or "none"
        return (
            f"p95 of those inside {percentile_95(self.times):.0f} ms ({len(self.times)} answers, {self.failed} visits "
            f"failed); {self.came} came, {self.waited} were given a place, {len(self.waits)} of them entered{longest}; "
            f"refusals: {refusals}"
        )


class Thoughtful(Citizen):
    """A citizen who thinks before they write, and whose answers are timed."""

    def noted_in(self, rush: Rush, draw: random.Random) -> "Thoughtful":
        """Note the times there."""
        self.rush, self.draw = rush, draw
        return self

    async def post(self, body: Any, **more: Any) -> tuple[int, Any]:
        await asyncio.sleep(self.draw.uniform(0.5, 1.5) * THINKS)
        begun = time.perf_counter()
        answer = await super().post(body, **more)
        self.rush.times.append((time.perf_counter() - begun) * 1000)
        return answer


async def rush(session: aiohttp.ClientSession, rate: float, seconds: float) -> Rush:
    """Let citizens come so that they would write `rate` messages a second if all were let in at once."""
    found, draws = Rush(), random.Random(1)
    visits: set[asyncio.Task[None]] = set()
    every = await _messages_of_a_visit(session) / rate
    begun = time.perf_counter()
    number, counted = 0, False
    while (passed := time.perf_counter() - begun) < WARMING + seconds:
        if not counted and passed >= WARMING:
            counted, found.times = True, []
        if passed >= number * every:
            number += 1
            visits.add(asyncio.create_task(_come(session, found, random.Random(draws.random()))))
        await asyncio.sleep(0.005)
    for each in visits:
        each.cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    return found


async def _messages_of_a_visit(session: aiohttp.ClientSession) -> float:
    """Return how many messages a citizen sends, on average."""
    one, other = await Citizen.arrive(session), await Citizen.arrive(session)
    await find_out(one, random.Random(1))
    await file(other)
    return one.answers + FILE * other.answers


async def _come(session: aiohttp.ClientSession, rush: Rush, draw: random.Random) -> None:
    rush.came += 1
    try:
        opened = await _enter(session, rush)
        rush.entered += 1
        await visit(Thoughtful(session, opened).noted_in(rush, draw), draw)
    except FAILURES:
        rush.failed += 1


async def _enter(session: aiohttp.ClientSession, rush: Rush) -> dict[str, Any]:
    """Open a conversation, waiting as one is told to."""
    came, ticket = time.perf_counter(), ""
    while True:
        body = {"language": "fr"} | ({"ticket": ticket} if ticket else {})
        async with session.post("/api/conversations", json=body) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            if response.status == 201:
                if ticket:
                    rush.waits.append(time.perf_counter() - came)
                return answer
            assert response.status == 503, answer
            rush.told[f"{response.status} {answer['code']}"] += 1
            rush.waited += not ticket
            ticket = answer.get("ticket", ticket)
            wait = float(response.headers["Retry-After"])
        await asyncio.sleep(wait)


async def rushes(measure: Callable[[float], Awaitable[Rush]], best: float) -> None:
    """Tell what a rush gives at the highest rate that holds, and at three times that rate."""
    for times in (1, 3):
        found = await measure(times * best)
        print(f"  newcomers at {times} x {best:.0f} messages/s: {found.said()}", flush=True)
