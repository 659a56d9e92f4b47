"""The directory of offices on disk: one SQLite file of its own, like the fiches and for the same reasons.

It is made anew at each import and put in its place at once; who has the old one open goes on reading it.
"""

import json
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from bot.catalogue import data_file
from bot.catalogue.data_file import NewFile, open_to_read, readable
from bot.catalogue.offices_model import Competence, Office, Opening
from bot.catalogue.places import Commune, department_of, key
from bot.errors import Misconfigured

FILE = "offices.db"
VERSION = 1
"""Changes with the tables; a file of another version has to be made again."""

_TABLES = """
CREATE TABLE office (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, insee TEXT NOT NULL,
    department TEXT NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE TABLE kind (code TEXT NOT NULL, office INTEGER NOT NULL, PRIMARY KEY (code, office)) STRICT, WITHOUT ROWID;
CREATE TABLE served (
    insee TEXT NOT NULL, code TEXT NOT NULL, office INTEGER NOT NULL, PRIMARY KEY (insee, code, office)
) STRICT, WITHOUT ROWID;
CREATE TABLE reach (insee TEXT NOT NULL, code TEXT NOT NULL, id TEXT NOT NULL) STRICT;
CREATE TABLE commune (insee TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE postcode (
    postcode TEXT NOT NULL, insee TEXT NOT NULL, PRIMARY KEY (postcode, insee)
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (date TEXT NOT NULL) STRICT;
"""
# An office may be named as serving a commune before its own entry is read; numbers make the file small.
_END = """
INSERT OR IGNORE INTO served SELECT reach.insee, reach.code, office.number FROM reach JOIN office USING (id);
DROP TABLE reach;
CREATE INDEX commune_key ON commune (key);
CREATE INDEX office_department ON office (department);
"""
_MOST_KEYS = 200
"""Names looked up in one statement."""


class DirectoryWriter:
    """Writes a new directory; `with` puts it in the place of the old one, or forgets it when something fails.

    Args:
        folder: the folder of the file, made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._file = NewFile(folder / FILE, _TABLES, VERSION)
        self._connection = self._file.connection
        self._date = ""

    def put(self, office: Office) -> bool:
        """Write an office; return whether there was none of its identifier yet."""
        content = asdict(office)
        for apart in ("id", "name", "insee", "kinds", "serves"):
            content.pop(apart)
        row = (office.id, office.name, office.insee, department_of(office.insee), json.dumps(content))
        added = self._connection.execute(
            "INSERT INTO office (id, name, insee, department, content) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            row,
        )
        if not added.rowcount:
            return False
        self._date = max(self._date, office.date)
        kinds = [(code, added.lastrowid) for code in office.kinds]
        self._connection.executemany("INSERT OR IGNORE INTO kind VALUES (?, ?)", kinds)
        served = [(insee, code, office.id) for insee in office.serves for code in office.kinds]
        self._connection.executemany("INSERT INTO reach VALUES (?, ?, ?)", served)
        self._put_commune(office)
        return True

    def _put_commune(self, office: Office) -> None:
        """Learn the names and postcodes of communes from the offices that stand there."""
        if not office.insee or "cedex" in office.town.lower():
            return
        if "mairie" in office.kinds and office.town:
            self.put_commune(Commune(office.insee, office.town))
        if len(office.postcode) == 5:
            row = (office.postcode, office.insee)
            self._connection.execute("INSERT OR IGNORE INTO postcode VALUES (?, ?)", row)

    def put_commune(self, commune: Commune) -> None:
        """Write a commune, unless it is there."""
        row = (commune.insee, commune.name, key(commune.name))
        self._connection.execute("INSERT OR IGNORE INTO commune VALUES (?, ?, ?)", row)

    def put_competence(self, competence: Competence) -> None:
        """Write which offices serve a commune."""
        if competence.name:
            self.put_commune(Commune(competence.insee, competence.name))
        rows = [(competence.insee, code, office) for code, offices in competence.offices for office in offices]
        self._connection.executemany("INSERT INTO reach VALUES (?, ?, ?)", rows)

    def __enter__(self) -> "DirectoryWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._file.forget()
            return
        self._connection.executescript(_END)
        self._connection.execute("INSERT INTO meta VALUES (?)", (self._date,))
        self._file.put_in_place()


class Directory:
    """Reads the directory; never writes.

    Args:
        folder: the folder of the file.

    Raises:
        Misconfigured: there is no file, or not one of this version.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / FILE
        if not readable(path, VERSION):
            raise Misconfigured(f"{path} cannot be used. Import the directory again: `guichet offices import PATH`.")
        self._connection = open_to_read(path)
        self.date: str = self._connection.execute("SELECT date FROM meta").fetchone()[0]
        """Day of the newest entry, ISO: how old the directory is."""

    def communes_named(self, keys: list[str]) -> dict[str, list[Commune]]:
        """Return the communes of each name that there is, by the key of the name (`places.key`)."""
        keys = keys[:_MOST_KEYS]
        marks = ", ".join("?" * len(keys))
        rows = self._connection.execute(
            f"SELECT key, insee, name FROM commune WHERE key IN ({marks}) ORDER BY insee",  # noqa: S608 - marks only
            keys,
        )
        found: dict[str, list[Commune]] = {}
        for name_key, insee, name in rows:
            found.setdefault(name_key, []).append(Commune(insee, name))
        return found

    def communes_at(self, postcode: str) -> list[Commune]:
        """Return the communes of a postcode."""
        rows = self._connection.execute(
            "SELECT insee, name FROM postcode JOIN commune USING (insee) WHERE postcode = ? ORDER BY name", (postcode,)
        )
        return [Commune(insee, name) for insee, name in rows]

    def commune(self, insee: str) -> Commune | None:
        """Return a commune by its INSEE code."""
        row = self._connection.execute("SELECT insee, name FROM commune WHERE insee = ?", (insee,)).fetchone()
        return Commune(*row) if row else None

    def names(self) -> list[str]:
        """Return the keys of all communes, to find the one that was mistyped."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT key FROM commune")]

    def serving(self, code: str, insee: str) -> list[Office]:
        """Return the offices of a kind that serve a commune, as the directory says."""
        return self._offices("number IN (SELECT office FROM served WHERE code = ? AND insee = ?)", code, insee)

    def in_commune(self, code: str, insee: str) -> list[Office]:
        """Return the offices of a kind that stand in a commune."""
        return self._offices("insee = ? AND number IN (SELECT office FROM kind WHERE code = ?)", insee, code)

    def in_department(self, code: str, department: str) -> list[Office]:
        """Return the offices of a kind that stand in a department."""
        return self._offices("department = ? AND number IN (SELECT office FROM kind WHERE code = ?)", department, code)

    def _offices(self, condition: str, *values: str) -> list[Office]:
        # The main office of a kind has the shortest name: "Mairie - X", "Mairie déléguée - X", "Mairie annexe - X".
        rows = self._connection.execute(
            f"SELECT id, name, insee, content FROM office WHERE {condition} ORDER BY length(name), name",  # noqa: S608
            values,
        )
        return [_office(*row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def stamp(folder: Path) -> tuple[int, int] | None:
    """Return what differs once another directory is in place; None without one."""
    return data_file.stamp(folder / FILE)


def _office(office_id: str, name: str, insee: str, content: str) -> Office:
    known = json.loads(content)
    openings = tuple(
        Opening(row["first"], row["last"], tuple((start, end) for start, end in row["hours"]), row["note"])
        for row in known.pop("openings")
    )
    address = tuple(known.pop("address"))
    return Office(office_id, name, (), insee, openings=openings, address=address, **known)
