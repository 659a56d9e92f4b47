"""`guichet satisfaction`: the indices, on a terminal or as JSON."""

import argparse
import asyncio
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.errors import InvalidInput
from bot.settings import Settings

MOMENTS = ("information", "submission", "use", "outcome")
APART = ("moment", "service", "administration", "channel", "language")


def add(command: Add) -> None:
    """Add the command."""
    indices = command("satisfaction", _indices, "how it goes: notes, dimensions, journey and signals, from the facts")
    indices.add_argument("--since", metavar="DAY", help="from this day on, YYYY-MM-DD")
    indices.add_argument("--until", metavar="DAY", help="before this day, YYYY-MM-DD")
    indices.add_argument("--moment", choices=MOMENTS)
    indices.add_argument("--service", metavar="ID")
    indices.add_argument("--administration", metavar="ID")
    indices.add_argument("--by", choices=APART, help="a report for each")
    indices.add_argument("--agents", action="store_true", help="what agents answered instead of citizens")
    indices.add_argument("--demo", action="store_true", help="those of the demonstration instead of the real ones")
    indices.add_argument("--json", action="store_true", help="one object for each report")


def _indices(settings: Settings, options: argparse.Namespace) -> None:
    from bot.db import Database
    from bot.satisfaction.dimensions import FEWEST_AGENTS
    from bot.satisfaction.facts import Side
    from bot.satisfaction.indices import FEWEST, report
    from bot.satisfaction.indices_store import By, Filter, IndexStore

    which = Filter(
        since=_day(options.since, settings.timezone),
        until=_day(options.until, settings.timezone),
        moment=options.moment,
        service=options.service,
        administration=options.administration,
        side=Side.AGENT if options.agents else Side.CITIZEN,
        demo=options.demo,
    )

    async def count() -> dict[str, Any]:
        database = Database(settings.database)
        try:
            return await IndexStore(database).tallies(which, By(options.by) if options.by else None)
        finally:
            await database.close()

    fewest = FEWEST_AGENTS if options.agents else FEWEST
    reports = {name: report(tally, fewest) for name, tally in asyncio.run(count()).items()}
    if options.json:
        for name, each in reports.items():
            print_json(({options.by: name} if options.by else {}) | asdict(each))
        return
    if not reports:
        print("No answer and no signal yet.")
    for name, each in reports.items():
        if options.by:
            print(f"\n{options.by} {name or '-'}")
        for line in _lines(each):
            print(line)


def _lines(report: Any) -> list[str]:
    """Return a report as a person reads it on a terminal."""
    answered = f"{report.answered} answers of {report.asked} asked, {report.silent} silent"
    target = {None: "", True: "; the public target (8 of 10) is reached", False: "; below the public target (8 of 10)"}
    lines = [answered + target[report.target_reached], "", "Notes from 0 to 10"]
    lines += [_line(score, 10) for score in report.official]
    lines += ["", "Dimensions from 0 to 10", *(_line(score, 10) for score in report.dimensions)]
    lines += ["", "Journey from 0 to 10, a bad event weighs four good ones", _line(report.journey, 10)]
    return [*lines, "", "Signals", *(_line(score, 1) for score in [report.response, *report.signals])]


def _line(score: Any, top: int) -> str:
    if score.value is None:
        return f"  {score.id:<28}{'-':>8}   n {score.n}, too few to tell"
    digits = 1 if top == 10 else 3
    between = f"{score.low:.{digits}f} to {score.high:.{digits}f}" if score.low is not None else ""
    return f"  {score.id:<28}{score.value:>8.{digits}f}   {between:<16} n {score.n:<8} {score.band}".rstrip()


def _day(text: str | None, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(zone))
    except ValueError:
        raise InvalidInput(f"{text} is not a day: write it like 2026-11-02.") from None
