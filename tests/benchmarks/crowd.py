"""Citizens who come to the counter: what they do there, at whose pace, and those who only listen."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from tests.citizen import Citizen
from tests.journeys.player import file_request

QUESTIONS = (
    "combien coûte un passeport pour un adulte ?",
    "et pour mon fils de 8 ans ?",
    "quels papiers pour refaire ma carte d'identité ?",
    "où déclarer la naissance de mon bébé ?",
    "combien de temps pour un permis de conduire ?",
    "merci",
)
FILE = 1 / 3
"""Part of the visits in which a request is filed."""
FAILURES = (AssertionError, aiohttp.ClientError, TimeoutError, StopIteration)
"""What a citizen meets when the service does not do what it promises."""


async def visit(citizen: Citizen, draw: random.Random) -> None:
    """Be one citizen: they find out, and one in three files a request, says how it went and asks where it is."""
    await find_out(citizen, draw)
    if draw.random() < FILE:
        await file(citizen)


async def find_out(citizen: Citizen, draw: random.Random) -> None:
    """Ask three questions."""
    for words in draw.sample(QUESTIONS, 3):
        await citizen.say(words)


async def file(citizen: Citizen) -> None:
    """File a request, say how it went, and ask where it is."""
    await file_request(citizen, "Acte de naissance", "Confirmer")
    await citizen.press("🙂")
    await citizen.say("où en est ma demande ?")


class Pace:
    """Gives each message its time to be sent, and times its answer from then.

    Attributes:
        times: milliseconds of each answer.
        failed: what was not answered as it should.
    """

    def __init__(self) -> None:
        self._due: asyncio.Queue[float] = asyncio.Queue()
        self.times: list[float] = []
        self.failed = 0

    async def due(self) -> float:
        """Return the time at which the next message is due, once it is due."""
        return await self._due.get()

    def answered(self, due: float) -> None:
        """Note that the message that was due then is answered."""
        self.times.append((time.perf_counter() - due) * 1000)

    async def keep(self, rate: float, seconds: float) -> None:
        """Give so many messages a second their time."""
        begun, given = time.perf_counter(), 0
        self.times.clear()
        self.failed = 0
        while (now := time.perf_counter()) - begun < seconds:
            while given < (now - begun) * rate:
                self._due.put_nowait(begun + given / rate)
                given += 1
            await asyncio.sleep(0.002)
        # What is late is waited for, for a while.
        with suppress(TimeoutError):
            async with asyncio.timeout(10):
                while len(self.times) < given:  # noqa: ASYNC110 - answers come by themselves
                    await asyncio.sleep(0.01)
        while not self._due.empty():
            self._due.get_nowait()


class Paced(Citizen):
    """A citizen who sends each message when its time has come."""

    pace: Pace

    async def post(self, body: Any, **more: Any) -> tuple[int, Any]:
        due = await self.pace.due()
        try:
            return await super().post(body, **more)
        finally:
            self.pace.answered(due)


async def keep_coming(session: aiohttp.ClientSession, pace: Pace, draw: random.Random) -> None:
    """Be one citizen after another, for ever, each message at its pace."""
    while True:
        try:
            citizen = await Paced.arrive(session)
            assert isinstance(citizen, Paced)
            citizen.pace = pace
            await visit(citizen, draw)
        except FAILURES:
            pace.failed += 1
            await asyncio.sleep(0.1)


@asynccontextmanager
async def listening(session: aiohttp.ClientSession, count: int) -> AsyncIterator[None]:
    """Keep so many event streams open, each of a citizen of its own."""
    writers: list[asyncio.StreamWriter] = []
    url = session._base_url
    assert url is not None

    async def listen() -> None:
        citizen = await Citizen.arrive(session)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        head = f"GET /api/conversations/{citizen.id}/events HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n"
        writer.write(f"{head}Authorization: Bearer {citizen.token}\r\n\r\n".encode())
        answer = await reader.readline()
        assert answer.startswith(b"HTTP/1.1 200"), f"a stream was refused: {answer!r}"
        writers.append(writer)

    for begun in range(0, count, 50):
        await asyncio.gather(*(listen() for _ in range(min(50, count - begun))))
    yield
    for writer in writers:
        writer.close()
