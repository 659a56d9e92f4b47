"""Answers in figures: a number, an amount of money in euros."""

import re
from datetime import date

from bot.catalogue.form import RequestField
from bot.requests.dates_relative import NUMBERS
from bot.requests.invalid import InvalidAnswer
from bot.words import fold

_FIGURES = re.compile(r"-?\d+(?:[.,\s]\d+)*")
# Groups of three are thousands, whatever separates them; the rest after a point or a comma is decimal.
_NUMBER = re.compile(r"(-?(?:[1-9]\d{0,2}(?:[.,\s]\d{3}){1,3}|\d{1,12}))(?:[.,](\d{1,6}))?")
_WORDS = re.compile(r"[^\W\d_]+")
_NONE = {"zero", "aucun", "aucune", "none", "nul"}
# "A" and "an" are English ones, and French words that stand everywhere.
_SPELT = {word: number for word, number in NUMBERS.items() if word not in ("a", "an")} | dict.fromkeys(_NONE, 0)


def read_number(field: RequestField, text: str, today: date) -> float | int:
    """Return the only number of the text, in figures or in a word, within the bounds of the field."""
    value = _number(text)
    if field.min is not None and field.max is not None and not field.min <= value <= field.max:
        raise InvalidAnswer("number_range", minimum=_plain(field.min), maximum=_plain(field.max))
    if field.min is not None and value < field.min:
        raise InvalidAnswer("number_low", minimum=_plain(field.min))
    if field.max is not None and value > field.max:
        raise InvalidAnswer("number_high", maximum=_plain(field.max))
    return int(value) if value.is_integer() else value


def read_money(field: RequestField, text: str, today: date) -> float | int:
    """Return an amount in euros, to the cent; it is not below zero unless the field says so."""
    bounded = field if field.min is not None else field.model_copy(update={"min": 0.0})
    value = read_number(bounded, text, today)
    return value if isinstance(value, int) else round(value, 2)


def _number(text: str) -> float:
    figures = _FIGURES.findall(text)
    if not figures:
        spelt = [_SPELT[word] for word in _WORDS.findall(fold(text)) if word in _SPELT]
        if len(spelt) == 1:
            return float(spelt[0])
    number = _NUMBER.fullmatch(figures[0]) if len(figures) == 1 else None
    if number is None:
        raise InvalidAnswer("number")
    return float(re.sub(r"[.,\s]", "", number[1]) + "." + (number[2] or "0"))


def _plain(bound: float) -> str:
    return f"{bound:g}"
