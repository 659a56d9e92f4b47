"""`guichet`: one command for whoever runs the service. Each subcommand imports what it needs, and nothing more."""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from bot import __version__
from bot.errors import GuichetError, InvalidInput
from bot.settings import Settings, read_settings


def main(arguments: list[str] | None = None) -> None:
    """Run the command; exit 0 when done, 1 when refused or failed with one line that says why, 2 for wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        overrides = {name: getattr(options, name, None) for name in ("host", "port", "database_url", "data_dir")}
        settings = read_settings(**overrides)
        for library in ("alembic", "rasa", "rasa_sdk", "apscheduler", "spacy", "matplotlib", "bm25s"):
            logging.getLogger(library).setLevel(logging.WARNING)
        logging.basicConfig(
            level=settings.log_level.upper(),
            format="%(asctime)s %(levelname)s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        code = options.run(settings, options)
    except GuichetError as error:
        print(f"guichet: {error.message}", file=sys.stderr)
        code = 1
    except ModuleNotFoundError as error:
        print(
            f"guichet: {error.name} is not installed. In the folder of Guichet, `make run` installs all; by hand: "
            "pip install --no-deps --ignore-requires-python --require-hashes -r requirements.lock",
            file=sys.stderr,
        )
        code = 1
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 0
    sys.exit(code or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="guichet", description="The conversational counter of a public service.")
    parser.add_argument("--version", action="version", version=f"guichet {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[Settings, argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    up = command("up", _up, "start engine and gateway, and keep them alive; train first when there is no model")
    up.add_argument("--host", help="address to listen on (GUICHET_HOST)")
    up.add_argument("--port", type=int, help="port to listen on, 0 for a free one (GUICHET_PORT)")
    up.add_argument("--database-url", help="SQLAlchemy address of the database (GUICHET_DATABASE_URL)")
    command("train", _train, "train a model into the models' folder")
    command("prepare", _prepare, "check settings and catalogue, bring the database up to date, train if needed")
    command("engine", _engine, "run the engine alone (done by `up`)")
    command("gateway", _gateway, "run the gateway alone (done by `up`)")
    command("check", _check, "check the catalogue and Rasa's files")
    catalogue = command("catalogue", _catalogue, "check the catalogue, or print the JSON Schema of a service file")
    catalogue.add_argument("what", choices=("check", "schema"))
    parse = command("parse", _parse, "say what is understood of a text")
    parse.add_argument("text", nargs="?", metavar="TEXT")
    parse.add_argument(
        "--batch", action="store_true", help='JSON lines {"text"} on standard input, a line out for each'
    )
    evaluate = command("eval-intents", _evaluate, "train the intent classifier on a file and test it on another")
    evaluate.add_argument("--train", required=True, type=Path, metavar="F", help='JSON lines {"text","intent"}')
    evaluate.add_argument("--test", required=True, type=Path, metavar="F", help='JSON lines {"text","intent"}')
    command("mask", _mask, "mask personal data: text on standard input, a line out for each line in")
    fiches = command("fiches", _fiches, "import the official fiches: a folder or zip of DILA's XML, or JSON lines")
    fiches.add_argument("what", choices=("import",))
    fiches.add_argument("path", type=Path, metavar="PATH")
    search = command("search", _search, "search the fiches and the services")
    search.add_argument("text", nargs="?", metavar="TEXT")
    search.add_argument("--top", type=int, default=5, metavar="N", help="results at most")
    search.add_argument(
        "--batch", action="store_true", help='JSON lines {"text"} on standard input, a line out for each'
    )
    verbatims = command("verbatims", _verbatims, "tone and themes of what people wrote; learn them from labelled rows")
    verbatims.add_argument("what", choices=("analyse", "train"))
    verbatims.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines with a column of text")
    verbatims.add_argument("--json", action="store_true", help="an object a line, the summary last")
    ask = command("ask", _ask, "ask a running gateway, each question in a new conversation")
    ask.add_argument("text", nargs="?", metavar="TEXT")
    ask.add_argument("--batch", action="store_true", help='JSON lines {"text"} on standard input, a line out for each')
    ask.add_argument("--url", default="http://127.0.0.1:8080", help="address of the gateway")
    return parser


def _up(settings: Settings, options: argparse.Namespace) -> int:
    from bot import supervisor

    return asyncio.run(supervisor.run(settings))


def _prepare(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.load import load_catalogue
    from bot.db import Database
    from bot.learning.models import is_usable
    from bot.migrations import upgrade
    from bot.privacy.encryption import Cipher, read_keys

    load_catalogue(settings.catalogue_dir)
    Cipher(read_keys(settings.secret_key, settings.data_dir))

    async def migrate() -> None:
        database = Database(settings.database)
        await upgrade(database)
        await database.close()

    asyncio.run(migrate())
    if not is_usable(settings.models_dir):
        _train(settings, options)


def _train(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.train import train

    print("Training a model; this takes about a minute.", file=sys.stderr, flush=True)
    trained = train(settings)
    print(f"{trained.archive} trained in {trained.seconds:.0f} s")


def _engine(settings: Settings, options: argparse.Namespace) -> None:
    from urllib.parse import urlsplit

    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from bot.engine.server import create_engine

    address = urlsplit(settings.engine_url)
    _serve(lambda: create_engine(settings), address.hostname or "127.0.0.1", address.port or 8081)


def _gateway(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.client import EngineClient
    from bot.web.app import create_gateway

    def assistant() -> EngineClient:
        return EngineClient(settings.engine_url, settings.engine_token, settings.engine_timeout)

    _serve(lambda: create_gateway(settings, assistant), settings.host, settings.port)


def _serve(create: Callable[[], Any], host: str, port: int) -> None:
    import uvloop
    from aiohttp import web

    from bot.supervisor import exit_with_supervisor

    async def application() -> Any:
        app = create()

        async def watch(app: Any) -> Any:
            task = asyncio.create_task(exit_with_supervisor())
            yield
            task.cancel()

        app.cleanup_ctx.append(watch)
        return app

    # No access log: an address and a time are personal data, and /metrics has the figures.
    web.run_app(
        application(),
        host=host,
        port=port,
        print=None,
        access_log=None,
        shutdown_timeout=5,
        loop=uvloop.new_event_loop(),
    )


def _check(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from bot.engine.project import check_project

    check_project(Path(), settings.catalogue_dir)
    print("The catalogue and Rasa's files are in order.")


def _catalogue(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.load import load_catalogue
    from bot.catalogue.model import service_schema

    if options.what == "schema":
        _print_json(service_schema())
        return
    catalogue = load_catalogue(settings.catalogue_dir)
    counted = f"{len(catalogue.services)} services, {len(catalogue.submittable)} of which can be filed here"
    print(f"The catalogue is in order: {counted}, {len(catalogue.administrations)} administrations.")


def _parse(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.train import prepare_rasa

    texts = _texts(options)
    prepare_rasa()
    from bot.engine.parse import open_parser

    parser = open_parser(settings)
    for text in texts:
        print(json.dumps(parser(text), ensure_ascii=False), flush=True)


def _evaluate(settings: Settings, options: argparse.Namespace) -> None:
    from bot.understanding.evaluation import evaluate, read_rows

    print(json.dumps(evaluate(read_rows(options.train), read_rows(options.test)), ensure_ascii=False))


def _fiches(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.fiches import import_fiches
    from bot.catalogue.search import FOLDER

    def progress(read: int) -> None:
        print(f"{read} read", file=sys.stderr, flush=True)

    report = import_fiches(options.path, settings.data_dir / FOLDER, progress)
    for name, reason in report.unread:
        print(f"guichet: {name} was not read: {reason}", file=sys.stderr)
    print(
        f"{report.fiches} fiches in {report.seconds:.0f} s: {report.added} new, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.removed} removed, {len(report.unread)} not read, "
        f"{report.dead_links} links to fiches that are not there."
    )


def _search(settings: Settings, options: argparse.Namespace) -> None:
    from bot.catalogue.search import open_search

    texts = _texts(options)
    search = open_search(settings)
    for text in texts:
        _print_json({"text": text, "results": [result.wire() for result in search.search(text, options.top)]})


def _verbatims(settings: Settings, options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from bot.satisfaction import verbatims

    if options.what == "train":
        training = verbatims.train_file(options.file, settings.data_dir)
        if options.json:
            _print_json(asdict(training))
            return
        rows = ", ".join(f"{n} {tone}" for tone, n in training.rows.items())
        print(
            f"Learnt from {rows}. On texts not seen: {training.accuracy:.1%} right (as shipped: "
            f"{training.shipped_accuracy:.1%})."
        )
        return
    analyses = verbatims.analyse_file(options.file, settings.data_dir)
    summary = verbatims.summarise(analyses)
    if options.json:
        for analysis in analyses:
            _print_json(analysis.row())
        _print_json({"summary": summary})
        return
    for analysis in analyses:
        text = " ".join(analysis.text.split())
        print(f"{analysis.tone or '-':<10}{', '.join(analysis.themes) or '-':<40}  {text}")
    for line in ("", *verbatims.report(summary)):
        print(line)


def _mask(settings: Settings, options: argparse.Namespace) -> None:
    from bot.privacy.masking import mask

    for line in _lines(sys.stdin):
        print(mask(line).text, flush=True)


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot.asking import ask_all

    return asyncio.run(ask_all(options.url, _texts(options), _print_json))


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def _texts(options: argparse.Namespace) -> Iterator[str]:
    if not options.batch:
        if options.text is None:
            raise InvalidInput("Give a text, or --batch with JSON lines on standard input.")
        yield options.text
        return
    for number, line in enumerate(_lines(sys.stdin), start=1):
        if line.strip():
            yield _text_of(line, number)


def _text_of(line: str, number: int) -> str:
    try:
        text = json.loads(line)["text"]
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(f'Line {number} is not JSON with a "text": {{"text": "..."}} is expected.') from None
    if not isinstance(text, str):
        raise InvalidInput(f'Line {number}: "text" is not a text.')
    return text


def _lines(stream: TextIO) -> Iterator[str]:
    # Only the line feed ends a line: other separators of Unicode are text, and a line in must give a line out.
    stream.reconfigure(newline="\n", errors="replace")  # type: ignore[attr-defined]
    for line in stream:
        yield line.rstrip("\n")
