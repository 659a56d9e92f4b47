"""What is stored: the database and its version, what waits in the spool, the last backup."""

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database, now
from bot.migrations import configuration
from bot.operations.backup import last_backup, revision_of
from bot.operations.finding import Finding, fine, look, wrong
from bot.rights.keys import check as check_keys
from bot.settings import Settings

APART = timedelta(seconds=5)
"""By which two clocks may differ."""
BACKUP_EVERY = timedelta(hours=26)
"""A daily backup, and time for it to be made."""


async def database(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the database: reachable, of this version, opened by the keys, its clock and ours."""
    url = make_url(settings.database)
    shown = url.render_as_string(hide_password=True)
    path = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    if path is not None and not path.exists():
        yield look("database", f"{path} is not there.", "`guichet prepare` or `guichet up` makes it.")
        return
    if path is not None and not os.access(path, os.W_OK):
        yield wrong("database", f"{path} cannot be written.", f"chown {os.geteuid()} {path}")
        return
    opened = Database(settings.database)
    try:
        async with opened.looking() as connection:
            revision = await revision_of(connection)
            at = await _its_time(connection, is_sqlite=opened.is_sqlite)
        yield fine("database", f"{shown} answers.")
        yield _version(revision)
        if abs(at - now()) > APART:
            yield wrong(
                "clock",
                f"The database is at {at:%H:%M:%S} UTC and this machine at {now():%H:%M:%S}.",
                "Let a time service keep both clocks: delays and orders are told by them.",
            )
        if revision is not None:
            await check_keys(opened, settings)
            yield fine("key of the data", "The keys open what is in the database.")
    finally:
        await opened.close()


async def spool(settings: Settings) -> AsyncIterator[Finding]:
    """Look at what waits on the disk for the database."""
    folder = settings.data_dir / "spool"
    waiting, rejected = (_size(folder / name) for name in ("waiting", "rejected"))
    if rejected:
        yield wrong(
            "spool",
            f"{folder / 'rejected'} holds {rejected} bytes that could not be written to the database.",
            "Keep the file, and see the log of that time: it is what citizens wrote.",
        )
    if waiting:
        yield look(
            "spool",
            f"{waiting} bytes wait for the database.",
            "They are written by themselves once it answers and the service runs; do not remove the folder.",
        )
    if not waiting and not rejected:
        yield fine("spool", "Nothing waits.")


async def backup(settings: Settings) -> AsyncIterator[Finding]:
    """Look at when the last backup was made from this machine."""
    last = last_backup(settings)
    if last is None:
        yield look(
            "backup",
            "None was made from this data folder, as far as is known here.",
            "Let `guichet backup` run every day (deploy/guichet-backup.timer), and try a restore.",
        )
        return
    age = now() - last
    said = f"The last one was made {last:%Y-%m-%d %H:%M} UTC, {_told(age)} ago."
    if age > BACKUP_EVERY:
        yield wrong("backup", said, "Find out why none was made since: `systemctl status guichet-backup`.")
    else:
        yield fine("backup", said)


def _version(revision: str | None) -> Finding:
    script = ScriptDirectory.from_config(configuration())
    head = script.get_current_head()
    known = {each.revision for each in script.walk_revisions()}
    if revision == head:
        return fine("tables", f"They are of this version ({revision}).")
    if revision is None:
        return look("tables", "There are none yet.", "`guichet prepare` makes them.")
    if revision in known:
        return wrong("tables", f"They are older ({revision}, not {head}).", "Back up, then `guichet prepare`.")
    return wrong(
        "tables", f"They are of a newer version ({revision}).", "Install that version again (docs/operations.md)."
    )


async def _its_time(connection: AsyncConnection, *, is_sqlite: bool) -> datetime:
    if is_sqlite:
        return now()
    at: datetime = await connection.scalar(text("SELECT clock_timestamp()"))
    return at


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _told(age: timedelta) -> str:
    return f"{age.days} days" if age.days > 1 else f"{age.total_seconds() / 3600:.0f} hours"
