"""What it costs to write an answer with its facts, and to compute the indices of a million facts.

    python -m tests.benchmarks.facts [--facts N] [--only sqlite|postgresql]

Each answer is one transaction, as the engine writes it: a face with its row and its fact, then a further answer. The
facts before them are made up. The time of our processor is told beside that of the clock: on SQLite it is the one to
read on a machine that does other work; on PostgreSQL it leaves out what the server does.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from sqlalchemy import insert, text

from bot.conversations.model import Moment
from bot.db import Database, now
from bot.migrations import upgrade
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.indices import report
from bot.satisfaction.indices_store import By, Filter, IndexStore
from bot.satisfaction.model import Face
from bot.satisfaction.questionnaire import questions
from bot.satisfaction.store import FeedbackStore, Subject
from tests.conftest import _connect, created

ANSWERS = 1000
YES_NO = ("resolved", "help_tried", "abandonment", "late", "resolved_without_recontact")
KINDS = (
    ("satisfaction", "0-10", (0, 5, 10)),
    ("clarity", "1-5", (1, 2, 3, 4, 5)),
    ("asked", "count", (1,)),
    ("turns", "count", (1, 2, 3, 4, 5, 6)),
    ("fallback", "count", (0, 1, 2)),
    ("time_to_answer", "seconds", (0.01, 0.02)),
    *((name, "yes-no", (0, 1)) for name in YES_NO),
)


async def fill(database: Database, count: int) -> None:
    """Write made-up facts of a year."""
    draw, start = random.Random(1), now() - timedelta(days=365)
    for begin in range(0, count, 20_000):
        rows = []
        for place in range(begin, min(begin + 20_000, count)):
            dimension, scale, values = draw.choice(KINDS)
            rows.append(
                {
                    "at": start + timedelta(days=365) * (place / count), "kind": "signal", "side": "citizen",
                    "moment": draw.choice(list(Moment)), "service": f"service-{draw.randrange(74)}",
                    "administration": f"office-{draw.randrange(35)}", "channel": "widget", "language": "fr",
                    "dimension": dimension, "value": float(draw.choice(values)), "scale": scale,
                    "conversation_id": f"c{place // 8}", "request_id": None, "model": "m", "demo": False,
                }
            )  # fmt: skip
        async with database.writing() as session:
            await session.execute(insert(FactRow), rows)


async def bench(url: str, count: int) -> None:
    """Measure and print."""
    database = Database(url)
    try:
        await upgrade(database)
        await fill(database, count)
        async with database.writing() as session:
            await session.execute(text("ANALYZE"))  # as the purge does every day, and PostgreSQL by itself
        print(f"{database.engine.dialect.name}:", flush=True)
        store, indices = FeedbackStore(database), IndexStore(database)
        faces, answers = [], []
        for number in range(ANSWERS):
            subject = Subject(f"c{number % 100_000}-new", Moment.USE, "service-1", language="fr", model="m")
            question = questions(subject.conversation_id or "", subject.moment)[0]
            faces.append(await _timed(store.rate(subject, Face.GOOD)))
            answers.append(await _timed(store.answer(subject, question, question.choices[3])))
        _say(f"a face, over {count:,} facts", faces)
        _say(f"a further answer, over {count:,} facts", answers)
        year, month = Filter(since=now() - timedelta(days=400)), Filter(since=now() - timedelta(days=30))
        for name, which, by in (
            ("indices of a year", year, None),
            ("indices of a month", month, None),
            ("indices of a month by service", month, By.SERVICE),
        ):
            _say(name, [await _timed(_compute(indices, which, by)) for _ in range(10)])
    finally:
        await database.close()


async def _compute(indices: IndexStore, which: Filter, by: By | None) -> None:
    for tally in (await indices.tallies(which, by)).values():
        report(tally)


async def _timed(work: Awaitable[object]) -> tuple[float, float]:
    """Return the seconds of the clock and of the processor."""
    began, used = perf_counter(), process_time()
    await work
    return perf_counter() - began, process_time() - used


def _say(what: str, seconds: list[tuple[float, float]]) -> None:
    (median, used), (slow, _) = np.percentile(np.array(seconds) * 1000, (50, 95), axis=0)
    print(f"{what}: median {median:.2f} ms, 95th percentile {slow:.2f} ms, processor {used:.2f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(bench(f"sqlite+aiosqlite:///{Path(folder) / 'facts.db'}", options.facts))
    server = _connect() if options.only != "sqlite" else None
    if server is not None:
        with created(server) as address:
            asyncio.run(bench(address, options.facts))
