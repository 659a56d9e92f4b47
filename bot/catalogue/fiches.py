"""Imports the official fiches: DILA's feed as a folder or zip of XML, or JSON lines.

An import is the whole set: what the source no longer has goes away. A file that cannot be read is reported with its
reason, and the fiche that an earlier import made of it stays. The old set is in use until the new one is whole.
"""

import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.catalogue.fiches_lines import joined, read_lines
from bot.catalogue.fiches_model import Fiche
from bot.catalogue.fiches_source import publications
from bot.catalogue.fiches_store import FicheWriter, digest
from bot.catalogue.fiches_xml import HostileXml, read_publication
from bot.errors import InvalidInput

PROGRESS_EVERY = 100

Progress = Callable[[int], None]
"""Is told, every now and then, how many files or lines have been read."""


@dataclass
class Report:
    """What an import did.

    Attributes:
        added, changed, unchanged, removed: numbers of fiches.
        skipped: files that are no fiche: words of the glossary.
        unread: names of the files or lines that could not be read, each with the reason.
        dead_links: fiches and dossiers that are linked to and not there.
        seconds: how long it took.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    dead_links: int = 0
    seconds: float = 0.0

    @property
    def fiches(self) -> int:
        """How many fiches the source holds."""
        return self.added + self.changed + self.unchanged


def import_fiches(path: Path, folder: Path, progress: Progress = lambda read: None) -> Report:
    """Import the fiches of a source in the place of those that are there.

    Args:
        path: a folder or zip of F*.xml, N*.xml and R*.xml, or a file of JSON lines.
        folder: where the fiches are kept (`settings.data_dir / "fiches"`).
        progress: called with the number of files or lines read.

    Returns:
        What was done.

    Raises:
        InvalidInput: there is no fiche in the source, or the source is hostile; nothing has changed then.
    """
    if not path.exists():
        raise InvalidInput(f"There is nothing at {path}.")
    started, report = time.perf_counter(), Report()
    with FicheWriter(folder) as writer:
        seen: set[str] = set()
        for fiche in _fiches(path, report, progress):
            seen.add(fiche.id)
            known = writer.digests.get(fiche.id)
            if known == digest(fiche):
                report.unchanged += 1
                continue
            writer.put(fiche)
            report.changed += known is not None
            report.added += known is None
        if not seen:
            first = "; ".join(f"{name}: {reason}" for name, reason in report.unread[:1])
            raise InvalidInput(f"{path} holds no fiche that can be read{f' ({first})' if first else ''}.")
        unread = {Path(name).stem for name, _ in report.unread}
        for fiche_id in writer.digests.keys() - seen - unread:
            writer.remove(fiche_id)
            report.removed += 1
        report.dead_links = writer.dead_links()
    report.seconds = time.perf_counter() - started
    return report


def _fiches(path: Path, report: Report, progress: Progress) -> Iterator[Fiche]:
    """Yield each fiche once, and write in the report what cannot be read."""
    whole: dict[str, Fiche] = {}
    for number, (name, found) in enumerate(_read(path), start=1):
        if number % PROGRESS_EVERY == 0:
            progress(number)
        if isinstance(found, str):
            report.unread.append((name, found))
        elif found is None:
            report.skipped += 1
        else:
            whole[found.id] = joined(whole[found.id], found) if found.id in whole else found
    yield from whole.values()


def _read(path: Path) -> Iterator[tuple[str, Fiche | str | None]]:
    if path.is_file() and not zipfile.is_zipfile(path):
        yield from read_lines(path)
        return
    for name, data in publications(path):
        try:
            yield name, read_publication(data)
        except HostileXml as error:
            raise HostileXml(f"{name} of {path}: {error.message}; nothing was imported.") from None
        except InvalidInput as error:
            yield name, error.message
