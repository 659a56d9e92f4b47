"""How much the service holds: the highest rate at which 95 answers in 100 come within 200 ms, and where the time goes.

Citizens come with the real calls and the real mix: they find out, one visit in three files a request, says how it went
and asks where it is. Each message has its time to be sent, at an even rate, whether or not the answers before it have
come: an answer is timed from that moment, so that a service that stalls is not spared the messages it kept waiting.
Beside them, other citizens only listen: their event streams stay open all along. The rate is doubled until the answers
are too slow, and then the limit is looked for between the last two.

Clients, service and database share the machine; the processor's time of each is told. `--messages` and `--swaps` watch
the memory of the service instead, over many messages and over models put in service one after the other.
"""

import argparse
import asyncio
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import aiohttp
from rich import box
from rich.console import Console
from rich.table import Table

from bot.learning.models import current_model
from bot.settings import Settings
from tests import conftest
from tests.citizen import Citizen
from tests.journeys.player import file_request
from tests.service import ROOT, Service

from . import peer
from .measure import pss_mb

LIMIT_MS = 200.0
FIRST_RATE = 10.0
CITIZENS = 150
"""Citizens who talk at the same time; each does one thing after another."""
QUESTIONS = (
    "combien coûte un passeport pour un adulte ?",
    "et pour mon fils de 8 ans ?",
    "quels papiers pour refaire ma carte d'identité ?",
    "où déclarer la naissance de mon bébé ?",
    "combien de temps pour un permis de conduire ?",
    "merci",
)
PEER = peer.FOLDER / "plain-rasa"
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Step:
    """What one rate gave."""

    rate: float
    reached: float
    median_ms: float
    p95_ms: float
    failed: int
    # Milliseconds of the processor a message, by process.
    cost: dict[str, float]

    @property
    def holds(self) -> bool:
        """Whether the answers were quick enough, and all were there."""
        return self.p95_ms <= LIMIT_MS and self.reached >= 0.95 * self.rate and not self.failed


class Paced(Citizen):
    """A citizen who sends each message when its time has come."""

    pace: "Pace"

    async def post(self, body: Any, **more: Any) -> tuple[int, Any]:
        due = await self.pace.due()
        try:
            return await super().post(body, **more)
        finally:
            self.pace.answered(due)


class Pace:
    """Gives each message its time, and times its answer."""

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


async def _visits(session: aiohttp.ClientSession, pace: Pace, draw: random.Random) -> None:
    """Be one citizen after another, for ever."""
    while True:
        try:
            citizen = await Paced.arrive(session)
            citizen.pace = pace  # type: ignore[attr-defined]
            for words in draw.sample(QUESTIONS, 3):
                await citizen.say(words)
            if draw.random() < 1 / 3:
                await file_request(citizen, "Acte de naissance", "Confirmer")
                await citizen.press("🙂")
                await citizen.say("où en est ma demande ?")
        except (AssertionError, aiohttp.ClientError, TimeoutError, StopIteration):
            pace.failed += 1
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _listening(session: aiohttp.ClientSession, count: int) -> AsyncIterator[None]:
    """Keep so many event streams open."""
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


def _processor(pid: int) -> float:
    """Return the seconds of the processor that a process has taken."""
    fields_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields_[11]) + int(fields_[12])) / os.sysconf("SC_CLK_TCK")


def _postgresql() -> float:
    """Return the seconds of the processor that all processes of a PostgreSQL server have taken."""
    taken = 0.0
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "comm").read_text().strip() == "postgres":
                taken += _processor(int(entry.name))
    return taken


def _taken(parts: dict[str, int], database: str) -> dict[str, float]:
    taken = {name: _processor(pid) for name, pid in parts.items()}
    taken["clients"] = _processor(os.getpid())
    return taken | ({"postgresql": _postgresql()} if database == "postgresql" else {})


async def _step(rate: float, seconds: float, pace: Pace, taken: Callable[[], dict[str, float]]) -> Step:
    pace.times.clear()
    pace.failed = 0
    before, begun = taken(), time.perf_counter()
    await pace.keep(rate, seconds)
    passed = time.perf_counter() - begun
    after, times = taken(), sorted(pace.times) or [float("inf")]
    cost = {name: 1000 * (after[name] - before[name]) / len(times) for name in after}
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    return Step(rate, len(times) / max(seconds, passed), statistics.median(times), p95, pace.failed, cost)


async def _highest(measure: Callable[[float], Awaitable[Step]], say: Callable[[str], None]) -> Step:
    """Return the highest rate that holds, within a tenth or so."""

    async def look(rate: float) -> Step:
        step = await measure(rate)
        say(f"  {rate:6.1f}/s: p95 {step.p95_ms:7.0f} ms, median {step.median_ms:5.0f} ms, {step.failed} failed")
        return step

    best, rate = await look(FIRST_RATE), FIRST_RATE
    if not best.holds:
        return best
    while (step := await look(rate * 2)).holds:
        best, rate = step, rate * 2
    low, high = rate, rate * 2
    for _ in range(3):
        middle = (low + high) / 2
        step = await look(middle)
        if step.holds:
            best, low = step, middle
        else:
            high = middle
    return best


@contextmanager
def _service(kind: str, engines: int) -> Iterator[Service]:
    """Run the service on a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings: dict[str, Any] = {"messages_a_minute": 10**6, "conversations_an_hour": 10**9, "codes_an_hour": 10**6}
        settings |= {"streams_an_address": 10**5, "streams": 10**5}
        if kind == "postgresql":
            server = conftest._connect()
            if server is None:
                raise SystemExit(f"no PostgreSQL at {conftest.POSTGRESQL}")
            settings["database_url"] = stack.enter_context(conftest.created(server))
        if engines > 1:
            settings["engines"] = engines
        service = Service(folder / "project", current_model(ROOT / "models"), **settings)
        stack.callback(service.stop)
        service.start()
        yield service


async def _ours(kind: str, engines: int, streams: int, seconds: float, say: Callable[[str], None]) -> Step:
    with _service(kind, engines) as service:
        pace = Pace()
        timeout = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(service.url, timeout=timeout, connector=connector) as session,
            _listening(session, streams),
        ):
            say(f"  {streams} event streams are open")
            parts = service.parts()
            visitors = [asyncio.create_task(_visits(session, pace, random.Random(n))) for n in range(CITIZENS)]
            await pace.keep(FIRST_RATE, 3)
            best = await _highest(lambda rate: _step(rate, seconds, pace, lambda: _taken(parts, kind)), say)
            for each in visitors:
                each.cancel()
            await asyncio.gather(*visitors, return_exceptions=True)
        return best


async def _peers(environment: peer.PeerEnvironment, seconds: float, say: Callable[[str], None]) -> Step:
    """Measure plain Rasa with the questions only: it files nothing."""
    with tempfile.TemporaryDirectory() as folder:
        project = peer.project(sorted((ROOT / "data" / "nlu").glob("*.yml")), Path(folder) / "plain")
        say("  plain Rasa is being trained: some minutes")
        await asyncio.to_thread(peer.train, environment, project)
        async with peer.serve(environment, project, 5105) as served:
            pace = Pace()

            async def talk(number: int) -> None:
                draw, turn = random.Random(number), 0
                while True:
                    due = await pace.due()
                    try:
                        await served.talk(f"{number}-{turn // 10}", draw.choice(QUESTIONS))
                    except (peer.PeerError, aiohttp.ClientError, TimeoutError):
                        pace.failed += 1
                    pace.answered(due)
                    turn += 1

            talkers = [asyncio.create_task(talk(number)) for number in range(CITIZENS)]
            await pace.keep(FIRST_RATE, 3)
            parts = {"rasa": served.pid}
            best = await _highest(lambda rate: _step(rate, seconds, pace, lambda: _taken(parts, "")), say)
            for each in talkers:
                each.cancel()
            await asyncio.gather(*talkers, return_exceptions=True)
            return best


async def _memory(kind: str, messages: int, swaps: int, console: Console) -> None:
    """Tell the memory of the service along many messages, and along many models put in service."""
    with _service(kind, 1) as service:
        parts = service.parts()

        def told() -> str:
            return ", ".join(f"{name} {pss_mb(pid):.0f} MB" for name, pid in sorted(parts.items()))

        async with aiohttp.ClientSession(service.url, timeout=aiohttp.ClientTimeout(total=60)) as session:
            sent = 0

            async def talk(until: int, number: int) -> None:
                nonlocal sent
                draw = random.Random(number)
                while sent < until:
                    citizen = await Citizen.arrive(session)
                    for _ in range(10):
                        await citizen.say(draw.choice(QUESTIONS))
                        sent += 1

            for tenth in range(1, 11):
                if messages:
                    await asyncio.gather(*(talk(messages * tenth // 10, number) for number in range(8)))
                    console.print(f"{kind}, after {sent} messages: {told()}")
            url, token = service.engine()
            name = current_model(service.models).name
            for count in range(swaps):
                headers = {"Authorization": f"Bearer {token}"}
                async with session.post(f"{url}/model", json={"file": name}, headers=headers) as response:
                    assert response.status == 200, await response.text()
                citizen = await Citizen.arrive(session)
                await citizen.say(QUESTIONS[0])
                if (count + 1) % max(1, swaps // 10) == 0:
                    console.print(f"{kind}, after {count + 1} models: {told()}")


def _show(console: Console, rows: list[tuple[str, Step]]) -> None:
    table = Table(box=box.SIMPLE, title=f"The highest rate with 95 answers in 100 within {LIMIT_MS:.0f} ms")
    for heading in ("what", "messages/s", "median ms", "p95 ms", "a core busy", "where the time goes, ms a message"):
        table.add_column(heading)
    for what, step in rows:
        own = {name: cost for name, cost in step.cost.items() if name != "clients"}
        a_core = 1000 / sum(own.values()) if sum(own.values()) else 0
        where = ", ".join(f"{name} {cost:.1f}" for name, cost in sorted(step.cost.items()))
        rate = f"{step.rate:.0f}" if step.holds else f"under {step.rate:.0f}"
        table.add_row(what, rate, f"{step.median_ms:.0f}", f"{step.p95_ms:.0f}", f"{a_core:.0f}/s", where)
    console.print(table)


async def _run(options: argparse.Namespace, console: Console) -> None:
    if options.messages or options.swaps:
        for kind in options.database:
            await _memory(kind, options.messages, options.swaps, console)
        return
    several = any(each.name == "engines" for each in fields(Settings))
    rows: list[tuple[str, Step]] = []
    for kind in options.database:
        for engines in options.engines:
            if engines > 1 and not several:
                console.print(f"{engines} engines: this version has no GUICHET_ENGINES; not measured.")
                continue
            what = f"{kind}, {engines} engine{'s' if engines > 1 else ''}, {options.streams} streams"
            console.print(what)
            try:
                rows.append((what, await _ours(kind, engines, options.streams, options.seconds, console.print)))
            except (AssertionError, aiohttp.ClientError, TimeoutError) as error:
                console.print(f"  not measured: {error}")
    if options.peer and PEER.exists():
        console.print("plain Rasa, questions only, no streams")
        found = peer.install()
        if isinstance(found, peer.PeerEnvironment):
            rows.append(("plain Rasa", await _peers(found, options.seconds, console.print)))
    else:
        console.print(f"plain Rasa: no {PEER} (`make bench` makes it); not measured.")
    _show(console, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--engines", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--streams", type=int, default=2000, help="event streams that stay open")
    parser.add_argument("--seconds", type=float, default=10, help="length of each step")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--messages", type=int, default=0, help="watch the memory over so many messages (200000)")
    parser.add_argument("--swaps", type=int, default=0, help="watch the memory over so many models (100)")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_run(options, Console(width=150)))


if __name__ == "__main__":
    main()
