"""The fiches on disk: one file of their own. The stems of every text are kept in it: a search is ready in a second."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from bot.catalogue import data_file
from bot.catalogue.data_file import NewFile, open_to_read, readable
from bot.catalogue.fiches_model import Fiche, Passage
from bot.catalogue.search_text import terms
from bot.errors import Misconfigured

FILE = "fiches.db"
VERSION = 1
"""Changes with the tables or with how a text is cut into terms; a file of another version has to be made again."""

_TABLES = """
CREATE TABLE fiche (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    theme TEXT NOT NULL, dossiers TEXT NOT NULL, asks INTEGER NOT NULL, targets TEXT NOT NULL,
    title_terms TEXT NOT NULL, place_terms TEXT NOT NULL
) STRICT;
CREATE TABLE passage (
    fiche TEXT NOT NULL, place INTEGER NOT NULL, situation TEXT NOT NULL, text TEXT NOT NULL, links TEXT NOT NULL,
    terms TEXT NOT NULL, PRIMARY KEY (fiche, place)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Row:
    """What the index needs of a fiche; the terms are those of its title, its place in the tree and its text."""

    id: str
    title: str
    url: str
    date: str
    dossiers: tuple[str, ...]
    asks: bool
    title_terms: list[str]
    place_terms: list[str]
    text_terms: list[str]


def digest(fiche: Fiche) -> str:
    """Return what changes when anything of a fiche does."""
    return sha256(json.dumps(asdict(fiche), ensure_ascii=False).encode()).hexdigest()


class FicheWriter:
    """Writes a new file that starts as a copy of the present one; `with` puts it in its place or forgets it.

    Args:
        folder: the folder of the file, made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._file = NewFile(folder / FILE, _TABLES, VERSION, from_present=True)
        self._connection = self._file.connection
        self._written = False
        self.digests: dict[str, str] = dict(self._connection.execute("SELECT id, digest FROM fiche"))

    def put(self, fiche: Fiche) -> None:
        """Write a fiche, in the place of an earlier one of its identifier."""
        if fiche.id in self.digests:
            self.remove(fiche.id)
        self._written = True
        place = " ".join([fiche.theme, *fiche.dossiers, *fiche.rubrics])
        self._connection.execute(
            "INSERT INTO fiche VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(fiche.id, digest(fiche), fiche.title, fiche.url, fiche.date, fiche.theme),
                *(json.dumps(fiche.dossiers), fiche.asks, json.dumps(fiche.targets)),
                *(" ".join(terms(fiche.title)), " ".join(dict.fromkeys(terms(place)))),
            ),
        )
        self._connection.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?)",
            (
                (fiche.id, place, passage.situation, passage.text, json.dumps(passage.links), _passage_terms(passage))
                for place, passage in enumerate(fiche.passages)
            ),
        )

    def remove(self, fiche_id: str) -> None:
        """Take a fiche out, if it is there."""
        self._written = True
        self._connection.execute("DELETE FROM fiche WHERE id = ?", (fiche_id,))
        self._connection.execute("DELETE FROM passage WHERE fiche = ?", (fiche_id,))

    def dead_links(self) -> int:
        """Return how many fiches and dossiers are linked to and not there; glossary and forms are not counted."""
        known: set[str] = set()
        wanted: set[str] = set()
        for fiche_id, targets in self._connection.execute("SELECT id, targets FROM fiche"):
            known.add(fiche_id)
            wanted.update(target for target in json.loads(targets) if target[:1] in ("F", "N"))
        return len(wanted - known)

    def __enter__(self) -> "FicheWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A set without a change is left where it is: who reads it need not open it again.
        if kind is None and self._written:
            self._file.put_in_place()
        else:
            self._file.forget()


def is_there(folder: Path) -> bool:
    """Return whether there are fiches of this version."""
    return readable(folder / FILE, VERSION)


def stamp(folder: Path) -> tuple[int, int] | None:
    """Return what differs once another set of fiches is in place; None without one."""
    return data_file.stamp(folder / FILE)


class FicheReader:
    """Reads the fiches; never writes.

    Args:
        folder: the folder of the file.

    Raises:
        Misconfigured: there is no file, or not one of this version.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        if not is_there(folder):
            raise Misconfigured(f"{path} cannot be used. Import the fiches again: `guichet fiches import PATH`.")
        self._connection = open_to_read(path)

    def rows(self) -> Iterator[Row]:
        """Yield what the index needs of every fiche, in the order of their identifiers."""
        texts: dict[str, list[str]] = {}
        for fiche_id, words in self._connection.execute("SELECT fiche, terms FROM passage ORDER BY fiche, place"):
            texts.setdefault(fiche_id, []).extend(words.split())
        columns = "id, title, url, date, dossiers, asks, title_terms, place_terms"
        for row in self._connection.execute(f"SELECT {columns} FROM fiche ORDER BY id"):  # noqa: S608 - our own words
            fiche_id, title, url, date, dossiers, asks, title_terms, place_terms = row
            yield Row(
                *(fiche_id, title, url, date, tuple(json.loads(dossiers)), bool(asks)),
                *(title_terms.split(), place_terms.split(), texts.get(fiche_id, [])),
            )

    def passages(self, fiche_id: str) -> list[tuple[Passage, list[str]]]:
        """Return the passages of a fiche in their order, each with its terms."""
        found = self._connection.execute(
            "SELECT situation, text, links, terms FROM passage WHERE fiche = ? ORDER BY place", (fiche_id,)
        )
        return [
            (Passage(situation, text, tuple((words, url) for words, url in json.loads(links))), stems.split())
            for situation, text, links, stems in found
        ]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _passage_terms(passage: Passage) -> str:
    return " ".join(terms(f"{passage.situation}\n{passage.text}"))
