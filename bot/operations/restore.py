"""`guichet restore`: a backup into an empty place, or over what is there when told so; whole or not at all.

Everything is made beside what is in use (a new SQLite file, one transaction on PostgreSQL, folders with other names),
compared with the manifest, brought to the present version, rid of what citizens had erased, and only then put in place.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import Database, now
from bot.errors import Misconfigured, Unavailable
from bot.migrations import configuration, moving
from bot.migrations.marks import lower_marks
from bot.operations import rows
from bot.operations.archive import MANIFEST, head_of, read
from bot.operations.backup import revision_of
from bot.operations.places import Places
from bot.operations.rows import Shape
from bot.operations.sealed import damaged
from bot.operations.target import contents, empty_server, fold, not_empty, refuse_used_file
from bot.operations.within import Within
from bot.privacy.encryption import Cipher
from bot.requests.files import FileStore
from bot.rights.erasure import replay
from bot.rights.erasures import Erasures, open_erasures
from bot.rights.holdings import Holdings
from bot.settings import Settings

Opener = Callable[[bool], AbstractAsyncContextManager[AsyncConnection]]
"""Opens a transaction; the argument says whether tables are made anew in it."""


@dataclass(frozen=True)
class Restored:
    """What a restore did.

    Attributes:
        at: the moment whose state was restored.
        made_by: the version of Guichet that made the backup.
        revision: of the tables in the backup.
        upgraded: whether the tables were then brought to a newer one.
        rows: how many, by table.
        files: how many of the files of citizens.
        erased_again: how many things were erased again, because they had been erased since.
        aside: where what was there before is kept.
    """

    at: str
    made_by: str
    revision: str
    upgraded: bool
    rows: dict[str, int]
    files: int
    erased_again: int
    aside: list[str]


async def restore(
    source: BinaryIO,
    settings: Settings,
    cipher: Cipher,
    *,
    replace: bool = False,
    journals: Sequence[Path] = (),
) -> Restored:
    """Restore a backup.

    Args:
        source: the backup.
        settings: of the service that it is restored into, which must not run.
        cipher: the keys, one of which encrypted it.
        replace: whether a service that holds something is replaced; what it held in files is kept aside.
        journals: of erasures, beside the one of the data folder and the one of the backup.

    Raises:
        Conflict: the service runs, or holds something and `replace` is not set.
        Misconfigured: the file is no backup, is damaged, is of a newer version, or was encrypted with another key.
        Unavailable: the database does not answer, or the disk takes nothing.
    """
    work = _Work(settings, cipher, Places(now()), replace=replace)
    try:
        return await work.do(read(source, cipher), journals)
    except OSError as error:
        raise Unavailable(f"The backup cannot be restored: {error.strerror}.", code="restore-refused") from None
    finally:
        work.places.clear()


def check(source: BinaryIO, cipher: Cipher) -> dict[str, Any]:
    """Read a backup to its end, compare it with its manifest, and return the manifest; nothing is restored.

    Raises:
        Misconfigured: it is no backup, is damaged, or was encrypted with another key.
    """
    found = _Found()
    manifest: dict[str, Any] = {}
    for place, (name, content) in enumerate(read(source, cipher)):
        if place == 0:
            head_of(name, content)
        elif name == MANIFEST:
            manifest = json.loads(content)
        else:
            found.note(name, content, content.count(b"\n"))
    found.compare(manifest)
    return manifest


class _Found:
    """Counts what was read, to compare it with the manifest."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self._digests: dict[str, Any] = {}
        self.files = 0

    def note(self, name: str, content: bytes, lines: int) -> None:
        kind, _, rest = name.partition("/")
        if kind == "tables":
            table = rest.partition("/")[0]
            self.rows[table] = self.rows.get(table, 0) + lines
            self._digests.setdefault(table, sha256()).update(content)
        self.files += kind == "files"

    def compare(self, manifest: dict[str, Any]) -> None:
        tables = {
            name: {"rows": self.rows.get(name, 0), "sha256": self._digests.get(name, sha256()).hexdigest()}
            for name in manifest.get("tables", {})
        }
        if not manifest or tables != manifest["tables"] or self.files != manifest["files"]:
            raise damaged("it does not hold what its manifest says")


class _Work:
    def __init__(self, settings: Settings, cipher: Cipher, places: Places, *, replace: bool) -> None:
        self._settings = settings
        self._cipher = cipher
        self._replace = replace
        self.places = places
        self._data = settings.data_dir
        self._journal = open_erasures(settings, cipher).path
        url = make_url(settings.database)
        self._file = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
        self._aside: list[Path] = []

    async def do(self, content: Iterator[tuple[str, bytes]], journals: Sequence[Path]) -> Restored:
        head = head_of(*next(content, ("", b"")))
        if head["revision"] not in _revisions():
            raise Misconfigured(
                f"The backup was made by Guichet {head['guichet']}, whose tables this version does not know: restore "
                "it with that version or a newer one.",
                code="backup-newer",
            )
        self._refuse_files()
        finals = [self._data / "files", self._data / "spool"]
        if self._file is not None:
            refuse_used_file(self._file, replace=self._replace)
            for suffix in ("-wal", "-shm"):
                # Of a database that could not be opened: it must not be taken for the new one's.
                self.places.beside(self._file.with_name(self._file.name + suffix))
            finals.append(self._file)
        self._aside = [self.places.aside(final) for final in finals if final.exists()]
        target = self.places.beside(self._file) if self._file else None
        database = Database(f"sqlite+aiosqlite:///{target}" if target else self._settings.database)
        try:
            restored = await self._fill(database, head, content, journals)
        except BaseException:
            self.places.undo()
            raise
        finally:
            await database.close()
        if target is not None:
            fold(target)
            self.places.swap()
        return restored

    async def _fill(
        self, database: Database, head: dict[str, Any], content: Iterator[tuple[str, bytes]], journals: Sequence[Path]
    ) -> Restored:
        if self._file is not None:
            # Nobody sees the new file yet: each step may be a transaction of its own.
            return await self._steps(
                lambda moves: moving(database) if moves else database.transaction(), head, content, journals
            )
        async with database.transaction() as connection:
            await empty_server(connection, replace=self._replace)
            restored = await self._steps(lambda moves: nullcontext(connection), head, content, journals)
            self.places.swap()
        return restored

    async def _steps(
        self, opened: Opener, head: dict[str, Any], content: Iterator[tuple[str, bytes]], journals: Sequence[Path]
    ) -> Restored:
        async with opened(True) as connection:
            await _migrate(connection, head["revision"])
        async with opened(False) as connection:
            shapes = {each["name"]: Shape(**each) for each in head["tables"]}
            found = await self._load(connection, shapes, content)
            await rows.set_sequences(connection, shapes.values())
        async with opened(True) as connection:
            await _migrate(connection, "head")
            upgraded = await revision_of(connection) != head["revision"]
        async with opened(False) as connection:
            await lower_marks(connection)
            again = await self._erase_again(connection, journals)
        return Restored(
            at=head["at"],
            made_by=head["guichet"],
            revision=head["revision"],
            upgraded=upgraded,
            rows=found.rows,
            files=found.files,
            erased_again=again,
            aside=[str(path) for path in self._aside],
        )

    async def _load(
        self, connection: AsyncConnection, shapes: dict[str, Shape], content: Iterator[tuple[str, bytes]]
    ) -> _Found:
        found, manifest = _Found(), {}
        for name, part in content:
            kind, _, rest = name.partition("/")
            if name == MANIFEST:
                manifest = json.loads(part)
                continue
            lines = await rows.load(connection, shapes[rest.partition("/")[0]], part) if kind == "tables" else 0
            found.note(name, part, lines)
            if (final := self._final(kind, rest)) is not None:
                self.places.write(*final, part)
        found.compare(manifest)
        return found

    def _final(self, kind: str, rest: str) -> tuple[Path, str] | None:
        """Return where a file of the archive goes: what takes its place as a whole, and the path below it."""
        if ".." in Path(rest).parts or Path(rest).is_absolute():
            raise damaged("a name leads out of its folder")
        if kind in ("files", "spool"):
            return self._data / kind, rest
        if kind == "data":
            first, _, below = rest.partition("/")
            return self._data / first, below
        if kind == "models":
            # A model is named by its day: nothing has to go for it.
            return self._settings.models_dir / rest, ""
        named = {"learned.yml": self._settings.learned_file, "erasures.jsonl": self._journal}
        return (named[kind], "") if kind in named else None

    def _refuse_files(self) -> None:
        held = [name for name in ("files", "spool") if any(contents(self._data / name))]
        if held and not self._replace:
            raise not_empty(f"the folder {self._data / held[0]} holds files")
        for name in ("files", "spool"):
            # What is there goes aside even when the backup has nothing of the kind.
            self.places.beside(self._data / name)

    async def _erase_again(self, connection: AsyncConnection, journals: Sequence[Path]) -> int:
        """Join the journals, the one of this place and the one of the backup, and erase what they say."""
        draft = self.places.beside(self._journal)
        old = self._journal.read_text("ascii").splitlines() if self._journal.exists() else []
        known = set(old)
        added = [
            line for line in (draft.read_text("ascii") if draft.exists() else "").splitlines() if line not in known
        ]
        if old or added:
            self.places.write(self._journal, "", "".join(f"{line}\n" for line in (*old, *added)).encode())
        within = Within(connection)
        folder = self.places.beside(self._data / "files")
        files = FileStore(within, self._cipher, folder, self._settings.files_megabytes * 1_000_000)
        holdings = Holdings(within, self._cipher, files, Erasures(draft, self._cipher))
        return len(await replay(holdings, journals))


def _revisions() -> set[str]:
    return {each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()}


async def _migrate(connection: AsyncConnection, revision: str) -> None:
    await connection.run_sync(lambda sync: command.upgrade(configuration(sync), revision))
