"""Whether the time of a refusal tells an unknown reference from a wrong code or a closed one.

    python -m tests.benchmarks.codes [DATABASE_URL]

Each kind of wrong pair is tried in turn, so that what else the machine does falls on all alike. Printed for each: the
median and the mean in milliseconds, and Welch's t between the kinds (below 2 in absolute value: no difference is seen).
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from cryptography.fernet import Fernet

from bot.db import Database
from bot.migrations import upgrade
from bot.privacy.encryption import Cipher
from bot.requests.store import WRONG_CODES_ALLOWED, RequestStore

ROUNDS = 150


async def measure(url: str) -> None:
    """Measure and print."""
    database = Database(url)
    await upgrade(database)
    store = RequestStore(database, Cipher(Fernet.generate_key().decode()))
    closed = (await store.start("birth-certificate", "fr", None)).reference
    for _ in range(WRONG_CODES_ALLOWED):
        await store.open_with_code(closed, "no code")
    times: dict[str, list[float]] = {"unknown": [], "wrong": [], "closed": []}
    for _ in range(ROUNDS):
        known = (await store.start("birth-certificate", "fr", None)).reference
        for kind, reference in (("unknown", "GU-2345-6789"), ("wrong", known), ("closed", closed)):
            began = perf_counter()
            assert await store.open_with_code(reference, "no code") is None
            times[kind].append((perf_counter() - began) * 1000)
    await database.close()
    for kind, taken in times.items():
        print(f"{kind:<8} median {statistics.median(taken):7.3f} ms  mean {statistics.fmean(taken):7.3f} ms")
    for first, second in (("unknown", "wrong"), ("unknown", "closed"), ("wrong", "closed")):
        print(f"{first} / {second}: t = {_welch(times[first], times[second]):.2f}")


def _welch(first: list[float], second: list[float]) -> float:
    spread = statistics.variance(first) / len(first) + statistics.variance(second) / len(second)
    return (statistics.fmean(first) - statistics.fmean(second)) / spread**0.5


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else f"sqlite+aiosqlite:///{Path(folder) / 'codes.db'}"))
