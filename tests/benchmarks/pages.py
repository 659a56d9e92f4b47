"""Every page of the console over a million turns, through HTTP, as an admin and as an agent of two offices.

    python -m tests.benchmarks.pages [--turns N] [--rounds N] [--only sqlite|postgresql] [--folder F]

The databases are made for the run, with all that `desk.py` puts beside the log, and dropped after it. The gateway is a
process of its own, without the jobs that come back. Times are of the whole answer, one after the other.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp

from bot.cli import main as command
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.supervisor import free_port
from bot.web import jobs
from tests.conftest import ROOT
from tests.console.colleague import Colleague, Shown
from tests.service import environment, wait_for

from .desk import ADMIN, AGENT, PASSWORD, fill_desk, last_conversation
from .queries import databases, p95

SERVICES = ("birth-certificate", "school-canteen")
"""Of the agent's offices."""
Answer = TypeVar("Answer")
FILTERS = (
    "since=2026-01-05&until=2026-02-05", "moment=submission", "service=birth-certificate", "service=passport",
    "intent=ask_price", "confidence=low", "confidence=middle", "confidence=high", "fallback=1", "score=bad",
    "resolved=yes", "resolved=no", "language=en", "handoff=1", "turns=short", "turns=long", "review=none",
    "review=reviewed", "tag=x", "annotation=anomaly", "text=carte+grise", "text=passeport", "text=zygomatique",
    "text=merci&service=school-canteen", "confidence=low&language=en&turns=long",
    "model=guichet-20250620-080000.tar.gz",
)  # fmt: skip
"""Each field of the filter of conversations, and some together."""
PAGES = (
    "/console", "/console/waiting", "/console/account", "/console/samples", "/console/undelivered",
    "/console/requests", "/console/requests?state=all", "/console/requests?deadline=late", "/console/requests?unread=1",
    "/console/requests?age=month", "/console/requests?state=accepted&service=birth-certificate", "/console/inbox",
    "/console/inbox/topics", "/admin/models", "/admin/accounts", "/admin/audit", "/admin/audit?account=lea",
    "/admin/audit?account=nobody", "/console/satisfaction",
)  # fmt: skip


def pages(conversation: str, references: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the pages by the name under which they are told: each with the addresses that are visited in turn."""
    for each in PAGES:
        yield each, [each]
    yield "/console/transcripts", ["/console/transcripts"]
    for each in FILTERS:
        yield f"/console/transcripts?{each}", [f"/console/transcripts?{each}"]
    yield "a transcript", [f"/console/transcripts/{conversation}"]
    yield "a request", [f"/console/requests/{each}" for each in references]
    yield "a citizen: what for", [f"/console/requests/{each}/citizen" for each in references]


async def visit(url: str, name: str, conversation: str, references: list[str], rounds: int) -> dict[str, list[float]]:
    """Open every page so many times, with the second page of each list; return the times by page."""
    colleague, times = Colleague(url), {}
    await colleague.sign_in(name, PASSWORD)
    for page, addresses in pages(conversation, references):
        times[page] = found = []
        for number in range(rounds + 1):
            shown = await _timed(colleague, addresses[number % len(addresses)], found if number else [])
            # From a list one goes to its next page, and to one of its lines with what is before and after it.
            for kind in ('rel="next" href="([^"]+)"', 'href="(/console/transcripts/[^"]+list=1)"'):
                if (way := re.search(kind, shown.text)) and "/console/transcripts" in way[1]:
                    await _timed(colleague, way[1].replace("&amp;", "&"), found if number else [])
        if shown.status != 200:  # not this visitor's: what is left is what they may open
            del times[page]
    await colleague.close()
    return times


async def _timed(colleague: Colleague, address: str, times: list[float]) -> Shown:
    began = time.perf_counter()
    shown = await colleague.open(address)
    times.append((time.perf_counter() - began) * 1000)
    return shown


def report(kind: str, name: str, times: dict[str, list[float]]) -> None:
    """Print the times of one visitor, the slowest pages first."""
    print(f"\n{kind}, {name:42}{'median':>9}{'95 %':>9}{'worst':>9}   ms")
    for page, each in sorted(times.items(), key=lambda item: -p95(item[1])):
        print(f"{page[:58]:58}{statistics.median(each):9.1f}{p95(each):9.1f}{max(each):9.1f}")
    every = [one for each in times.values() for one in each]
    whole = f"all {len(times)} pages, {len(every)} visits"
    print(f"{whole:58}{statistics.median(every):9.1f}{p95(every):9.1f}{max(every):9.1f}")
    slow = [page for page, each in times.items() if p95(each) > 200]
    print(f"pages above 200 ms (95 %): {', '.join(slow) or 'none'}", flush=True)


def measure(kind: str, url: str, folder: Path, rounds: int, references: list[str]) -> None:
    """Start the gateway, visit, print."""
    conversation = asyncio.run(_with(url, lambda database: last_conversation(database, SERVICES)))
    port = free_port("127.0.0.1")
    settings = environment(data_dir=folder, database_url=url, port=port, sign_ins_a_minute=1000)
    with (folder / "gateway.log").open("wb") as log:
        serving = [sys.executable, "-m", "tests.benchmarks.pages", "--serve"]
        gateway = subprocess.Popen(serving, cwd=ROOT, env=settings, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(address), 60)
        for name in (ADMIN, AGENT):
            report(kind, name, asyncio.run(visit(address, name, conversation, references, rounds)))
    finally:
        gateway.terminate()
        gateway.wait(30)


async def _with(url: str, work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    database = Database(url)
    try:
        return await work(database)
    finally:
        await database.close()


def _answers(address: str) -> bool:
    async def ask() -> bool:
        async with aiohttp.ClientSession() as client, client.get(f"{address}/health") as response:
            return response.status < 500

    try:
        return asyncio.run(ask())
    except aiohttp.ClientError:
        return False


def main() -> None:
    """Make the databases, visit, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument(
        "--folder", type=Path, help="where the SQLite file is made and kept; a temporary one if left out"
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        jobs._jobs = lambda app: []  # a harvest of a million turns beside it is no page
        command(["gateway"])
        return
    with tempfile.TemporaryDirectory() as temporary:
        for kind, url in databases(options.folder or Path(temporary), options.turns, options.only):
            cipher = Cipher(read_keys("", Path(temporary)))
            references = asyncio.run(_with(url, partial(fill_desk, cipher=cipher)))
            measure(kind, url, Path(temporary), options.rounds, references)


if __name__ == "__main__":
    main()
