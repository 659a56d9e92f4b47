"""Reads the directory's JSON record by record, whatever it is wrapped in: a file, a folder, a zip, a tar.

The national file has some 300 MB: it is read in pieces and never whole. Nothing of an archive is written to disk.
"""

import codecs
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from bot.errors import InvalidInput, TooLarge

PIECE = 2**20
"""Bytes read at a time."""
MAX_RECORD = 2**23
"""Characters of one record; an agency that serves a whole department has some ten thousand."""
MAX_TOTAL = 2**32
"""Bytes of all files together, unpacked."""
MAX_INNER = 2**29
"""Bytes of an archive inside the archive: DILA's has one with a file for each commune."""
_OPENING = re.compile(r'\s*(?:\{\s*"(?:service|commune|results|records)"\s*:\s*\[|\[)')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()

Unread = Callable[[str, str], None]
"""Is told the name of a file that cannot be read, and why."""


_BROKEN = (
    *(OSError, EOFError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
)


def records(path: Path, unread: Unread) -> Iterator[tuple[str, Any]]:
    """Yield every record of the JSON files at a path, each with the name of its file.

    Raises:
        InvalidInput: it cannot be read, or a file breaks off in the middle.
        TooLarge: it is beyond what a directory can be.
    """
    budget = _Budget()
    try:
        for name, stream in _streams(path):
            count = 0
            try:
                for record in _objects(_Text(stream, budget)):
                    count += 1
                    yield name, record
            except (ValueError, RecursionError):
                if count:
                    raise InvalidInput(f"{name} breaks off after record {count}; nothing was imported.") from None
                unread(name, "it is not JSON")
    except _BROKEN as error:
        raise InvalidInput(f"{path} cannot be read ({error}); nothing was imported.") from None


class _Budget:
    """What is left of the bytes that an import may have."""

    left = MAX_TOTAL


class _Text:
    """A stream of bytes as pieces of text."""

    def __init__(self, stream: IO[bytes], budget: _Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()

    def read(self) -> str:
        """Return the next piece; empty at the end."""
        text = ""
        while not text:
            data = self._stream.read(PIECE)
            self._budget.left -= len(data)
            if self._budget.left < 0:
                raise TooLarge("The files hold more than a directory of offices can; nothing was imported.")
            text = self._decoder.decode(data, final=not data)
            if not data:
                break
        return text


def _objects(text: _Text) -> Iterator[Any]:
    """Yield the objects of a list, of the list in an object, or of lines."""
    buffer = text.read()
    opening = _OPENING.match(buffer)
    place = opening.end() if opening else 0
    while True:
        between = _BETWEEN.match(buffer, place)
        place = between.end() if between else place
        if opening and buffer[place : place + 1] == "]":
            return
        try:
            record, place = _DECODER.raw_decode(buffer, place)
        except ValueError:
            left = buffer[place:]
            more = text.read()
            if not more and not left and not opening:
                return
            if not more or len(left) > MAX_RECORD:
                raise
            buffer, place = left + more, 0
            continue
        yield record


def _streams(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.suffix.lower() in (".json", ".zip") and file.is_file() and not file.is_symlink():
                yield from _streams(file)
    elif zipfile.is_zipfile(path):
        yield from _zip(path)
    elif path.suffix.lower() != ".json" and tarfile.is_tarfile(path):
        yield from _tar(path)
    else:
        with path.open("rb") as stream:
            yield path.name, stream


def _zip(file: Path | IO[bytes], inner: bool = False) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(file) as archive:
        for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
            suffix = PurePosixPath(entry.filename).suffix.lower()
            if suffix == ".json":
                with archive.open(entry) as stream:
                    yield PurePosixPath(entry.filename).name, stream
            elif suffix == ".zip" and not inner:
                with archive.open(entry) as stream:
                    yield from _zip(_in_memory(stream, entry.filename), inner=True)


def _tar(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            suffix = PurePosixPath(member.name).suffix.lower()
            if stream is not None and suffix == ".json":
                yield PurePosixPath(member.name).name, stream
            elif stream is not None and suffix == ".zip":
                yield from _zip(_in_memory(stream, member.name), inner=True)


def _in_memory(stream: IO[bytes], name: str) -> io.BytesIO:
    data = stream.read(MAX_INNER + 1)
    if len(data) > MAX_INNER:
        raise TooLarge(f"{name} is larger than {MAX_INNER // 2**20} MB; nothing was imported.")
    return io.BytesIO(data)
