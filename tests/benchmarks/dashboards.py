"""Dashboards over a million facts: how long each page takes to work out, on SQLite and on PostgreSQL.

    python -m tests.benchmarks.dashboards [--facts N] [--rounds N] [--only sqlite|postgresql] [--scattered]

The databases are made for the run and dropped after it. A page is what its handler asks and works out, with several
conditions; the template and the network come on top (a page of HTML, some milliseconds). The year is that of
`guichet demo`, of all services of the catalogue (few of which make most) and as many visits as the facts need: a visit
leaves some twelve facts of the same service, door and language. With `--scattered` each fact is drawn by itself
instead, so that hardly any two are alike: no office is like that, and nothing is harder for totals.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from bot.catalogue.load import load_catalogue
from bot.conversations.model import Moment
from bot.db import Database
from bot.improvement.failure_modes import register
from bot.migrations import upgrade
from bot.satisfaction import dashboard
from bot.satisfaction.demo import year
from bot.satisfaction.dimensions import OFFICIAL
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.glance import glance
from bot.satisfaction.indices import Tally, note, report
from bot.satisfaction.journey import ABANDONED_AT, PREFIX, STEPS, journey, lost_at
from bot.satisfaction.totals import Scope, Totals
from tests.conftest import ROOT, _connect, created

TODAY = date(2026, 11, 22)
KINDS = {
    "turns": ("count", (1, 2, 3, 4, 5, 6)), "fallback": ("count", (0, 0, 0, 1, 2)), "rephrasing": ("count", (0, 0, 1)),
    "repetition": ("count", (0, 0, 1)), "handoff_asked": ("yes-no", (0, 0, 1)), "distress": ("yes-no", (0, 0, 0, 1)),
    "time_to_answer": ("seconds", (0.02,)), "resolved_without_recontact": ("yes-no", (0, 1, 1)),
    "abandonment": ("yes-no", (0, 0, 1)), "late": ("yes-no", (0, 0, 1)), "asked": ("count", (1,)),
    "satisfaction": ("0-10", (0, 5, 10, 10)), "clarity": ("1-5", (1, 2, 3, 4, 5)), "ease": ("1-5", (2, 3, 4, 5)),
    "resolved": ("yes-no", (0, 1, 1)), "trust": ("1-5", (2, 3, 4, 5)),
    **{f"step_{name}": ("count", (1,)) for name in STEPS},
}  # fmt: skip
FACTS_OF_A_VISIT = 10.3
"""Facts of a visit on an average day of the year, weekends and all: so that as many come out as are asked for."""
Row = dict[str, object]
Page = Callable[[Totals, Scope, date, date], Awaitable[object]]


def of_an_office(count: int, days: int) -> Iterator[Row]:
    """Yield the facts of a year of a large office."""
    draw, catalogue = random.Random(3), load_catalogue(ROOT / "data")
    names = sorted(catalogue.services)
    draw.shuffle(names)
    often = {name: 1 / (place + 1) for place, name in enumerate(names)}
    visits = count / days / FACTS_OF_A_VISIT
    for day in year(catalogue, TODAY, ZoneInfo("Europe/Paris"), draw, days, often, visits):
        for fact in day.facts:
            yield vars(fact) | {
                "moment": str(fact.moment),
                "kind": str(fact.kind),
                "side": str(fact.side),
                "demo": False,
            }


def scattered(count: int, days: int) -> Iterator[Row]:
    """Yield facts that have nothing to do with one another."""
    draw, services = random.Random(3), sorted(load_catalogue(ROOT / "data").services)
    often = [1 / (place + 1) for place in range(len(services))]
    chosen = draw.choices(services, often, k=count)
    names = list(KINDS)
    first = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC) - timedelta(days=days)
    for number in range(count):
        name = names[draw.randrange(len(names))]
        scale, values = KINDS[name]
        value = draw.expovariate(50) if scale == "seconds" else float(draw.choice(values))
        yield {
            "at": first + timedelta(days=days * number / count),
            "kind": "answer" if scale in ("0-10", "1-5") else "signal", "side": "citizen",
            "moment": draw.choice(list(Moment)).value, "service": chosen[number],
            "administration": "town-hall", "channel": draw.choices(("widget", "plain", "api"), (85, 10, 5))[0],
            "language": "en" if draw.random() < 0.06 else "fr", "dimension": name, "value": value, "scale": scale,
            "conversation_id": f"{draw.getrandbits(96):024x}",
            "request_id": None, "model": "m", "demo": False,
        }  # fmt: skip


async def _overview(totals: Totals, scope: Scope, since: date, until: date) -> None:
    found = await glance(totals, scope, since, until)
    report(found.tally)
    for tally in (*found.moments.values(), *found.months.values()):
        note(OFFICIAL[0], tally)
    dashboard.changes(found.earlier, found.cells)
    dashboard.first_to_do(found.cells)


async def _journey(totals: Totals, scope: Scope, since: date, until: date) -> None:
    cells = await totals.cells(scope, since, until, only=(PREFIX, ABANDONED_AT))
    journey(cells)
    lost_at(cells)


async def _services(totals: Totals, scope: Scope, since: date, until: date) -> None:
    for span in ((since, until), dashboard.span_before(since, until)):
        for tally in (await totals.tallies(scope, *span, "service", ("satisfaction", "resolved"))).values():
            note(OFFICIAL[0], tally)


async def _dimensions(totals: Totals, scope: Scope, since: date, until: date) -> None:
    report((await totals.tallies(scope, since, until)).get("", Tally()))


async def _failures(totals: Totals, scope: Scope, since: date, until: date) -> None:
    register(await totals.cells(scope, since, until), {}, "fr")


PAGES: dict[str, Page] = {
    "at a glance": _overview,
    "journey": _journey, "services": _services, "dimensions": _dimensions, "failures": _failures,
}  # fmt: skip
SCOPES = (
    Scope(),
    Scope(service="birth-certificate"),
    Scope(moment="use"),
    Scope(language="en"),
    Scope(language="fr"),
    Scope(channel="widget"),
)


async def measure(url: str, facts: Iterator[Row], rounds: int) -> None:
    """Fill a database and print the times of each page."""
    database, count = Database(url), 0
    await upgrade(database)
    while batch := list(islice(facts, 20_000)):
        async with database.writing() as session:
            await session.execute(insert(FactRow), batch)
        count += len(batch)
    totals = Totals(database, "Europe/Paris")
    began = time.perf_counter()
    await totals.refresh()
    took = time.perf_counter() - began
    async with database.writing() as session:
        await session.execute(text("ANALYZE"))  # as the purge does every day, and PostgreSQL by itself
    print(f"{database.engine.dialect.name}: {count} facts, added up in {took:.0f} s")
    for name, page in PAGES.items():
        times = []
        for _ in range(rounds):
            for scope in SCOPES:
                for days in (30, 90, 365):
                    began = time.perf_counter()
                    await page(totals, scope, TODAY - timedelta(days=days - 1), TODAY)
                    times.append(1000 * (time.perf_counter() - began))
        p95 = statistics.quantiles(times, n=20)[-1]
        print(
            f"  {name:<14} median {statistics.median(times):6.0f} ms, 95th {p95:6.0f} ms, most {max(times):6.0f} ms",
            flush=True,
        )
    await database.close()


def main() -> None:
    """Measure both databases, or one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--scattered", action="store_true")
    options = parser.parse_args()
    made = scattered if options.scattered else of_an_office
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            address = f"sqlite+aiosqlite:///{Path(folder) / 'facts.db'}"
            asyncio.run(measure(address, made(options.facts, 365), options.rounds))
    server = _connect() if options.only != "sqlite" else None
    if server is not None:
        with created(server) as address:
            asyncio.run(measure(address, made(options.facts, 365), options.rounds))


if __name__ == "__main__":
    main()
