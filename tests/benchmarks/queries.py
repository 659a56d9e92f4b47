"""Reading a log of a million turns: how long each way to look for a conversation takes, on SQLite and on PostgreSQL.

    python -m tests.benchmarks.queries [--turns N] [--rounds N] [--folder F]

The databases are made for the run and dropped after it. Each question is asked with several values, for the first page
and for the third, through `Transcripts` as the console asks; all times are of the whole call, in milliseconds.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bot.conversations.model import Moment
from bot.conversations.review_queries import about, about_both, not_reviewed
from bot.conversations.transcripts import Among, Filter, Transcripts
from bot.db import Database
from bot.migrations import upgrade
from bot.satisfaction.model import Face
from bot.satisfaction.ratings import rated
from tests.conftest import ROOT, _connect, created

from .million import BEGINNING, DAYS, MODELS, fill_postgresql, fill_sqlite

INTENTS = ("affirm", "ask_documents", "ask_price", "complain", "submit_request", "talk_to_person", "track_request")
SERVICES = (
    "passport",
    "identity-card",
    "vehicle-registration",
    "birth-certificate",
    "housing-benefit",
    "street-report",
)
WORDS = (
    "passeport",
    "merci",
    "carte grise",
    '"carte d\'identité"',
    "permis de conduire perdu",
    "renouv*",
    "zygomatique",
)


@dataclass
class Question:
    """A way to look, with the filters that ask it."""

    name: str
    filters: list[tuple[Filter, tuple[Among, ...]]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def questions(services: list[str]) -> list[Question]:
    """Return every way to look for a conversation that the console offers."""
    end = BEGINNING + timedelta(days=DAYS)
    spans = [
        (end - timedelta(days=days), end - timedelta(days=days - span))
        for days, span in ((1, 1), (7, 7), (30, 30), (400, 1), (600, 30), (700, 350))
    ]
    office: tuple[Among, ...] = (about(services[:2]),)
    bad: tuple[Among, ...] = (rated((Face.BAD,)),)

    def asks(name: str, *filters: Filter, among: tuple[Among, ...] = ()) -> Question:
        return Question(name, [(each, among) for each in filters])

    return [
        asks("everything", Filter()),
        asks("date", *(Filter(since=since, until=until) for since, until in spans)),
        asks("moment", *(Filter(moment=each) for each in Moment)),
        asks("service", *(Filter(service=each) for each in services)),
        asks("intent", *(Filter(intent=each) for each in INTENTS)),
        asks("confidence", *(Filter(confidence_below=each) for each in (0.3, 0.5, 0.7))),
        asks("confidence, from and below", Filter(confidence_from=0.5, confidence_below=0.55)),
        asks("fallback", Filter(fallback=True), Filter(fallback=False)),
        asks("language", Filter(language="en"), Filter(language="fr")),
        asks("length", *(Filter(turns_from=a, turns_to=b) for a, b in ((1, 1), (10, 20), (30, None), (50, None)))),
        asks("handoff", Filter(handoff=True), Filter(handoff=False)),
        asks("model", *(Filter(model=each) for each in MODELS)),
        asks("feedback", Filter(), among=bad),
        asks("not reviewed", Filter(), among=(not_reviewed,)),
        asks("an account of some offices", Filter(), among=office),
        asks("the same, unsure", *(Filter(confidence_below=each) for each in (0.5, 0.7)), among=office),
        asks(
            "the same, a service of others",
            Filter(service=services[-1]),
            among=(about_both(services[-1], services[:2]),),
        ),
        asks("words", *(Filter(text=each) for each in WORDS)),
        asks("intent and service", *(Filter(intent=i, service=s) for i, s in zip(INTENTS, services, strict=False))),
        asks("service, unsure", *(Filter(service=each, confidence_below=0.5) for each in services)),
        asks(
            "service, month, fallback",
            *(Filter(service=each, since=spans[4][0], until=spans[4][1], fallback=True) for each in services),
        ),
        asks("service, badly rated", *(Filter(service=each) for each in services), among=bad),
        asks("words and service", *(Filter(text=t, service=s) for t, s in zip(WORDS, services, strict=False))),
        asks("words, badly rated", *(Filter(text=each) for each in WORDS[:4]), among=bad),
        asks("words, a month a year ago", *(Filter(text=t, since=spans[4][0], until=spans[4][1]) for t in WORDS[:4])),
        asks("long, badly rated", Filter(turns_from=20), among=bad),
        asks("handoff, unsure, a service", *(Filter(handoff=True, confidence_below=0.6, service=s) for s in services)),
    ]


async def ask_all(database: Database, asked: list[Question], rounds: int) -> list[float]:
    """Ask every question, and return the times of transcripts."""
    log = Transcripts(database)
    transcripts = []
    for _ in range(rounds):
        for question in asked:
            for wanted, among in question.filters:
                after = None
                for page_number in range(3):
                    started = time.perf_counter()
                    page = await log.page(wanted, among=among, after=after)
                    if page_number != 1:
                        question.times.append((time.perf_counter() - started) * 1000)
                    if page_number == 0 and page.lines:
                        started = time.perf_counter()
                        await log.transcript(page.lines[-1].conversation_id)
                        transcripts.append((time.perf_counter() - started) * 1000)
                    if (after := page.after) is None:
                        break
    return transcripts


def report(kind: str, asked: list[Question], transcripts: list[float]) -> None:
    """Print the times of one database."""
    print(f"\n{kind:34}{'asked':>7}{'median':>9}{'95 %':>9}{'worst':>9}   ms")
    for name, times in [*((each.name, each.times) for each in asked), ("one transcript", transcripts)]:
        print(f"{name:34}{len(times):7}{statistics.median(times):9.1f}{p95(times):9.1f}{max(times):9.1f}")
    everything = [each for question in asked for each in question.times]
    print(
        f"{'all lists':34}{len(everything):7}{statistics.median(everything):9.1f}{p95(everything):9.1f}"
        f"{max(everything):9.1f}"
    )


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def databases(folder: Path, turns: int, only: str | None = None) -> Iterator[tuple[str, str]]:
    """Make each database in turn, and give its kind and address; PostgreSQL is left out where there is none."""
    path = folder / "million.db"
    url = f"sqlite+aiosqlite:///{path}"
    if only != "postgresql":
        if not path.exists():
            _fill("SQLite", url, lambda: fill_sqlite(path, ROOT, turns))
        print(f"SQLite file: {path.stat().st_size / 2**20:.0f} MB")
        yield "SQLite", url
    if only == "sqlite":
        return
    server = _connect()
    if server is None:
        print("There is no PostgreSQL here: it is left out.")
        return
    with created(server) as address:
        plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
        _fill("PostgreSQL", address, lambda: fill_postgresql(plain, ROOT, turns))
        yield "PostgreSQL", address


def _fill(kind: str, url: str, fill: Any) -> None:
    started = time.perf_counter()
    asyncio.run(_migrate(url))
    fill()
    print(f"{kind}: filled in {time.perf_counter() - started:.0f} s", flush=True)


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


async def _measure(kind: str, url: str, rounds: int) -> None:
    database = Database(url)
    from bot.catalogue.load import load_catalogue

    services = sorted(load_catalogue(ROOT / "data").services)[::4]
    asked = questions(services)
    transcripts = await ask_all(database, asked, rounds)
    report(kind, asked, transcripts)
    await database.close()


def main() -> None:
    """Make the databases, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder", type=Path, help="where the SQLite file is made and kept; a temporary one if left out"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for kind, url in databases(options.folder or Path(temporary), options.turns):
            asyncio.run(_measure(kind, url, options.rounds))


if __name__ == "__main__":
    main()
