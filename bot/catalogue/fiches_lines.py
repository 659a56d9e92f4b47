"""Reads fiches from JSON lines: {"id", "title", "text", "url"?, "theme"?, "dossier"?}, for a body's own pages."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, HttpUrl, StringConstraints, ValidationError

from bot.catalogue.fiches_model import SITE, Fiche, cut
from bot.catalogue.fiches_source import MAX_FILE
from bot.errors import InvalidInput, TooLarge

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Lines = Annotated[list[Line], BeforeValidator(lambda value: [value] if isinstance(value, str) else value or [])]
_OFFICIAL = re.compile(r"[FNR]\d+")


class _Row(BaseModel):
    id: Annotated[str, StringConstraints(pattern=r"^[\w.:-]{1,100}$")]
    title: Line
    text: str = ""
    url: HttpUrl | None = None
    date: str = ""
    theme: Line | None = None
    sub_theme: Lines = Field([], alias="sous_theme")
    dossier: Lines = []
    sub_dossier: Lines = Field([], alias="sous_dossier")


def read_lines(path: Path) -> Iterator[tuple[str, Fiche | str]]:
    """Yield, for each line that is not empty, its name ("line 3") and its fiche, or why it cannot be read.

    Several lines may have the same identifier: a fiche that stands in several dossiers, or cut into its cases.
    `joined` makes one of them.

    Raises:
        InvalidInput: the file cannot be read at all.
        TooLarge: a line is longer than a fiche can be.
    """
    try:
        with path.open("rb") as stream:
            number = 0
            while data := stream.readline(MAX_FILE + 1):
                number += 1
                if len(data) > MAX_FILE:
                    raise TooLarge(f"Line {number} of {path} is larger than {MAX_FILE // 2**20} MB; nothing imported.")
                if data.strip():
                    yield f"line {number}", _fiche(data)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from None


def joined(first: Fiche, second: Fiche) -> Fiche:
    """Return one fiche with the places and the passages of both; the title and address are those of the first."""
    return replace(
        first,
        dossiers=_each_once(first.dossiers + second.dossiers),
        rubrics=_each_once(first.rubrics + second.rubrics),
        passages=first.passages + tuple(passage for passage in second.passages if passage not in first.passages),
    )


def _fiche(data: bytes) -> Fiche | str:
    try:
        row = _Row.model_validate_json(data)
    except ValidationError as error:
        fault: Any = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        return f"{where}: {fault['msg']}" if where else f"not a JSON object of a fiche ({fault['msg']})"
    return Fiche(
        id=row.id,
        title=row.title,
        url=str(row.url) if row.url else SITE + row.id if _OFFICIAL.fullmatch(row.id) else "",
        date=row.date,
        theme=row.theme or "",
        dossiers=tuple(row.dossier),
        rubrics=_each_once((*row.sub_theme, *row.sub_dossier)),
        passages=tuple(cut("", filter(None, (" ".join(line.split()) for line in row.text.split("\n"))))),
    )


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
