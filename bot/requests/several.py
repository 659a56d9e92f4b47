"""Several answers in one message: "Jean Dupont, né le 3 mars 1980 à Lyon, jean@exemple.fr".

The reading is conservative: the message is cut where people cut it, every piece must be the answer to one of the next
questions, and at least two must be answered. Otherwise the message is one answer, as always. An e-mail address, a
phone number, a date, an address with its postcode are told by their form, whichever of the next questions asks for
them; anything else only answers the question whose turn it is.
"""

import re
from datetime import date
from typing import Any

from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.privacy.mask.words import FIRST_NAMES
from bot.requests.fields import InvalidAnswer, read_answer
from bot.requests.fields_places import POSTCODE
from bot.requests.model import asked
from bot.words import fold

AHEAD = 8
"""Questions that one message may answer."""
FAMILY_NAMES = {"birth_name", "family_name"}
GIVEN_NAMES = {"given_names"}
"""Identifiers, by convention of the catalogue, of the two halves of a name when they are asked one after the other."""
_BORN = re.compile(r"[\s,]+(?=(?:n[ée]e?|born)\s+(?:le|on|à|a|in)\b)", re.IGNORECASE)
_BORN_AT = re.compile(r"(?<=\d{4})\s+(?=(?:à|a|in)\s+[^\W\d_])")
_CUT = re.compile(r"\s*[;\n]\s*|(?<!\d),\s*|,\s+|\s+(?:et|and)\s+(?=\S+@|[+0]\d)")
_WORDS = re.compile(r"[^\W\d_]+(?:[ '’-]+[^\W\d_]+){0,4}")
_FULL_DATE = re.compile(r"\d{4}|\d[/.]\d{1,2}[/.]\d{2}")
_BY_FORM = {
    FieldType.EMAIL: re.compile(r"^\S+@\S+$"),
    FieldType.PHONE: re.compile(r"^[+(]?[\d (][\d .()/-]{8,}$"),
    FieldType.DATE: re.compile(r"^(?:n[ée]e? (?:le )?|born (?:on )?|le |on )?[\w .,/-]{6,25}$", re.IGNORECASE),
    FieldType.ADDRESS: POSTCODE,
}


def read_several(
    form: RequestForm, answers: dict[str, Any], current: RequestField, text: str, today: date
) -> dict[str, Any]:
    """Return the answers of a message that holds several, by field; nothing when it is one answer, or none.

    Args:
        form: of the request.
        answers: given so far.
        current: the field that is asked.
        text: what was typed.
        today: the day of the answer.
    """
    if current.type in (FieldType.LONG_TEXT, FieldType.CHOICES, FieldType.FILE):
        return {}  # a story and a list are cut like several answers, and are one
    found: dict[str, Any] = {}
    pieces = _pieces(text)
    if not 2 <= len(pieces) <= AHEAD:
        return {}
    last: RequestField | None = None
    for piece in pieces:
        waiting = _waiting(form, {**answers, **found}, current, found)
        taken = _take(piece, waiting, last, today, more=len(pieces) > len(found) + 1)
        if not taken:
            return {}
        found |= taken
        last = form.field(list(taken)[-1])
    return found if len(found) > 1 else {}


def _pieces(text: str) -> list[str]:
    pieces = [piece.strip(" .") for piece in _CUT.split(_BORN_AT.sub(", ", _BORN.sub(", ", text.strip())))]
    joined: list[str] = []
    for piece in filter(None, pieces):
        # "12 rue des Lilas, 35000 Rennes" is one answer.
        if joined and POSTCODE.match(piece) and re.search(r"[^\W\d_]", piece) and "@" not in joined[-1]:
            joined[-1] += f", {piece}"
        else:
            joined.append(piece)
    return joined


def _waiting(
    form: RequestForm, answers: dict[str, Any], current: RequestField, found: dict[str, Any]
) -> list[RequestField]:
    """Return the questions that are still to be answered, the one that is asked first."""
    ahead = [each for each in asked(form, answers) if each.id not in answers or each.id == current.id]
    ahead = [each for each in ahead if each.id not in found]
    return sorted(ahead, key=lambda each: each.id != current.id)[:AHEAD]


def _take(
    piece: str, waiting: list[RequestField], last: RequestField | None, today: date, *, more: bool
) -> dict[str, Any]:
    """Return what a piece answers of the waiting fields; `more` says that other pieces follow it."""
    for field in waiting:
        by_form = _BY_FORM.get(field.type)
        if by_form and by_form.search(piece) and (field.type is not FieldType.DATE or _FULL_DATE.search(piece)):
            value = _read(field, piece, today)
            if value is not None:
                return {field.id: value}
    if not waiting:
        return {}
    field = waiting[0]
    # "Dupont, Martin" may be one name; "Dupont, Martin, né le..." is a name and a first name.
    split = last is not None and last.id in FAMILY_NAMES and field.id in GIVEN_NAMES and more
    if split and _WORDS.fullmatch(piece) and fold(piece.split(maxsplit=1)[0]) in FIRST_NAMES:
        return {field.id: piece}
    if field.type is FieldType.TEXT and last is None and _WORDS.fullmatch(piece):
        return _name(field, waiting, piece, today)
    if field.type is FieldType.COMMUNE and (last is None or last.type is FieldType.DATE):
        value = _read(field, piece, today)
        return {} if value is None else {field.id: value}
    if field.type in (FieldType.CHOICE, FieldType.BOOLEAN):
        titles = {fold(words) for choice in field.choices for words in (choice.title.fr, choice.title.en)}
        if fold(piece) in (titles or {"oui", "non", "yes", "no"}):
            return {field.id: _read(field, piece, today)}
    return {}


def _name(field: RequestField, waiting: list[RequestField], piece: str, today: date) -> dict[str, Any]:
    """Return a name; in two halves when both are asked and the capitals or a known first name tell which is which."""
    following = waiting[1] if len(waiting) > 1 else None
    if field.id not in FAMILY_NAMES or following is None or following.id not in GIVEN_NAMES:
        value = _read(field, piece, today)
        return {} if value is None else {field.id: value}
    words = piece.split()
    if len(words) == 1:
        return {field.id: piece}
    family = [word for word in words if word == word.upper() and len(word) > 1]
    if not 0 < len(family) < len(words):
        known = [word for word in words if fold(word) in FIRST_NAMES]
        family = [word for word in words if word not in known] if len(words) == 2 and len(known) == 1 else []
    given = [word for word in words if word not in family]
    if not family or not given:
        return {}
    return {field.id: " ".join(family), following.id: " ".join(given)}


def _read(field: RequestField, piece: str, today: date) -> Any:
    try:
        return read_answer(field, piece, today)
    except InvalidAnswer:
        return None
