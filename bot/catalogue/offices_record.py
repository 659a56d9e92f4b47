"""From a record of the directory to an office, or to the reason why it is none.

The directory comes in two dresses: nested JSON (the file), and JSON whose nested parts are texts of JSON (the export of
its interface). A field may be empty, a text, an object or a list; all are read.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from bot.catalogue.offices_model import Competence, Office, Opening
from bot.words import fold

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LONGEST = 300
"""Characters kept of a text of the directory."""
_INSEE = re.compile(r"\d[\dAB]\d{3}")
_HOUR = re.compile(r"(\d{1,2})[:hH](\d{2})")
_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})|(\d{4})-(\d\d)-(\d\d)")
_MARKUP = re.compile(r"<[^>]*>|[\x00-\x1f\x7f]")
_MAIL = re.compile(r"[^\s;,@<>]+@[^\s;,@<>]+\.[a-zA-Z]{2,}")
_PAGE = re.compile(r"(https?://)?[\w.-]+\.[a-zA-Z]{2,}(/\S*)?", re.IGNORECASE)


def read_record(record: Any) -> Office | Competence | str | None:
    """Return what a record is: an office, the offices that serve a commune, or why it is neither.

    None is for national administrations: they have no `pivot`, because nobody goes there.
    """
    if not isinstance(record, dict):
        return "it is not an object"
    if "type_service_local" in record or "code_type_service_local" in record:
        return _competence(record)
    pivots = [pivot for pivot in _list(record.get("pivot")) if isinstance(pivot, dict)]
    kinds = tuple(dict.fromkeys(_line(pivot.get("type_service_local")) for pivot in pivots))
    if not any(kinds):
        return None
    office_id, name = _line(record.get("id")), _line(record.get("nom"))
    if not office_id or not name:
        return "it has no `id` or no `nom`"
    place = _address(record)
    return Office(
        id=office_id,
        name=name,
        kinds=tuple(filter(None, kinds)),
        insee=next(_codes(record.get("code_insee_commune")), ""),
        serves=tuple(dict.fromkeys(code for pivot in pivots for code in _codes(pivot.get("code_insee_commune")))),
        address=_address_lines(place),
        postcode=_line(place.get("code_postal")),
        town=_line(place.get("nom_commune")),
        openings=tuple(_openings(record)),
        note=_line(record.get("commentaire_plage_ouverture")),
        phone=next((value for value in _values(record.get("telephone")) if re.search(r"\d", value)), ""),
        email=next(iter(_MAIL.findall(" ".join(_values(record.get("adresse_courriel"))))), ""),
        website=_website(record),
        date=_date(_line(record.get("date_modification"))),
    )


def _competence(record: dict[str, Any]) -> Competence | str:
    insee = next(_codes(record.get("code_insee_commune")), "")
    if not insee:
        return "it has no INSEE code"
    # The file has an entry a commune, with its kinds; the export has one a commune and kind.
    groups = [group for group in _list(record.get("type_service_local")) if isinstance(group, dict)] or [record]
    offices = tuple(
        (
            _line(group.get("code_type_service_local")),
            tuple(map(_line, _list(group.get("organisme") or group.get("id_service_local")))),
        )
        for group in groups
    )
    return Competence(insee, _line(record.get("nom") or record.get("nom_commune")), offices)


def _list(value: Any) -> list[Any]:
    """Return a field as a list, whatever the directory has put there."""
    if isinstance(value, str):
        if not value.lstrip().startswith(("[", "{")):
            return [value] if value.strip() else []
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return value if isinstance(value, list) else [] if value is None else [value]


def _line(value: Any) -> str:
    """Return a field as one line of plain text."""
    text = _MARKUP.sub(" ", str(value)) if isinstance(value, str | int) else ""
    return " ".join(text.split())[:LONGEST]


def _values(value: Any) -> list[str]:
    parts = [part.get("valeur") if isinstance(part, dict) else part for part in _list(value)]
    return [line for line in map(_line, parts) if line]


def _codes(value: Any) -> Iterator[str]:
    for part in _list(value):
        yield from _INSEE.findall(_line(part))


def _address(record: dict[str, Any]) -> dict[str, Any]:
    """Return the address where one goes; some offices have another one for letters."""
    places = [place for place in _list(record.get("adresse")) if isinstance(place, dict)]
    return next((place for place in places if place.get("type_adresse") == "Adresse"), places[0] if places else {})


def _address_lines(place: dict[str, Any]) -> tuple[str, ...]:
    parts = ("complement1", "complement2", "numero_voie", "service_distribution")
    return tuple(line for line in (_line(place.get(part)) for part in parts) if line)


def _website(record: dict[str, Any]) -> str:
    page = next(iter(_values(record.get("site_internet"))), "")
    found = _PAGE.fullmatch(page)
    return "" if not found else page if found[1] else f"https://{page}"


def _openings(record: dict[str, Any]) -> Iterator[Opening]:
    for row in _list(record.get("plage_ouverture")):
        if not isinstance(row, dict):
            continue
        first = fold(_line(row.get("nom_jour_debut")))
        last = fold(_line(row.get("nom_jour_fin"))) or first
        ends = [(row.get(f"valeur_heure_debut_{part}"), row.get(f"valeur_heure_fin_{part}")) for part in (1, 2)]
        hours = [(_hour(start), _hour(end)) for start, end in ends]
        if first in DAYS and last in DAYS:
            pairs = tuple((start, end) for start, end in hours if start and end)
            yield Opening(DAYS.index(first), DAYS.index(last), pairs, _line(row.get("commentaire")))


def _hour(value: Any) -> str:
    found = _HOUR.match(_line(value))
    return f"{int(found[1]):02}:{found[2]}" if found and int(found[1]) < 24 else ""


def _date(text: str) -> str:
    found = _DATE.match(text)
    if not found:
        return ""
    day, month, year, iso_year, iso_month, iso_day = found.groups()
    return f"{year}-{month}-{day}" if year else f"{iso_year}-{iso_month}-{iso_day}"
