"""Answers in words: a text, one choice, several, yes or no."""

import re
from datetime import date

from rapidfuzz import fuzz, process

from bot.catalogue.form import Choice, FieldType, RequestField
from bot.requests.invalid import InvalidAnswer
from bot.words import fold

LENGTHS = {FieldType.LONG_TEXT: 2000}
"""Characters accepted at most; 200 for the other written fields."""
SHORT_TEXT = 200
YES = {
    "oui",
    "yes",
    "o",
    "y",
    "ouais",
    "oui oui",
    "ok",
    "d'accord",
    "bien sur",
    "tout a fait",
    "exact",
    "vrai",
    "yep",
    "of course",
}
NO = {"non", "no", "n", "nan", "pas du tout", "non merci", "nope", "aucun", "aucune", "faux", "no thanks", "jamais"}
ALL = {"tous", "toutes", "tout", "all", "all of them", "tous les jours", "every day", "les deux", "both"}
"""Words that choose every answer of a `choices` field; "both" only when there are two."""
_PARTS = re.compile(r"[,;&/\n]| et | and ")
_CLOSE_ENOUGH = 82
"""Similarity (0-100, rapidfuzz `WRatio`) from which a mistyped choice is taken for the one it resembles."""


def read_text(field: RequestField, text: str, today: date) -> str:
    """Return the text, on one line unless it may be long."""
    limit = int(field.max or LENGTHS.get(field.type, SHORT_TEXT))
    if len(text) > limit:
        raise InvalidAnswer("too_long", limit=limit)
    if len(text) < (field.min or 1):
        raise InvalidAnswer("too_short", limit=int(field.min or 1))
    if not any(c.isalnum() for c in text):
        raise InvalidAnswer("text")
    return text if field.type is FieldType.LONG_TEXT else " ".join(text.split())


def read_choice(field: RequestField, text: str, today: date) -> str:
    """Return the value of the choice that was named, numbered or nearly spelt."""
    return _pick(field.choices, text)


def read_choices(field: RequestField, text: str, today: date) -> list[str]:
    """Return the values of the choices, each once, in the order of the catalogue."""
    wanted = fold(text).strip(" .!")
    if wanted in ALL and not (wanted in ("les deux", "both") and len(field.choices) != 2):
        return [choice.value for choice in field.choices]
    found = _titled(field.choices, wanted)
    if not found:
        parts = [part for part in _PARTS.split(text) if part.strip()]
        if not parts:
            raise InvalidAnswer("choice")
        found = {_pick(field.choices, part) for part in parts}
    return [choice.value for choice in field.choices if choice.value in found]


def read_boolean(field: RequestField, text: str, today: date) -> bool:
    """Return yes or no."""
    wanted = fold(text).strip(" .!?,")
    first = wanted.split(",")[0].split(" ")[0]
    if wanted in YES or (first in ("oui", "yes") and len(wanted) < 40):
        return True
    if wanted in NO or (first in ("non", "no") and len(wanted) < 40):
        return False
    raise InvalidAnswer("boolean")


def _titled(choices: list[Choice], wanted: str) -> set[str]:
    """Return the choices whose whole titles make up the text, or nothing: a title may hold a comma or "et"."""
    found: set[str] = set()
    titles = sorted(((fold(t), c.value) for c in choices for t in (c.title.fr, c.title.en)), key=lambda t: -len(t[0]))
    for title, value in titles:
        if re.search(rf"(?<!\w){re.escape(title)}(?!\w)", wanted):
            wanted = wanted.replace(title, ";")
            found.add(value)
    rest = [part for part in _PARTS.split(f" {wanted} ") if part.strip(" .")]
    return set() if rest else found


def _pick(choices: list[Choice], text: str) -> str:
    wanted = fold(text).strip(" .!")
    named = {fold(words): c.value for c in choices for words in (c.value.replace("-", " "), c.title.fr, c.title.en)}
    if wanted in named:
        return named[wanted]
    numbered = {str(number): choice.value for number, choice in enumerate(choices, start=1)}
    if wanted in numbered:
        return numbered[wanted]
    within = {value for words, value in named.items() if re.search(rf"\b{re.escape(wanted)}\b", words)}
    if len(within) == 1 and len(wanted) > 2:
        return within.pop()
    best = process.extractOne(wanted, list(named), scorer=fuzz.WRatio)
    if best is None or best[1] < _CLOSE_ENOUGH or len(wanted) < 3:
        raise InvalidAnswer("choice")
    return named[best[0]]
