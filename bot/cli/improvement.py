"""What is done with the figures: a demonstration of them, and files for others to work with."""

import argparse
import asyncio
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.cli.command import Add
from bot.errors import InvalidInput
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    demo = command("demo", _demo, "fill the pages of satisfaction with a made-up year, marked as such")
    demo.add_argument("--remove", action="store_true", help="take it away again")
    readings = command("readings", _readings, "read tone and themes of the comments that were not read yet")
    readings.add_argument("--again", action="store_true", help="read all anew, after a training")
    facts = command("facts", _facts, "write the facts of satisfaction to a file")
    facts.add_argument("file", type=Path, metavar="FILE", help="its ending says how: .csv or .parquet")
    facts.add_argument("--since", metavar="DAY", default="2000-01-01", help="first day, 2026-01-31")
    facts.add_argument("--until", metavar="DAY", default="", help="last day; today when left out")
    facts.add_argument("--demo", action="store_true", help="those that are made up, instead of the real ones")


def _demo(settings: Settings, options: argparse.Namespace) -> None:
    from bot.improvement import demo

    said = asyncio.run(demo.remove(settings) if options.remove else demo.fill(settings, _today(settings)))
    print(said)


def _readings(settings: Settings, options: argparse.Namespace) -> None:
    from bot.db import Database
    from bot.satisfaction.verbatims_read import read_new

    async def read() -> int:
        database = Database(settings.database)
        try:
            return await read_new(database, settings.data_dir, again=options.again)
        finally:
            await database.close()

    print(f"{asyncio.run(read())} comments read")


def _facts(settings: Settings, options: argparse.Namespace) -> None:
    since, until = _day(options.since), _day(options.until) if options.until else _today(settings)
    if options.file.suffix not in (".csv", ".parquet"):
        raise InvalidInput(f"{options.file}: a name that ends in .csv or .parquet is expected.")
    try:
        count = asyncio.run(_write(settings, options.file, since, until, demo=options.demo))
    except OSError as error:
        raise InvalidInput(f"{options.file} cannot be written: {error.strerror}.") from error
    print(f"{count} facts in {options.file}")


async def _write(settings: Settings, path: Path, since: date, until: date, *, demo: bool) -> int:
    from bot.db import Database
    from bot.satisfaction.facts_export import csv_of, read_facts, write_parquet

    database = Database(settings.database)
    try:
        facts = read_facts(database, since, until, settings.timezone, demo=demo)
        if path.suffix == ".parquet":
            return await write_parquet(facts, path)
        lines = -1
        with path.open("wb") as file:
            async for part in csv_of(facts):
                file.write(part)
                lines += part.count(b"\n")
        return lines
    finally:
        await database.close()


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.timezone)).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no day: write it like 2026-01-31.") from None
