"""Personal data: masking, retention, erasure, copies, keys."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.cli.command import Add
from bot.cli.lines import lines, print_json
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.db import Database
    from bot.rights.erasure import Receipt
    from bot.rights.holdings import Holdings

T = TypeVar("T")


def add(command: Add) -> None:
    """Add these commands."""
    command("mask", _mask, "mask personal data: text on standard input, a line out for each line in")
    purge = command("purge", _purge, "remove what is older than its kind may be (the gateway does it every day)")
    purge.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    purge.add_argument("--json", action="store_true", help="an object instead of words")
    erase = command("erase", _erase, "erase a conversation, or a request that is over, and print a receipt")
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument("reference", metavar="REF", nargs="?", help="a conversation, or the reference of a request")
    what.add_argument(
        "--replay",
        type=Path,
        nargs="*",
        metavar="JOURNAL",
        help="after a restore: erase again what the journal, and copies of it, say was erased",
    )
    erase.add_argument("--under-way", action="store_true", help="even a request that is filed and not over")
    erase.add_argument("--json", action="store_true", help="the receipt as an object; a list of them with --replay")
    export = command("export", _export, "copy all that is stored of one citizen, decrypted, as JSON")
    export.add_argument("reference", metavar="REF", help="identifier of a conversation, or reference of a request")
    export.add_argument("--output", type=Path, metavar="FILE", help="a new file, for its owner only")
    keys = command("keys", _keys, "make a new key first and encrypt everything with it again")
    keys.add_argument("what", choices=("rotate",))
    keys.add_argument("--drop-old", action="store_true", help="take the older keys away, once nothing needs them")
    keys.add_argument("--json", action="store_true", help="an object instead of words")


def _mask(settings: Settings, options: argparse.Namespace) -> None:
    from bot.privacy.masking import mask

    for line in lines(sys.stdin):
        print(mask(line).text, flush=True)


def _purge(settings: Settings, options: argparse.Namespace) -> None:
    from bot.privacy.retention import Retention
    from bot.rights.purge import purge, said

    retention = Retention.of(settings)
    removed = _with_holdings(settings, lambda holdings: purge(holdings, retention, dry_run=options.dry_run))
    if options.json:
        print_json({"dry_run": options.dry_run, "removed": removed})
        return
    verb = "Would remove" if options.dry_run else "Removed"
    print(f"{verb} {said(removed)}." if said(removed) else "Nothing is too old.")


def _erase(settings: Settings, options: argparse.Namespace) -> None:
    from bot.rights.erasure import erase, replay

    if options.replay is not None:
        again = _with_holdings(settings, lambda holdings: replay(holdings, options.replay))
        if options.json:
            print_json([receipt.wire() for receipt in again])
            return
        for receipt in again:
            _print_receipt(receipt)
        print("Nothing had come back." if not again else f"{len(again)} erased again.")
        return
    receipt = _with_holdings(
        settings, lambda holdings: erase(holdings, options.reference, under_way_too=options.under_way)
    )
    if options.json:
        print_json(receipt.wire())
        return
    _print_receipt(receipt)


def _print_receipt(receipt: "Receipt") -> None:
    print(f"Receipt {receipt.number}, {receipt.at:%Y-%m-%d %H:%M} UTC, for {receipt.reference}")
    for what, counts in (("erased", receipt.erased), ("unlinked", receipt.unlinked), ("kept", receipt.kept)):
        if counts:
            print(f"  {what}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")


def _export(settings: Settings, options: argparse.Namespace) -> None:
    from bot.rights.export import export, write_copy

    copy = _with_holdings(settings, lambda holdings: export(holdings, options.reference))
    if options.output is None:
        print_json(copy)
        return
    write_copy(copy, options.output)
    print(f"{options.output} written, for its owner only", file=sys.stderr)


def _keys(settings: Settings, options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from bot.rights.keys import rotate

    done = _with_database(settings, lambda database: rotate(database, settings, drop_old=options.drop_old))
    if options.json:
        print_json(asdict(done))
        return
    print(f"{'A new key was made. ' if done.added else ''}{done.renewed} values encrypted again.")
    if done.codes:
        print(f"Nothing needs the older keys: set GUICHET_SECRET_KEY to the first key, a space, and {done.codes}")
    elif done.older:
        print("Back the key file up; `guichet keys rotate --drop-old` takes the older key away when you are sure.")


def _with_holdings(settings: Settings, work: "Callable[[Holdings], Awaitable[T]]") -> T:
    from bot.privacy.encryption import open_cipher
    from bot.rights.holdings import open_holdings

    cipher = open_cipher(settings)
    return _with_database(settings, lambda database: work(open_holdings(settings, database, cipher)))


def _with_database(settings: Settings, work: "Callable[[Database], Awaitable[T]]") -> T:
    from bot.db import Database

    async def run() -> T:
        database = Database(settings.database)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())
