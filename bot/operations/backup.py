"""`guichet backup`: all that cannot be made again, as of one moment, while the service goes on.

Both databases show one transaction the state of one moment, however long it reads, and let the others write meanwhile:
SQLite by its log (WAL), PostgreSQL by REPEATABLE READ. The spool is read before that moment, so that what moves from it
into the database is in the backup once or twice and never left out; a replay writes it once. The files are those that
the rows of that moment name. The key is not in the archive.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import __version__
from bot.db import Database, now
from bot.errors import Conflict, GuichetError, Misconfigured, Unavailable
from bot.learning.models import card_of, current_model
from bot.operations import rows
from bot.operations.archive import FORMAT, HEAD, MANIFEST, Writer, writing
from bot.operations.rows import Shape
from bot.privacy.encryption import Cipher
from bot.rights.erasures import open_erasures
from bot.settings import Settings

CARRIED = ("banner.yml", "verbatims")
"""What else lies in the data folder and was made here: the announcement, and the tone that the office taught."""
LAST = "last-backup.json"
"""In the data folder: when the last backup was made from this machine, for `guichet doctor` and `/metrics`."""
FOLDER, SUFFIX = "backups", ".guichet"


@dataclass(frozen=True)
class Made:
    """What a backup holds.

    Attributes:
        path: of the archive; None when it went to standard output.
        at: the moment whose state it is.
        revision: of the tables.
        rows: how many, by table.
        files: how many of the files of citizens; those that were erased meanwhile are not among them.
        size: of the archive, in bytes.
    """

    path: Path | None
    at: datetime
    revision: str
    rows: dict[str, int]
    files: int
    size: int

    def wire(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "file": str(self.path) if self.path else None,
            "at": self.at.isoformat(timespec="seconds"),
            "revision": self.revision,
            "rows": self.rows,
            "files": self.files,
            "bytes": self.size,
        }


async def back_up(settings: Settings, cipher: Cipher, path: Path | None = None, *, with_model: bool = False) -> Made:
    """Write a backup, whole or not at all.

    Args:
        settings: of the service.
        cipher: its keys; the first one encrypts.
        path: a file that does not exist yet; without it a new one in `backups/` of the data folder.
        with_model: whether the model in service is in it too; it can be trained again.

    Raises:
        Conflict: the file exists.
        Unavailable: the database does not answer, or the disk takes nothing.
        Misconfigured: the database has no tables.
    """
    at = now()
    path = path or settings.data_dir / FOLDER / f"guichet-{at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    if path.exists():
        raise Conflict(f"{path} exists; a backup never writes over another.", code="file-exists")
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            revision, counts, files = await write_to(target, settings, cipher, with_model=with_model)
            target.flush()
            os.fsync(target.fileno())
            size = target.tell()
        draft.replace(path)
        made = Made(path, at, revision, counts, files, size)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        (settings.data_dir / LAST).write_text(json.dumps(made.wire()) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unavailable(f"The backup cannot be written: {error.strerror}.", code="backup-refused") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    return made


def remove_old(settings: Settings, keep: int) -> None:
    """Remove the oldest backups of `backups/`, but the newest `keep`; their names are their times."""
    for path in sorted((settings.data_dir / FOLDER).glob(f"guichet-*{SUFFIX}"), reverse=True)[max(keep, 1) :]:
        path.unlink(missing_ok=True)


def last_backup(settings: Settings) -> datetime | None:
    """Return when the last backup was made from this data folder; None when that is not known."""
    try:
        told: dict[str, Any] = json.loads((settings.data_dir / LAST).read_text(encoding="utf-8"))
        return datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


async def write_to(
    target: BinaryIO, settings: Settings, cipher: Cipher, *, with_model: bool = False
) -> tuple[str, dict[str, int], int]:
    """Write a backup to a stream.

    Returns:
        The revision of the tables, how many rows each has, how many files there are.
    """
    database = Database(settings.database)
    try:
        with writing(target, cipher) as archive:
            waiting = list(_files_of(settings.data_dir / "spool", ("waiting", "rejected")))
            async with moment(database) as connection:
                return await _write(archive, connection, settings, cipher, waiting, with_model=with_model)
    finally:
        await database.close()


@asynccontextmanager
async def moment(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a connection that sees the database as it was when the block began, whoever writes meanwhile."""
    async with database.looking() as connection:
        if database.is_sqlite:
            # The first read fixes the moment.
            await connection.exec_driver_sql("BEGIN")
            await connection.execute(text("SELECT count(*) FROM sqlite_master"))
        else:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield connection
        await connection.rollback()


async def revision_of(connection: AsyncConnection) -> str | None:
    """Return the revision of the tables; None when there are none."""
    names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if "alembic_version" not in names:
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def _write(
    archive: Writer,
    connection: AsyncConnection,
    settings: Settings,
    cipher: Cipher,
    waiting: list[tuple[str, bytes]],
    *,
    with_model: bool,
) -> tuple[str, dict[str, int], int]:
    revision = await revision_of(connection)
    if revision is None:
        raise Misconfigured("The database has no tables: there is nothing to back up.", code="no-tables")
    shapes = await rows.shapes(connection)
    head = {"format": FORMAT, "guichet": __version__, "at": now().isoformat(), "revision": revision}
    archive.add_json(HEAD, head | {"tables": [shape.wire() for shape in shapes]})
    for name, content in waiting:
        archive.add(f"spool/{name}", content)
    tables = {shape.name: await _write_table(archive, connection, shape) for shape in shapes}
    files = gone = 0
    if "request_files" in tables:  # there were none before its revision
        files, gone = await _write_files(archive, connection, settings.data_dir / "files")
    for name, content in _beside(settings, cipher):
        archive.add(name, content)
    if with_model:
        _write_model(archive, settings.models_dir)
    archive.add_json(MANIFEST, {**head, "tables": tables, "files": files, "files_gone": gone})
    return revision, {name: told["rows"] for name, told in tables.items()}, files


async def _write_table(archive: Writer, connection: AsyncConnection, shape: Shape) -> dict[str, Any]:
    count, digest, part = 0, sha256(), 0
    async for number, content in rows.lines(connection, shape):
        part += 1
        archive.add(f"tables/{shape.name}/{part:05}", content)
        count += number
        digest.update(content)
    return {"rows": count, "sha256": digest.hexdigest()}


async def _write_files(archive: Writer, connection: AsyncConnection, folder: Path) -> tuple[int, int]:
    # One erased since that moment has a row here and no content: it stays erased.
    ids = (await connection.execute(text("SELECT id FROM request_files ORDER BY id"))).scalars().all()
    added = [archive.add_file(f"files/{each[:2]}/{each}", folder / each[:2] / each) for each in ids]
    return sum(size is not None for size in added), added.count(None)


def _beside(settings: Settings, cipher: Cipher) -> Iterator[tuple[str, bytes]]:
    for name, content in _files_of(settings.data_dir, CARRIED):
        yield f"data/{name}", content
    for name, path in (
        ("learned.yml", settings.learned_file),
        # Read after the rows: what was noted and is still among them goes again after a restore.
        ("erasures.jsonl", open_erasures(settings, cipher).path),
    ):
        if path.is_file():
            yield name, path.read_bytes()


def _write_model(archive: Writer, models_dir: Path) -> None:
    try:
        model = current_model(models_dir)
    except GuichetError:
        return
    for path in (model, card_of(model)):
        archive.add_file(f"models/{path.name}", path)


def _files_of(folder: Path, names: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        paths = [folder / name] if (folder / name).is_file() else sorted((folder / name).rglob("*"))
        yield from ((str(path.relative_to(folder)), path.read_bytes()) for path in paths if path.is_file())
