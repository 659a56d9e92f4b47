"""How much the service holds: the highest rate at which 95 answers in 100 come within 200 ms, and where the time goes.

Citizens come with the real calls and the real mix (crowd.py). Each message has its time to be sent, at an even rate,
whether or not the answers before it have come: an answer is timed from that moment, so that a service that stalls is
not spared the messages it kept waiting. Beside them, other citizens only listen: their streams stay open all along.
What the processors have to do at a low rate tells where to look for the highest one (rates.py). With the first number
of engines, citizens then come at that rate and at three times it to a service that lets newcomers wait (rush.py).

Plain Rasa has the questions only, trained on ten examples an intent, without a gateway, streams, log or database. Its
environment and its model are made once, in `--peer-folder` (some minutes each); `--prepare` makes them and measures
nothing. Clients, service and database share the machine; the processor's time of each is told. The table is printed
anew as soon as it has another row: a run that is cut short has told what it knew.
"""

import argparse
import asyncio
import random
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from rich import box
from rich.console import Console
from rich.table import Table

from bot.learning.models import current_model
from bot.supervisor import free_port
from tests import conftest
from tests.service import ROOT, Service

from . import peer
from .crowd import FAILURES, QUESTIONS, Pace, keep_coming, listening
from .intents_peer import sample_of, write_nlu
from .rates import FIRST, LIMIT_MS, Step, highest, processors_of, step
from .rush import Rush, rush, rushes

CITIZENS = 150
"""Citizens who talk at the same time; each does one thing after another."""
KINDS = ("sqlite", "postgresql")
UNLIMITED = {
    **{"messages_a_minute": 10**6, "conversations_an_hour": 10**9, "codes_an_hour": 10**6},
    **{"streams_an_address": 10**5, "streams": 10**5},
}
SETTLES = 3.0
"""Seconds at the first rate before anything is timed."""


@asynccontextmanager
async def _serving(kind: str, engines: int, **settings: Any) -> AsyncIterator[tuple[Service, aiohttp.ClientSession]]:
    """Run the service on a database of its own, and speak to it."""
    timeout, connector = aiohttp.ClientTimeout(total=60), aiohttp.TCPConnector(limit=0)
    with _service(kind, engines=engines, **UNLIMITED, **settings) as service:
        await asyncio.to_thread(service.start)
        async with aiohttp.ClientSession(service.url, timeout=timeout, connector=connector) as session:
            yield service, session


@contextmanager
def _service(kind: str, **settings: Any) -> Iterator[Service]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if kind == "postgresql":
            server = conftest._connect()
            if server is None:
                raise SystemExit(f"no PostgreSQL at {conftest.POSTGRESQL}")
            settings["database_url"] = stack.enter_context(conftest.created(server))
        service = Service(folder / "project", current_model(ROOT / "models"), **settings)
        stack.callback(service.stop)
        yield service


async def _ours(kind: str, engines: int, options: argparse.Namespace) -> Step:
    async with _serving(kind, engines) as (service, session), listening(session, options.streams):
        print(f"  {options.streams} event streams are open", flush=True)
        processors = processors_of(service.parts(), postgresql=kind == "postgresql")
        pace = Pace()
        coming = [asyncio.create_task(keep_coming(session, pace, random.Random(n))) for n in range(CITIZENS)]
        await pace.keep(FIRST, SETTLES)
        best = await highest(lambda rate: step(pace, rate, options.seconds, processors))
        for each in coming:
            each.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        return best


async def _rushes(kind: str, engines: int, best: float, options: argparse.Namespace) -> None:
    """Let citizens come at the highest rate and at three times that rate, each time to a new service."""

    async def at(rate: float) -> Rush:
        async with _serving(kind, engines, busy_milliseconds=int(LIMIT_MS)) as (_, session):
            return await rush(session, rate, options.rush)

    await rushes(at, best)


def _plain_rasa(options: argparse.Namespace) -> tuple[peer.PeerEnvironment, Path] | str:
    """Return the environment of plain Rasa and a project with a model, or why there is none."""
    environment = peer.install(options.peer_folder)
    if isinstance(environment, peer.Unavailable):
        return environment.reason
    project = (options.peer_folder / f"questions-{options.examples}").resolve()
    if not any((project / "models").glob("*.tar.gz")):
        print("  plain Rasa is being trained: some minutes", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            nlu = write_nlu(sample_of(options.examples), Path(folder) / "nlu.yml")
            peer.train(environment, peer.project([nlu], project))
    return environment, project


async def _peers(environment: peer.PeerEnvironment, project: Path, options: argparse.Namespace) -> Step:
    """Measure plain Rasa with the questions only: it files nothing."""
    async with peer.serve(environment, project, free_port("127.0.0.1")) as served:
        pace = Pace()

        async def talk(number: int) -> None:
            draw, turn = random.Random(number), 0
            while True:
                due = await pace.due()
                try:
                    await served.talk(f"{number}-{turn // 5}", draw.choice(QUESTIONS))
                except (peer.PeerError, *FAILURES):
                    pace.failed += 1
                pace.answered(due)
                turn += 1

        talkers = [asyncio.create_task(talk(number)) for number in range(CITIZENS)]
        await pace.keep(FIRST, SETTLES)
        processors = processors_of({"rasa": served.pid}, postgresql=False)
        best = await highest(lambda rate: step(pace, rate, options.seconds, processors))
        for each in talkers:
            each.cancel()
        await asyncio.gather(*talkers, return_exceptions=True)
        return best


def _show(rows: list[tuple[str, Step]]) -> None:
    table = Table(box=box.MARKDOWN, title=f"The highest rate with 95 answers in 100 within {LIMIT_MS:.0f} ms")
    for heading in ("what", "messages/s", "median ms", "p95 ms", "a core holds", "ms of the processor a message"):
        table.add_column(heading)
    for what, found in rows:
        where = ", ".join(f"{name} {cost:.1f}" for name, cost in sorted(found.cost.items()))
        rate = f"{found.rate:.0f}" if found.holds else f"under {found.rate:.0f}"
        table.add_row(what, rate, f"{found.median_ms:.0f}", f"{found.p95_ms:.0f}", f"{found.a_core:.0f}/s", where)
    Console(width=160, file=sys.stdout).print(table)
    sys.stdout.flush()


async def _run(options: argparse.Namespace) -> None:
    rows: list[tuple[str, Step]] = []
    for kind in options.database:
        for engines in options.engines:
            what = f"{kind}, {engines} engine{'s' if engines > 1 else ''}"
            print(what, flush=True)
            best = await _ours(kind, engines, options)
            rows.append((what, best))
            _show(rows)
            if options.rush and best.holds and engines == options.engines[0]:
                await _rushes(kind, engines, best.rate, options)
    if options.peer:
        found = await asyncio.to_thread(_plain_rasa, options)
        if isinstance(found, str):
            print(f"plain Rasa is not measured: {found}")
            return
        print("plain Rasa", flush=True)
        rows.append(("plain Rasa, questions only", await _peers(*found, options)))
        _show(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--engines", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--streams", type=int, default=2000, help="event streams that stay open")
    parser.add_argument("--seconds", type=float, default=10, help="length of each step")
    parser.add_argument("--rush", type=float, default=30, help="length of each rush in seconds; 0: none")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--peer-folder", type=Path, default=peer.FOLDER, help="where plain Rasa and its model are kept")
    parser.add_argument("--prepare", action="store_true", help="make plain Rasa and its model, and measure nothing")
    parser.add_argument("--examples", type=int, default=10, help="examples an intent that plain Rasa is trained on")
    options = parser.parse_args()
    if options.prepare:
        found = _plain_rasa(options)
        print(found if isinstance(found, str) else f"plain Rasa {peer.RASA} and its model are in {options.peer_folder}")
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(_run(options))


if __name__ == "__main__":
    main()
