"""`make mystery`: play every visit, print the scores, and write the page of transcripts.

    python -m tests.mystery [--only WORDS] [--doors "api plain office"] [--outside] [--models FOLDER] [--sheet N]

`--only` keeps the visits whose name holds some words; `--outside` plays the real questions of the shared data instead;
`--sheet` also draws that many conversations for readers (docs/mystery-rubric.md).
"""

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.learning.models import current_model
from tests.mystery.doors import Stuck
from tests.mystery.hall import Hall
from tests.mystery.outside import ask_everything
from tests.mystery.report import as_text, write_html
from tests.mystery.runner import play_all
from tests.mystery.score import reached
from tests.mystery.sheet import write_sheet
from tests.mystery.transcript import Record
from tests.mystery.visit import ROOT, Visit, read_all
from tests.service import Service

AT_ONCE = 3
"""Visits played side by side: more would only wait for each other on a machine of two cores."""
LIMITS: dict[str, Any] = {
    "messages_a_minute": 100_000,
    "conversations_an_hour": 100_000,
    "codes_an_hour": 100_000,
}
OUTPUT = ROOT / "var" / "mystery"


def main() -> None:
    """Read the command line, play, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="words of the visits' names")
    parser.add_argument("--doors", default="api widget plain office", help="those to open")
    parser.add_argument("--outside", action="store_true", help="the real questions of the shared data")
    parser.add_argument("--models", type=Path, default=ROOT / "models", help="folder of the model to serve")
    parser.add_argument("--sheet", type=int, default=0, help="conversations to draw for readers")
    options = parser.parse_args()
    archive = current_model(options.models.resolve())
    console = Console(highlight=False, soft_wrap=True)
    if options.outside:
        with tempfile.TemporaryDirectory() as folder:
            console.print(asyncio.run(_outside(Path(folder), archive)), markup=False)
        return
    visits = [v for v in read_all() if options.only in v.name and v.door in options.doors.split()]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        records = asyncio.run(_play(visits, Path(folder), archive))
    seconds = time.perf_counter() - began
    console.print(as_text(records), markup=False)
    page = write_html(records, OUTPUT / "report.html", seconds)
    if options.sheet:
        write_sheet(records, OUTPUT / "sheet.jsonl", options.sheet)
    console.print(f"\n{seconds:.0f} s; transcripts: {page.relative_to(ROOT)}", markup=False)
    if not records:
        sys.exit("No visit has such a name.")
    if len(records) == len(read_all()) and not reached(records):
        sys.exit("The goal is not reached: too few visits pass, or a criterion is too low.")


async def _play(visits: list[Visit], folder: Path, archive: Path) -> list[Record]:
    """Play the visits of the open office, then those of the closed one, each in a service of its own."""
    records: list[Record] = []
    shut = {"person_hours": "mon-sun 09:00-12:00", "person_closed": _days_around()}
    for name, closed, settings in (("open", False, {}), ("closed", True, shut)):
        wanted = [visit for visit in visits if visit.closed == closed]
        if wanted:
            records += await _in_a_service(wanted, folder / name, archive, settings)
    return records


def _days_around() -> str:
    today = date.today()
    return " ".join((today + timedelta(days=days)).isoformat() for days in (-1, 0, 1))


async def _in_a_service(visits: list[Visit], folder: Path, archive: Path, settings: dict[str, str]) -> list[Record]:
    service = Service(folder, archive, **LIMITS, **settings)
    try:
        await asyncio.to_thread(service.start)
        hall = await Hall.open(service, staffed=True)
        try:
            return await play_all(visits, hall, at_once=AT_ONCE)
        finally:
            await hall.close()
    finally:
        await asyncio.to_thread(service.stop)


async def _outside(folder: Path, archive: Path) -> str:
    service = Service(folder / "outside", archive, **LIMITS)
    try:
        await asyncio.to_thread(service.start)
        hall = await Hall.open(service, staffed=True)
        try:
            return await ask_everything(hall, OUTPUT)
        finally:
            await hall.close()
    except Stuck as error:
        sys.exit(str(error))
    finally:
        await asyncio.to_thread(service.stop)


if __name__ == "__main__":
    main()
