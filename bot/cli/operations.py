"""Backup, restore, and what is wrong with a service."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.errors import Misconfigured
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.privacy.encryption import Cipher


def add(command: Add) -> None:
    """Add these commands."""
    backup = command("backup", _backup, "write an encrypted backup while the service goes on")
    backup.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="a new file, - for standard output; else in backups/"
    )
    backup.add_argument("--with-model", action="store_true", help="the model in service too")
    backup.add_argument("--keep", type=int, metavar="N", help="then remove all but the newest N of backups/")
    backup.add_argument("--json", action="store_true", help="an object instead of words")
    restore = command("restore", _restore, "restore a backup into a service that is stopped, whole or not at all")
    restore.add_argument("file", type=Path, metavar="FILE", help="the backup, - for standard input")
    restore.add_argument(
        "--check", action="store_true", help="only read it to its end and compare it with its manifest"
    )
    restore.add_argument("--replace", action="store_true", help="even over a service that holds something")
    restore.add_argument(
        "--journal", type=Path, nargs="+", default=[], metavar="FILE", help="journals of erasures that were kept apart"
    )
    restore.add_argument("--json", action="store_true", help="an object instead of words")
    doctor = command("doctor", _doctor, "look for what usually goes wrong, and say what to do; changes nothing")
    doctor.add_argument("--json", action="store_true", help="a list of objects instead of words")


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    from bot.operations.doctor import examine
    from bot.operations.finding import State

    async def findings() -> bool:
        found = []
        async for finding in examine(settings):
            found.append(finding)
            if not options.json:
                print(f"{finding.state.value:5}  {finding.what}: {finding.said}", flush=True)
                if finding.do:
                    print(f"       → {finding.do}")
        if options.json:
            print_json([finding.wire() for finding in found])
        return any(finding.state is State.WRONG for finding in found)

    return 1 if asyncio.run(findings()) else 0


def _backup(settings: Settings, options: argparse.Namespace) -> None:
    from bot.operations.backup import back_up, remove_old, write_to

    cipher = _cipher(settings)
    if options.file == Path("-"):
        asyncio.run(write_to(sys.stdout.buffer, settings, cipher, with_model=options.with_model))
        return
    made = asyncio.run(back_up(settings, cipher, options.file, with_model=options.with_model))
    if options.keep is not None:
        remove_old(settings, options.keep)
    if options.json:
        print_json(made.wire())
        return
    print(f"{made.path}: {sum(made.rows.values())} rows, {made.files} files, {made.size / 1e6:.1f} MB")
    print("The key is not in it: keep a copy of the key apart, or nobody can read it.", file=sys.stderr)


def _restore(settings: Settings, options: argparse.Namespace) -> None:
    from bot.operations.restore import check, restore

    cipher = _cipher(settings)
    try:
        source = sys.stdin.buffer if options.file == Path("-") else options.file.open("rb")
    except OSError as error:
        raise Misconfigured(f"{options.file} cannot be read: {error.strerror}.", code="no-backup") from None
    with source:
        if options.check:
            manifest = check(source, cipher)
            total = sum(told["rows"] for told in manifest["tables"].values())
            if options.json:
                print_json(manifest)
            else:
                print(f"Whole: {total} rows and {manifest['files']} files, as of {manifest['at'][:16]} UTC.")
            return
        done = asyncio.run(
            restore(source, settings, cipher, replace=options.replace, journals=options.journal),
        )
    if options.json:
        print_json(vars(done))
        return
    print(f"Restored the state of {done.at[:16]} UTC: {sum(done.rows.values())} rows, {done.files} files.")
    if done.upgraded:
        print(f"The tables were brought from revision {done.revision} to the present one.")
    if done.erased_again:
        print(f"{done.erased_again} erased again, as the journal says.")
    for path in done.aside:
        print(f"What was there is kept in {path}: remove it when all is well.")


def _cipher(settings: Settings) -> "Cipher":
    """Return the keys, which must be there: one made now would open nothing.

    Raises:
        Misconfigured: there is none.
    """
    from bot.privacy.encryption import key_file, open_cipher

    path = key_file(settings.data_dir)
    if not settings.secret_key and not path.exists():
        raise Misconfigured(
            f"The key is missing: put the key of the service into {path} (chmod 600), or set GUICHET_SECRET_KEY.",
            code="key-missing",
        )
    return open_cipher(settings)
