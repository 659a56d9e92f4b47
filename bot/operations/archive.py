"""What stands in a backup: a tar of JSON lines and files, compressed, then encrypted frame by frame (`sealed.py`).

- `backup.json`, first: version, time, revision of the tables, their columns
- `spool/`: what waited for the database when the backup began
- `tables/NAME/00001`: rows, a JSON array a line
- `files/ab/ab12…`: what citizens sent, encrypted once more by itself
- `data/`, `learned.yml`, `erasures.jsonl`, `models/`
- `manifest.json`, last: how many rows and files, and the digest of each table
"""

import gzip
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from bot.errors import Misconfigured
from bot.operations.sealed import Sealer, Unsealer, damaged
from bot.privacy.encryption import Cipher

FORMAT = 1
HEAD, MANIFEST = "backup.json", "manifest.json"
COMPRESSION = 3
"""Rows shrink to a tenth at once; more costs seconds a gigabyte and gives a few hundredths."""


class Writer:
    """Adds what belongs to a backup, in order.

    Args:
        tar: where it goes.
    """

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: bytes) -> None:
        """Add something under a name."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))

    def add_json(self, name: str, value: Any) -> None:
        """Add a JSON document."""
        self.add(name, json.dumps(value, ensure_ascii=False, indent=1).encode())

    def add_file(self, name: str, path: Path) -> int | None:
        """Add a file and return its size; None when it is no longer there."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        self.add(name, content)
        return len(content)


@contextmanager
def writing(target: BinaryIO, cipher: Cipher) -> Iterator[Writer]:
    """Open an archive to be written; it gets its end when the block does, and none when the block fails."""
    sealer = Sealer(target, cipher)
    with (
        gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=COMPRESSION, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Writer(tar)
    sealer.finish()


def read(source: BinaryIO, cipher: Cipher) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of all that is in an archive, to its end.

    Raises:
        Misconfigured: it is no backup, was encrypted with another key, or is damaged.
    """
    unsealer = Unsealer(source, cipher)
    try:
        stream = io.BufferedReader(unsealer)  # type: ignore[type-var]  # typeshed wants more than is used
        with gzip.GzipFile(fileobj=stream, mode="rb") as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for entry in tar:
                    content = tar.extractfile(entry)
                    if not entry.isfile() or content is None:
                        raise damaged(f"{entry.name} is no file")
                    yield entry.name, content.read()
            while packed.read(2**20):
                pass
    except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile):
        raise damaged("its content cannot be read") from None
    unsealer.finish()


def head_of(name: str, content: bytes) -> dict[str, Any]:
    """Return what the first document of a backup says.

    Raises:
        Misconfigured: it is another document, or of a version of Guichet that writes backups otherwise.
    """
    if name != HEAD:
        raise damaged("it has no beginning")
    head: dict[str, Any] = json.loads(content)
    if head.get("format") != FORMAT:
        raise Misconfigured(
            f"The backup was made by Guichet {head.get('guichet')} in another format: restore it with that version.",
            code="backup-format",
        )
    return head
