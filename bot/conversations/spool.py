"""What waits on the local disk while the database is away: one file, in order, encrypted, bounded.

The processes of one machine share the file. An entry is one line: the identifier of its conversation, and the entry
itself encrypted. Lines are written under a lock and forced to the disk, so that a line that is there was acknowledged,
and a half-written one at the end was not: it is cut off by the next writer. When everything is in the database the file
is emptied; its first line changes each time, which tells the other processes that what they know of it is out of date.
"""

import fcntl
import logging
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.errors import GuichetError, Unavailable
from bot.privacy.encryption import Cipher
from bot.settings import Settings

logger = logging.getLogger(__name__)

Entry = dict[str, Any]

RETRY_AFTER = 30
"""Seconds after which whoever was refused may try again."""
BATCH = 2**16
"""Bytes read at a time."""


class Spool:
    """The entries that wait on this machine.

    Args:
        folder: where the file is; made when it is missing, for its owner only.
        cipher: encrypts the entries.
        limit: bytes that may wait.
    """

    def __init__(self, folder: Path, cipher: Cipher, limit: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "waiting"
        self._rejected = folder / "rejected"
        self._lock = folder / "lock"
        self._cipher = cipher
        self._limit = limit
        # Where the lines of each conversation are, as far as the file was read.
        self._places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self._first_line = b""
        self._known = 0

    @property
    def size(self) -> int:
        """Bytes that wait; 0 nearly always."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, conversation_id: str, entry: Entry) -> None:
        """Add an entry and see that it is on the disk.

        Raises:
            Unavailable: the spool is full, or the disk takes nothing.
        """
        line = conversation_id.encode() + b" " + self._cipher.encrypt(entry) + b"\n"
        try:
            with self._locked(), self._path.open("ab+", buffering=0) as file:
                os.fchmod(file.fileno(), 0o600)
                end = _end_of_last_line(file)
                file.truncate(end)
                if end == 0:
                    line = b"# " + secrets.token_hex(8).encode() + b"\n" + line
                if end + len(line) > self._limit:
                    raise _full()
                try:
                    _write_all(file, line)
                except OSError:
                    file.truncate(end)
                    raise
        except OSError as error:
            logger.error("the spool takes nothing: %s", type(error).__name__)
            raise _full() from error

    def of(self, conversation_id: str) -> list[Entry]:
        """Return the entries of a conversation that wait, in their order."""
        self._look()
        places = self._places.get(conversation_id)
        if not places:
            return []
        with self._path.open("rb") as file:
            lines = []
            for offset, length in places:
                file.seek(offset)
                lines.append(file.read(length))
        # The file may have been emptied and begun again since the look.
        mine = [line for line in lines if line.startswith(conversation_id.encode() + b" ")]
        return [entry for line in mine if (entry := self.entry(line)) is not None]

    def conversations(self) -> list[str]:
        """Return the conversations of which something waits."""
        self._look()
        return list(self._places)

    def read(self, offset: int) -> tuple[list[bytes], int]:
        """Return some of the whole lines after an offset, and the offset after them."""
        if not self.size:
            return [], offset
        with self._path.open("rb") as file:
            file.seek(offset)
            block = file.read(BATCH)
            if b"\n" not in block:
                block += file.readline()
        block = block[: block.rfind(b"\n") + 1]
        return block.splitlines(keepends=True), offset + len(block)

    def entry(self, line: bytes) -> Entry | None:
        """Return the entry of a line; None when it is none, or cannot be decrypted."""
        try:
            entry = self._cipher.decrypt(line.partition(b" ")[2].strip())
        except (GuichetError, ValueError):
            return None
        return entry if isinstance(entry, dict) else None

    def reject(self, line: bytes) -> None:
        """Put aside a line that can never be written to the database: nothing is thrown away unseen."""
        logger.error("a line of the spool cannot be used; it was put aside in %s", self._rejected)
        with self._locked(), self._rejected.open("ab", buffering=0) as file:
            os.fchmod(file.fileno(), 0o600)
            _write_all(file, line)

    def empty(self, offset: int) -> bool:
        """Empty the spool when nothing was added after an offset, and return whether it is empty."""
        with self._locked():
            if not self.size:
                return True
            with self._path.open("rb+", buffering=0) as file:
                if _end_of_last_line(file) > offset:
                    return False
                file.truncate(0)
                os.fdatasync(file.fileno())
        return True

    @contextmanager
    def draining(self) -> Iterator[bool]:
        """Return whether this process may empty the spool, for the length of the block: one does at a time."""
        with self._lock.with_name("draining").open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # The lock goes with the file that is closed, or with the process that dies.
        with self._lock.open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _look(self) -> None:
        """Learn where the lines are that were added since the last look."""
        size = self.size
        if not size:
            self._places.clear()
            self._first_line, self._known = b"", 0
            return
        with self._path.open("rb") as file:
            first_line = file.readline()
        if first_line != self._first_line:
            self._places.clear()
            self._first_line, self._known = first_line, 0
        while self._known < size:
            lines, after = self.read(self._known)
            if not lines:
                return
            for line in lines:
                if not line.startswith(b"#"):
                    self._places[line.partition(b" ")[0].decode(errors="replace")].append((self._known, len(line)))
                self._known += len(line)
            self._known = after


def open_spool(settings: Settings, cipher: Cipher) -> Spool:
    """Return the spool of this machine."""
    return Spool(settings.data_dir / "spool", cipher, settings.spool_megabytes * 2**20)


def _full() -> Unavailable:
    return Unavailable(
        "Nothing can be written down for the moment: send this again later.",
        code="spool-full",
        retry_after=RETRY_AFTER,
    )


def _end_of_last_line(file: Any) -> int:
    """Return the length of a file without the half-written line at its end."""
    end: int = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BATCH)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0


def _write_all(file: Any, data: bytes) -> None:
    while data:
        data = data[file.write(data) :]
    os.fdatasync(file.fileno())
