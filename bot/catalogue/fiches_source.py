"""Finds the files of an import, in a folder or a zip, and refuses what would harm the machine.

Nothing of a zip is written to disk. What is hostile refuses the whole import: whoever sends one such file is not to be
trusted with the others.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bot.errors import InvalidInput, TooLarge

MAX_FILE = 20 * 2**20
"""Bytes of one file; the largest of DILA's feed has less than one million."""
MAX_TOTAL = 2**31
"""Bytes of all files together; the feed unpacks to about 200 million."""
MAX_FILES = 100_000


class HostileArchive(InvalidInput):
    """The archive or folder reaches out of itself, or was made to exhaust the machine."""

    default_code = "hostile-archive"


def publications(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each F*.xml, N*.xml and R*.xml of a folder or zip, in the order of their names.

    Raises:
        HostileArchive: a name leads out of the archive or folder, or a file is encrypted.
        TooLarge: a file, or all of them, are beyond what a feed can be.
        InvalidInput: it cannot be read.
    """
    total = 0
    for count, (name, data) in enumerate(_folder(path) if path.is_dir() else _zip(path), start=1):
        total += len(data)
        if total > MAX_TOTAL or count > MAX_FILES:
            raise TooLarge(f"{path} holds more than a feed of fiches can; nothing was imported.")
        yield name, data


def is_publication(name: str) -> bool:
    """Return whether a file name is one of a fiche, dossier or resource: its letter, then digits."""
    plain = PurePosixPath(name)
    return plain.suffix.lower() == ".xml" and plain.stem[:1] in ("F", "N", "R") and plain.stem[1:].isdigit()


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    root = folder.resolve()
    for path in sorted(folder.rglob("*.xml")):
        if not is_publication(path.name):
            continue
        if not path.resolve().is_relative_to(root):
            raise HostileArchive(f"{path} leads out of the folder; nothing was imported.")
        try:
            with path.open("rb") as stream:
                yield path.name, _limited(path.name, stream.read(MAX_FILE + 1))
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None


def _zip(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            for entry in entries:
                _check(entry)
            for entry in sorted(entries, key=lambda entry: entry.filename):
                if is_publication(entry.filename):
                    # What the archive says of the size of a file may be a lie: no more than the limit is unpacked.
                    with archive.open(entry) as stream:
                        yield PurePosixPath(entry.filename).name, _limited(entry.filename, stream.read(MAX_FILE + 1))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise InvalidInput(f"{path} is no readable zip ({error}); nothing was imported.") from None


def _check(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name.split("/")[0] or ".." in name.split("/"):
        raise HostileArchive(f"The zip holds {entry.filename!r}, which leads out of it; nothing was imported.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise HostileArchive(f"The zip holds the link {entry.filename!r}; nothing was imported.")
    if entry.flag_bits & 1:
        raise HostileArchive(f"The zip holds the encrypted {entry.filename!r}; nothing was imported.")


def _limited(name: str, data: bytes) -> bytes:
    if len(data) > MAX_FILE:
        raise TooLarge(f"{name} is larger than {MAX_FILE // 2**20} MB; nothing was imported.")
    return data
