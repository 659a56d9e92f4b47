"""What the office offers: the catalogue, the official fiches, and the search over both."""

import argparse
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.cli.command import Add
from bot.cli.lines import add_texts, print_json, texts
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    command("check", _check, "check the catalogue, its language and Rasa's files")
    catalogue = command("catalogue", _catalogue, "check the catalogue, start a service, print the JSON Schema")
    parts = catalogue.add_subparsers(dest="what", required=True, metavar="check|new|schema")
    check = parts.add_parser("check", help="list mistakes and remarks, each with file and line")
    check.add_argument("--strict", action="store_true", help="exit 1 when there is a remark")
    new = parts.add_parser("new", help="start the file of a service, with its comments")
    new.add_argument("id", metavar="ID", help="lower-case words joined by hyphens: library-card")
    parts.add_parser("schema", help="print the JSON Schema of a service file, for editors")
    fiches = command("fiches", _fiches, "import the official fiches: a folder or zip of DILA's XML, or JSON lines")
    fiches.add_argument("what", choices=("import",))
    fiches.add_argument("path", type=Path, metavar="PATH")
    offices = command("offices", _offices, "import the directory of local offices: DILA's JSON")
    offices.add_argument("what", choices=("import",))
    offices.add_argument("path", type=Path, metavar="PATH")
    search = command("search", _search, "search the fiches and the services")
    add_texts(search)
    search.add_argument("--top", type=int, default=5, metavar="N", help="results at most")


def _check(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.plain_texts import catalogue_remarks, refuse_mistakes, response_remarks
    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from bot.engine.project import check_project

    check_project(Path(), settings.catalogue_dir)
    for line in refuse_mistakes(catalogue_remarks(settings.catalogue_dir) + response_remarks(Path("domain.yml"))):
        print(line, file=sys.stderr)
    print("The catalogue and Rasa's files are in order.")


def _catalogue(settings: Settings, options: argparse.Namespace) -> int:
    from bot.catalogue.model import service_schema
    from bot.catalogue.new import start_service

    match options.what:
        case "schema":
            print_json(service_schema())
        case "new":
            path = start_service(settings.catalogue_dir, options.id)
            print(f"{path} is there. Fill it, then run `guichet catalogue check`.")
        case "check":
            return _check_catalogue(settings.catalogue_dir, options.strict)
    return 0


def _check_catalogue(folder: Path, strict: bool) -> int:
    from bot.catalogue.load import load_catalogue
    from bot.catalogue.plain_texts import catalogue_remarks, refuse_mistakes
    from bot.catalogue.warnings import warnings_of

    catalogue = load_catalogue(folder)
    remarks = [*refuse_mistakes(catalogue_remarks(folder)), *warnings_of(catalogue, folder, date.today())]
    for line in remarks:
        print(line)
    print(
        f"The catalogue is in order: {len(catalogue.services)} services, {len(catalogue.submittable)} of which can be "
        f"filed here, {len(catalogue.administrations)} administrations; {len(remarks)} remarks."
    )
    return 1 if strict and remarks else 0


def _fiches(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.fiches import import_fiches
    from bot.catalogue.search import FOLDER

    report = import_fiches(options.path, settings.data_dir / FOLDER, _progress)
    _say_unread(report.unread)
    print(
        f"{report.fiches} fiches in {report.seconds:.0f} s: {report.added} new, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.removed} removed, {len(report.unread)} not read, "
        f"{report.dead_links} links to fiches that are not there."
    )


def _progress(read: int) -> None:
    print(f"{read} read", file=sys.stderr, flush=True)


def _say_unread(unread: Iterable[tuple[str, str]]) -> None:
    for name, reason in unread:
        print(f"guichet: {name} was not read: {reason}", file=sys.stderr)


def _search(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.search import open_search

    asked = texts(options)
    search = open_search(settings)
    for text in asked:
        print_json({"text": text, "results": [result.wire() for result in search.search(text, options.top)]})


def _offices(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.offices import FOLDER, import_offices

    report = import_offices(options.path, settings.data_dir / FOLDER, _progress)
    _say_unread(report.unread)
    print(
        f"{report.offices} offices in {report.seconds:.0f} s, the newest entry of {report.date or 'an unknown day'}; "
        f"the reach of offices for {report.communes} communes; {len(report.unread)} not read, "
        f"{report.skipped} administrations without a counter passed over."
    )
