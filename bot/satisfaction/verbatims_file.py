"""Reads a file of verbatims: CSV or JSON lines, as spreadsheets and open data write them."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import InvalidInput
from bot.words import fold

TEXT_COLUMNS = tuple(
    "text texte verbatim verbatims commentaire commentaires comment description avis message temoignage reponse "
    "question contenu remarque remarques suggestion".split()
)
"""Names of the column of the words, the best first; compared folded, as the other names are."""
TITLE_COLUMNS = ("titre", "title", "objet", "subject")
TONE_COLUMNS = ("tone", "ton", "tonalite", "ressenti", "ressenti_usager", "sentiment")
DELIMITERS = ",;\t|"
LONGEST_LINE = 1_000_000
"""Bytes of a line; beyond, the file holds something else than people's words."""
LONGEST_TEXT = 100_000
"""Characters of one cell; beyond, a quotation mark was most likely left open."""


@dataclass(frozen=True)
class Verbatim:
    """The words of one person.

    Attributes:
        text: what they wrote; empty when they wrote nothing.
        title: the title that they gave to it, if any.
        label: the tone as the file has it, not yet understood; empty without one.
        line: where the row ends in the file, from 1; 0 when it comes from no file.
    """

    text: str
    title: str = ""
    label: str = ""
    line: int = 0

    @property
    def whole(self) -> str:
        """The title and the text as one text, which is what is analysed; empty without text."""
        return f"{self.title}. {self.text}" if self.title and self.text else self.text


def read_verbatims(path: Path) -> list[Verbatim]:
    """Read a file of verbatims.

    Args:
        path: a file in UTF-8: JSON lines when it starts with a brace, else CSV with a heading, its cells separated by
            commas, semicolons, tabulations or bars. The column of the words has one of the names of `TEXT_COLUMNS`.

    Raises:
        InvalidInput: it cannot be read; the message names the file, the line where there is one, and what to do.
    """
    try:
        lines = list(_lines(path))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise InvalidInput(f"{path} is empty: a heading and rows are needed.")
    if first.startswith("["):
        raise InvalidInput(f"{path} is a JSON list: write one object a line, without brackets and commas around.")
    rows = list(_json_rows(lines, path) if first.startswith("{") else _csv_rows(lines, first, path))
    if not rows:
        raise InvalidInput(f"{path} has a heading and no row.")
    return _verbatims(rows, path)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE + 1), b""), start=1):
            if len(line) > LONGEST_LINE:
                raise InvalidInput(f"{path}, line {number}: the line is longer than {LONGEST_LINE:,} bytes.")
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise InvalidInput(
                    f"{path}, line {number}: this is not UTF-8. Save the file again as UTF-8 "
                    '(in a spreadsheet: "CSV UTF-8").'
                ) from None


def _json_rows(lines: Sequence[str], path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"{path}, line {number}: this is not JSON ({error}).") from None
        if not isinstance(row, dict):
            raise InvalidInput(f'{path}, line {number}: an object such as {{"text": "..."}} is expected.')
        yield number, row


def _csv_rows(lines: Sequence[str], heading: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    delimiter = max(DELIMITERS, key=heading.count)
    csv.field_size_limit(LONGEST_TEXT)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = cells
            elif len(cells) != len(columns):
                raise InvalidInput(
                    f"{path}, line {reader.line_num}: {len(cells)} cells, and the heading has {len(columns)}. "
                    "A cell that holds the separator or a line break goes between quotation marks."
                )
            else:
                yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        raise InvalidInput(
            f"{path}, line {reader.line_num}: the CSV is broken ({error}); look for a quotation mark left open."
        ) from None


def _verbatims(rows: Sequence[tuple[int, dict[str, Any]]], path: Path) -> list[Verbatim]:
    # In JSON lines an object may leave out a member that is empty, so the columns are those of all rows together.
    names = list(dict.fromkeys(name for _, row in rows for name in row))
    text = _column(names, TEXT_COLUMNS)
    if text is None:
        found = ", ".join(names)[:300]
        raise InvalidInput(
            f"{path} has no column of text. Name it {', '.join(TEXT_COLUMNS[:5])}... The columns found are: {found}."
        )
    title, tone = _column(names, TITLE_COLUMNS), _column(names, TONE_COLUMNS)

    def cell(row: dict[str, Any], name: str | None, line: int) -> str:
        value = row.get(name) if name is not None else None
        if value is not None and not isinstance(value, str):
            raise InvalidInput(f'{path}, line {line}: "{name}" is not a text.')
        # Half of a character in two, which JSON can write and UTF-8 cannot, is dropped.
        return (value or "").encode("utf-8", "ignore").decode("utf-8").strip()

    return [Verbatim(cell(row, text, line), cell(row, title, line), cell(row, tone, line), line) for line, row in rows]


def _column(names: Sequence[str], accepted: Sequence[str]) -> str | None:
    """Return the name of the file that stands first among those accepted."""
    folded = {fold(name).replace(" ", "_"): name for name in names}
    return next((folded[name] for name in accepted if name in folded), None)
