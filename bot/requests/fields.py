"""Typed answers: from what a citizen wrote to a value that can be stored, or to the name of what is wrong with it.

Each kind of field has one function. It returns a JSON value, or raises `InvalidAnswer`, whose `code` is the name of
the response that explains (`utter_invalid_<code>` in domain.yml).
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from rapidfuzz import fuzz, process

from bot.catalogue.model import Choice, FieldType, RequestField
from bot.requests.dates import find_date
from bot.words import fold

LENGTHS = {FieldType.LONG_TEXT: 2000}
"""Characters accepted at most; 200 for the other written fields."""
OLDEST_YEAR = 1900
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
FRENCH_REGIONS = ("FR", "GP", "GF", "MQ", "RE", "YT")
"""Where "0…" is a French number: each overseas department has a numbering plan of its own."""
_FIGURES = re.compile(r"-?\d+(?:[.,\s]\d+)*")
# Groups of three are thousands, whatever separates them; the rest after a point or a comma is decimal.
_NUMBER = re.compile(r"(-?(?:[1-9]\d{0,2}(?:[.,\s]\d{3}){1,3}|\d{1,12}))(?:[.,](\d{1,6}))?")
_CLOSE_ENOUGH = 82
"""Similarity (0-100, rapidfuzz `WRatio`) from which a mistyped choice is taken for the one it resembles."""


class InvalidAnswer(ValueError):
    """An answer does not fit its field; `code` names the explanation, `values` fills it."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def read_answer(field: RequestField, text: str, today: date) -> Any:
    """Return the value that a text gives to a field.

    Args:
        field: what was asked.
        text: what was written, or the title of the button that was chosen.
        today: the day of the answer.

    Raises:
        InvalidAnswer: the text does not fit.
    """
    # Spaces of every kind become plain ones, what cannot be seen goes, and accents are one sign with their letter.
    text = unicodedata.normalize("NFC", text)
    text = "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "" for c in text).strip()
    if not text:
        raise InvalidAnswer("empty")
    return _READERS[field.type](field, text, today)


def show_answer(field: RequestField, value: Any, language: str) -> str:
    """Return a stored value as the citizen reads it in a summary."""
    if value is None:
        return "—"
    if field.type is FieldType.BOOLEAN:
        return {"fr": ("Non", "Oui"), "en": ("No", "Yes")}[language][bool(value)]
    if field.type is FieldType.DATE:
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):
        titles = {choice.value: choice.title[language] for choice in field.choices}
        return ", ".join(titles.get(each, each) for each in ([value] if isinstance(value, str) else value))
    if field.type is FieldType.PHONE:
        number = phonenumbers.parse(value)
        style = phonenumbers.PhoneNumberFormat
        return phonenumbers.format_number(number, style.NATIONAL if number.country_code == 33 else style.INTERNATIONAL)
    if field.type is FieldType.MONEY:
        return f"{value:.2f} €".replace(".", ",") if language == "fr" else f"€{value:.2f}"
    return str(value).replace(".", ",") if isinstance(value, float) and language == "fr" else str(value)


def _text(field: RequestField, text: str, today: date) -> str:
    limit = int(field.max or LENGTHS.get(field.type, 200))
    if len(text) > limit:
        raise InvalidAnswer("too_long", limit=limit)
    if len(text) < (field.min or 1):
        raise InvalidAnswer("too_short", limit=int(field.min or 1))
    if not any(c.isalnum() for c in text):
        raise InvalidAnswer("text")
    return text if field.type is FieldType.LONG_TEXT else " ".join(text.split())


def _choice(field: RequestField, text: str, today: date) -> str:
    return _pick(field.choices, text)


def _choices(field: RequestField, text: str, today: date) -> list[str]:
    parts = [part for part in re.split(r"[,;&/\n]| et | and ", text) if part.strip()]
    if not parts:
        raise InvalidAnswer("choice")
    return list(dict.fromkeys(_pick(field.choices, part) for part in parts))


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


def _boolean(field: RequestField, text: str, today: date) -> bool:
    wanted = fold(text).strip(" .!?,")
    first = wanted.split(",")[0].split(" ")[0]
    if wanted in YES or (first in ("oui", "yes") and len(wanted) < 40):
        return True
    if wanted in NO or (first in ("non", "no") and len(wanted) < 40):
        return False
    raise InvalidAnswer("boolean")


def _date(field: RequestField, text: str, today: date) -> str:
    found = find_date(text, today, side=field.when_date)
    if found is None or found.year < OLDEST_YEAR:
        raise InvalidAnswer("date")
    if field.when_date == "past" and found > today:
        raise InvalidAnswer("date_future", date=found.strftime("%d/%m/%Y"))
    if field.when_date == "future" and found < today:
        raise InvalidAnswer("date_past", date=found.strftime("%d/%m/%Y"))
    return found.isoformat()


def _number(field: RequestField, text: str, today: date) -> float | int:
    figures = _FIGURES.findall(text)
    number = _NUMBER.fullmatch(figures[0]) if len(figures) == 1 else None
    if number is None:
        raise InvalidAnswer("number")
    value = float(re.sub(r"[.,\s]", "", number[1]) + "." + (number[2] or "0"))
    if (field.min is not None and value < field.min) or (field.max is not None and value > field.max):
        raise InvalidAnswer("number_range", minimum=_plain(field.min), maximum=_plain(field.max))
    return int(value) if value.is_integer() else value


def _plain(bound: float | None) -> str:
    return "…" if bound is None else f"{bound:g}"


def _email(field: RequestField, text: str, today: date) -> str:
    candidates = [part.strip("<>.,;") for part in text.split() if "@" in part]
    try:
        # Whether the domain receives mail is not asked: nothing leaves this machine for it.
        return validate_email(candidates[0], check_deliverability=False).normalized
    except (IndexError, EmailNotValidError):
        raise InvalidAnswer("email") from None


def _phone(field: RequestField, text: str, today: date) -> str:
    for region in FRENCH_REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.VALID):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
    raise InvalidAnswer("phone")


def _address(field: RequestField, text: str, today: date) -> str:
    address = " ".join(text.replace("\n", ", ").split())
    if len(address) > LENGTHS.get(field.type, 200):
        raise InvalidAnswer("too_long", limit=200)
    # A number or a postcode, and words: enough to find a place, without refusing "lieu-dit Les Granges, 25440".
    if len(re.findall(r"[^\W\d_]{2,}", address)) < 2 or not re.search(r"\d", address):
        raise InvalidAnswer("address")
    return address


def _commune(field: RequestField, text: str, today: date) -> str:
    commune = " ".join(text.split())
    if len(commune) > 100 or not (re.search(r"[^\W\d_]{1,}", commune) or re.fullmatch(r"\d{5}", commune)):
        raise InvalidAnswer("commune")
    if not re.fullmatch(r"[\w'’\-., ()/]+", commune):
        raise InvalidAnswer("commune")
    return commune


_READERS: dict[FieldType, Callable[[RequestField, str, date], Any]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _number,
    FieldType.EMAIL: _email,
    FieldType.PHONE: _phone,
    FieldType.ADDRESS: _address,
    FieldType.COMMUNE: _commune,
}
