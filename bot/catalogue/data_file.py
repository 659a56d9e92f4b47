"""A SQLite file of imported data: made anew beside the old one, and put in its place at once.

It is no part of the database: it holds nothing that a citizen said. Several processes read it, and each goes on with
the file that it opened when a new one is put in its place.
"""

import os
import shutil
import sqlite3
from pathlib import Path


class NewFile:
    """A file that is not seen before it is whole.

    Args:
        path: where it will be; its folder is made when it is not there.
        tables: the statements that make its tables.
        version: of the tables, kept in the file.
        from_present: whether it starts as a copy of the file that is there, when that one is of this version.

    Attributes:
        connection: to write into it.
    """

    def __init__(self, path: Path, tables: str, version: int, *, from_present: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._final = path
        self._draft = path.with_name(f".{path.name}.{os.getpid()}")
        self._draft.unlink(missing_ok=True)
        if from_present and readable(path, version):
            shutil.copy(path, self._draft)
        self.connection = sqlite3.connect(self._draft)
        if not self.connection.execute("PRAGMA user_version").fetchone()[0]:
            self.connection.executescript(f"{tables} PRAGMA user_version = {version};")
        # A draft that the power takes away is made again: nothing has to reach the disk before the end.
        self.connection.execute("PRAGMA synchronous = OFF")

    def put_in_place(self) -> None:
        """End the file and let it replace the old one."""
        try:
            self.connection.commit()
            self.connection.execute("VACUUM")
            self.connection.close()
            with self._draft.open("rb") as written:
                os.fsync(written.fileno())
            self._draft.replace(self._final)
        finally:
            self._draft.unlink(missing_ok=True)

    def forget(self) -> None:
        """Leave the old file where it is."""
        self.connection.close()
        self._draft.unlink(missing_ok=True)


def readable(path: Path, version: int) -> bool:
    """Return whether there is a file of this version."""
    if not path.is_file():
        return False
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.close()
    except sqlite3.DatabaseError:
        return False
    return found == version


def open_to_read(path: Path) -> sqlite3.Connection:
    """Return a connection that only reads, from any thread."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def stamp(path: Path) -> tuple[int, int] | None:
    """Return what differs once another file is in place, for who holds one open; None without a file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
