"""The inbox of requests over half a million of them: how long its lists, its counts and the same contact take.

    python -m tests.benchmarks.inbox [--requests N] [--rounds N] [--only sqlite|postgresql]

The databases are made for the run and dropped after it. One request in 150 is open. Printed: median and longest, in
milliseconds, after one round that is not counted.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import insert, text

from bot.catalogue.load import load_catalogue
from bot.db import Database, now
from bot.migrations import upgrade
from bot.privacy.encryption import Cipher
from bot.requests.listing import OPEN, Filter, Order, count_open, list_requests
from bot.requests.model import State
from bot.requests.same_contact import SameContact
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from tests.conftest import ROOT, _connect, created

OWN = ("birth-certificate", "school-canteen")
SERVICES = (*OWN, "street-problem", "nursery")
OPEN_ONE_IN = 150
BATCH = 5000


def rows(count: int, answers: bytes, same: Callable[[int], str]) -> Iterator[dict[str, Any]]:
    """Yield the requests of 400 days; those of the last 25 days may still be open."""
    draw, at = random.Random(1), now()
    for number in range(count):
        waits = number % OPEN_ONE_IN == 0
        filed = at - timedelta(days=draw.random() * (25 if waits else 400))
        yield {
            "id": f"{number:024d}", "reference": f"GU-{number:08d}", "service": draw.choice(SERVICES),
            "state": draw.choice(OPEN) if waits else State.ACCEPTED, "language": "fr", "answers": answers,
            "code_hash": "0" * 64, "wrong_codes": 0, "created_at": filed, "updated_at": filed, "filed_at": filed,
            "due_at": filed + timedelta(days=20), "same_email": same(number), "same_phone": "",
        }  # fmt: skip


async def measure(url: str, count: int, rounds: int) -> None:
    """Fill a database, measure and print."""
    database, cipher = Database(url), Cipher(Fernet.generate_key().decode())
    await upgrade(database)
    answers = cipher.encrypt({"email": "anna@exemple.fr"})
    contacts = SameContact(database, cipher, load_catalogue(ROOT / "data"))
    found = list(rows(count, answers, lambda number: str(number % (count // 2)).zfill(40)))
    for first in range(0, count, BATCH):
        async with database.writing() as session:
            await session.execute(insert(RequestRow), found[first : first + BATCH])
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))
    one = await RequestStore(database, cipher).get(f"{1:024d}")
    at = now()
    lists: dict[str, tuple[Filter, Order]] = {
        "to process, due first": (Filter(OPEN, OWN), Order.DUE),
        "late": (Filter(OPEN, OWN, due_before=at), Order.DUE),
        "older than 20 days": (Filter(OPEN, OWN, filed_before=at - timedelta(days=20)), Order.DUE),
        "unread": (Filter(OPEN, OWN, unread=True), Order.DUE),
        "all, newest": (Filter((), OWN), Order.NEWEST),
        "accepted, newest": (Filter((State.ACCEPTED,), OWN), Order.NEWEST),
    }
    works: dict[str, Callable[[], Awaitable[object]]] = {
        name: (lambda wanted=wanted, order=order: list_requests(database, wanted, order=order))
        for name, (wanted, order) in lists.items()
    }
    works["counts"] = lambda: count_open(database, OWN)
    works["same contact"] = lambda: contacts.with_same(one)
    for name, work in works.items():
        times = []
        for _ in range(rounds + 1):
            began = perf_counter()
            await work()
            times.append((perf_counter() - began) * 1000)
        print(f"{name:<24} median {statistics.median(times[1:]):8.1f} ms  longest {max(times[1:]):8.1f} ms", flush=True)
    await database.close()


def main() -> None:
    """Measure on each kind of server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args()
    if asked.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            print(f"SQLite, {asked.requests:,} requests")
            asyncio.run(measure(f"sqlite+aiosqlite:///{Path(folder) / 'inbox.db'}", asked.requests, asked.rounds))
    server = _connect() if asked.only != "sqlite" else None
    if server is not None:
        with created(server) as url:
            print(f"PostgreSQL, {asked.requests:,} requests")
            asyncio.run(measure(url, asked.requests, asked.rounds))


if __name__ == "__main__":
    main()
