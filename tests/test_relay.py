"""What one process tells, the others hear, also after the server was away."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from bot.db import Database
from bot.relay import ANYTHING, NEWS, WORK, Relay
from bot.web.hub import Hub
from bot.web.switchboard import DESK
from tests.durability.outage import cut

Heard = list[tuple[str, str]]


async def _until(heard: Heard, *notices: tuple[str, str]) -> None:
    async with asyncio.timeout(20):
        while not set(notices) <= set(heard):  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.01)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def two(postgresql_url: str) -> AsyncIterator[tuple[Relay, Heard, Relay, Heard]]:
    """Two processes that listen, and what they heard."""
    databases = [Database(postgresql_url) for _ in range(2)]
    heard: list[Heard] = [[], []]
    relays = [
        Relay(database, lambda kind, name, mine=mine: mine.append((kind, name)))
        for database, mine in zip(databases, heard, strict=True)
    ]
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    for mine in heard:
        await _until(mine, (ANYTHING, ""))
    yield relays[0], heard[0], relays[1], heard[1]
    await _end(tasks)
    for database in databases:
        await database.close()


async def test_the_others_hear_what_is_told_and_oneself_does_not(two: tuple[Relay, Heard, Relay, Heard]) -> None:
    one, heard_by_one, other, heard_by_other = two
    one.tell(NEWS, "c1")
    one.tell(NEWS, "c1")
    one.tell(WORK)
    other.tell(NEWS, "c2")
    await _until(heard_by_other, (NEWS, "c1"), (WORK, ""))
    await _until(heard_by_one, (NEWS, "c2"))
    assert heard_by_other == [(ANYTHING, ""), (NEWS, "c1"), (WORK, "")]
    assert heard_by_one == [(ANYTHING, ""), (NEWS, "c2")]


async def test_after_an_outage_everything_is_looked_at_and_what_was_told_meanwhile_is_heard(
    postgresql_url: str,
) -> None:
    heard: Heard = []
    with cut(postgresql_url) as outage:
        listening, telling = Database(outage.url), Database(postgresql_url)
        relays = Relay(listening, lambda kind, name: heard.append((kind, name))), Relay(telling)
        tasks = [asyncio.create_task(relay.run()) for relay in relays]
        await _until(heard, (ANYTHING, ""))
        outage.begin()
        heard.clear()
        outage.end()
        await _until(heard, (ANYTHING, ""))
        relays[1].tell(NEWS, "c1")
        await _until(heard, (NEWS, "c1"))
        await _end(tasks)
        await listening.close()
        await telling.close()


async def test_who_rings_at_one_gateway_wakes_the_streams_of_citizens_and_agents_at_the_other(
    postgresql_url: str,
) -> None:
    databases, hubs = [Database(postgresql_url) for _ in range(2)], [Hub(), Hub()]
    ready = [asyncio.Event(), asyncio.Event()]

    def hearing(hub: Hub, heard: asyncio.Event) -> Callable[[str, str], None]:
        return lambda kind, name: heard.set() if kind == ANYTHING else hub.wake(name)

    relays = [Relay(*each) for each in zip(databases, map(hearing, hubs, ready), strict=True)]
    tasks = [asyncio.create_task(relay.run()) for relay in relays]
    hubs[0].tell = lambda name: relays[0].tell(NEWS, name)
    async with asyncio.timeout(20):
        await asyncio.gather(*(each.wait() for each in ready))
        for name, other in ((DESK, "c1"), ("c1", DESK)):
            with hubs[1].listening(name) as woken, hubs[1].listening(other) as asleep:
                hubs[0].ring(name)
                await woken.wait()
                assert not asleep.is_set()
    await _end(tasks)
    for database in databases:
        await database.close()


async def test_on_sqlite_there_is_nobody_to_tell(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    relay = Relay(database, lambda kind, name: pytest.fail("heard something"))
    relay.tell(NEWS, "c1")
    await asyncio.wait_for(relay.run(), 5)
    await database.close()
