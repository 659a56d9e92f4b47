"""Imports the State's directory of local offices, and finds the one that serves a commune.

The old directory is in use until the new one is whole.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.catalogue.administrations import OfficeKind
from bot.catalogue.offices_model import Competence, Office
from bot.catalogue.offices_record import read_record
from bot.catalogue.offices_source import records
from bot.catalogue.offices_store import Directory, DirectoryWriter, stamp
from bot.catalogue.places import Commune
from bot.errors import InvalidInput
from bot.settings import Settings

FOLDER = "offices"
"""Folder of the directory, in the data folder."""
PROGRESS_EVERY = 5000
SHOWN = {"commune": 1, "department": 2}
"""Offices told at most, by how far one serves: the prefecture and the sub-prefecture, but only the main town hall."""

Progress = Callable[[int], None]
"""Is told, every now and then, how many records have been read."""


@dataclass
class Report:
    """What an import did.

    Attributes:
        offices: how many there are now.
        communes: for how many communes the directory says which offices serve them.
        skipped: administrations without a counter.
        unread: what could not be read, each with its name and the reason.
        date: day of the newest entry.
        seconds: how long it took.
    """

    offices: int = 0
    communes: int = 0
    skipped: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    date: str = ""
    seconds: float = 0.0


def import_offices(path: Path, folder: Path, progress: Progress = lambda read: None) -> Report:
    """Import a directory in the place of the one that is there.

    Args:
        path: DILA's JSON: a file, a folder, a zip or a tar.
        folder: where the directory is kept (`settings.data_dir / "offices"`).
        progress: called with the number of records read.

    Raises:
        InvalidInput: there is no office in it, or it cannot be read; nothing has changed then.
    """
    if not path.exists():
        raise InvalidInput(f"There is nothing at {path}.")
    started, report = time.perf_counter(), Report()
    with DirectoryWriter(folder) as writer:
        found = records(path, lambda name, reason: report.unread.append((name, reason)))
        for number, (name, record) in enumerate(found, start=1):
            if number % PROGRESS_EVERY == 0:
                progress(number)
            read = read_record(record)
            if isinstance(read, Office):
                report.offices += writer.put(read)
                report.date = max(report.date, read.date)
            elif isinstance(read, Competence):
                writer.put_competence(read)
                report.communes += 1
            elif read is None:
                report.skipped += 1
            else:
                report.unread.append((f"{name}, record {number}", read))
        if not report.offices:
            raise InvalidInput(f"{path} holds no local office that can be read; nothing was imported.")
    report.seconds = time.perf_counter() - started
    return report


def open_directory(settings: Settings) -> Directory | None:
    """Open the directory; None when none was imported.

    Raises:
        Misconfigured: it was imported by another version.
    """
    folder = settings.data_dir / FOLDER
    return Directory(folder) if stamp(folder) else None


def offices_for(directory: Directory, kind: OfficeKind, commune: Commune) -> list[Office]:
    """Return the offices of a kind for who lives in a commune, the nearest first, `SHOWN` of them at most.

    What the directory says of the offices' reach comes first, then what stands in the commune; for a kind of which
    there is one a department, then what stands in the department.
    """
    found: list[Office] = []
    for code in kind.directory:
        found += directory.serving(code, commune.insee)
    for code in kind.directory if not found else ():
        found += directory.in_commune(code, commune.insee)
    if not found and kind.area == "department":
        return offices_in_department(directory, kind, commune.department)
    nearest = sorted(dict.fromkeys(found), key=lambda office: office.insee != commune.insee)
    return nearest[: SHOWN[kind.area]]


def offices_in_department(directory: Directory, kind: OfficeKind, department: str) -> list[Office]:
    """Return the offices of a kind that stand in a department, `SHOWN` of them at most."""
    found = [office for code in kind.directory for office in directory.in_department(code, department)]
    return list(dict.fromkeys(found))[: SHOWN[kind.area]]
