"""The database as a whole: moving from SQLite to PostgreSQL."""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.migrations.copy import Copied


def add(command: Add) -> None:
    """Add these commands."""
    database = command(
        "database", _database, "copy the database into an empty one, such as PostgreSQL, and compare both"
    )
    database.add_argument("what", choices=("copy",))
    database.add_argument("--to", required=True, metavar="URL", help="SQLAlchemy address of the empty database")
    database.add_argument("--json", action="store_true", help="an object instead of words")


def _database(settings: Settings, options: argparse.Namespace) -> None:
    from bot.migrations.copy import Copied

    def tell(copied: Copied) -> None:
        if not options.json:
            print(f"{copied.table:24} {copied.rows:9}  {copied.digest[:16]}", flush=True)

    copied = asyncio.run(_copy(settings, options.to, tell))
    if options.json:
        print_json({"tables": [vars(each) for each in copied]})
        return
    rows = sum(each.rows for each in copied)
    print(f"{rows} rows of {len(copied)} tables copied and compared; the source is as it was.")
    print("Set GUICHET_DATABASE_URL to the new address before you start the service again.")


async def _copy(settings: Settings, to: str, tell: "Callable[[Copied], None]") -> "list[Copied]":
    from bot.db import Database
    from bot.errors import Conflict, Misconfigured
    from bot.migrations.copy import copy

    if not settings.database_url and not (settings.data_dir / "guichet.db").is_file():
        raise Misconfigured(f"There is no database in {settings.data_dir}: GUICHET_DATA_DIR says where it is.")
    waiting = settings.data_dir / "spool" / "waiting"
    if waiting.is_file() and waiting.stat().st_size:
        raise Conflict("Something waits in the spool for the source: start the service until it is written.")
    source, target = Database(settings.database), Database(replace(settings, database_url=to).database)
    try:
        return await copy(source, target, tell)
    finally:
        await source.close()
        await target.close()
