"""`guichet`: one command for whoever runs the service. Each subcommand imports what it needs, and nothing more."""

import argparse
import logging
import sys

from bot import __version__, logs
from bot.cli import (
    accounts,
    catalogue,
    conversations,
    database,
    improvement,
    learning,
    models,
    operations,
    privacy,
    requests,
    satisfaction,
    satisfaction_indices,
    serving,
    understanding,
)
from bot.cli.command import Run
from bot.errors import GuichetError
from bot.privacy.logs import WithoutValues
from bot.settings import read_settings

FAMILIES = (
    serving,
    catalogue,
    understanding,
    learning,
    models,
    operations,
    privacy,
    database,
    satisfaction,
    satisfaction_indices,
    improvement,
    requests,
    conversations,
    accounts,
)

TALKATIVE = ("aiosqlite", "alembic", "rasa", "rasa_sdk", "apscheduler", "spacy", "matplotlib", "bm25s", "httpx")
"""Libraries whose notices are not ours to tell; those of httpx would show the addresses of webhooks."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command; exit 0 when done, 1 when refused or failed with one line that says why, 2 for wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        overrides = {name: getattr(options, name, None) for name in ("host", "port", "database_url", "data_dir")}
        settings = read_settings(**overrides)
        for library in TALKATIVE:
            logging.getLogger(library).setLevel(logging.WARNING)
        logging.getLogger("aiohttp.server").addFilter(WithoutValues())
        logs.set_up(settings.log_level, settings.log_format, options.part)
        code = options.run(settings, options)
    except GuichetError as error:
        print(f"guichet: {error.in_full()}", file=sys.stderr)
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

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run, part=name)
        return sub

    for family in FAMILIES:
        family.add(command)
    return parser
