"""Filling the inbox: how long a harvest of a whole log takes, the next one, and the pages that labellers wait for.

    python -m tests.benchmarks.harvest [--turns N]

The log is that of `million.py`. It has few near-duplicates, so that groups are many: the worst case. Memory is the most
that the process had; the log is made by another one.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from multiprocessing import Process
from pathlib import Path

from sqlalchemy import func, select

from bot.db import Database
from bot.learning.closest import read_examples
from bot.learning.harvest import Harvest
from bot.learning.inbox import Inbox
from bot.learning.inbox_labelling import Labelling
from bot.learning.inbox_model import Answer, Decision
from bot.learning.inbox_tables import GroupRow
from bot.migrations import upgrade
from bot.requests.masked import masked
from tests.conftest import ROOT

from .million import fill_sqlite


async def measure(path: Path) -> None:
    """Harvest, harvest again, label, and print what each took."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    harvest = Harvest(
        database, masked, lambda: read_examples(ROOT / "data" / "nlu", ROOT / "data" / "nlu" / "learned.yml")
    )
    inbox, labelling = Inbox(database), Labelling(database, masked)
    held: list[float] = []
    watch = asyncio.create_task(_watch(held))
    begun, worked = time.perf_counter(), time.process_time()
    brought = await harvest.run()
    took, processor = time.perf_counter() - begun, time.process_time() - worked
    watch.cancel()
    print(f"first harvest: {took:.1f} s ({processor:.1f} s of processor)")
    print(f"    {brought.conversations} conversations, {brought.messages} messages, {brought.groups} groups")
    print(f"longest work between two turns of the loop: {max(held) * 1000:.0f} ms of processor")
    begun = time.perf_counter()
    await harvest.run()
    print(f"second harvest, with nothing new: {(time.perf_counter() - begun) * 1000:.0f} ms")
    async with database.reading() as session:
        left = await session.scalar(select(func.count()).select_from(GroupRow))
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        item = await inbox.next("tess", None)
        assert item is not None
        await inbox.waiting("tess", None, item.messages[0].at)
        await labelling.label(item.id, Answer(Decision.INTENT, "ask_price"), "tess")
        times.append((time.perf_counter() - begun) * 1000)
    print(
        f"next item, counts and label among {left} groups: median {sorted(times)[15]:.1f} ms, worst {max(times):.1f} ms"
    )
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
    await database.close()


async def _watch(held: list[float]) -> None:
    """Note what the thread of the loop worked between two looks: who writes to the gateway waits as long."""
    before = time.thread_time()
    while True:
        await asyncio.sleep(0.002)
        held.append(time.thread_time() - before)
        before = time.thread_time()


async def _migrate(path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    await database.close()


def main() -> None:
    """Make the log, harvest it, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "guichet.db"
        asyncio.run(_migrate(path))
        making = Process(target=fill_sqlite, args=(path, ROOT, options.turns))
        making.start()
        making.join()
        asyncio.run(measure(path))


if __name__ == "__main__":
    main()
