"""Typed answers: from what a citizen wrote to a value that can be stored, or to the name of what is wrong with it.

Each kind of field has one function, in the module of its family. It returns a JSON value, or raises `InvalidAnswer`.
Files are not written: `bot/requests/files.py` has them.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from bot.catalogue.form import FieldType, RequestField
from bot.requests.fields_contact import read_email, read_phone
from bot.requests.fields_dates import read_date, read_period
from bot.requests.fields_numbers import read_money, read_number
from bot.requests.fields_places import read_address, read_commune
from bot.requests.fields_shown import show_answer
from bot.requests.fields_words import read_boolean, read_choice, read_choices, read_text
from bot.requests.invalid import InvalidAnswer

__all__ = ["InvalidAnswer", "read_answer", "show_answer"]


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


def _file(field: RequestField, text: str, today: date) -> Any:
    raise InvalidAnswer("file")


_READERS: dict[FieldType, Callable[[RequestField, str, date], Any]] = {
    FieldType.TEXT: read_text,
    FieldType.LONG_TEXT: read_text,
    FieldType.CHOICE: read_choice,
    FieldType.CHOICES: read_choices,
    FieldType.BOOLEAN: read_boolean,
    FieldType.DATE: read_date,
    FieldType.PERIOD: read_period,
    FieldType.NUMBER: read_number,
    FieldType.MONEY: read_money,
    FieldType.EMAIL: read_email,
    FieldType.PHONE: read_phone,
    FieldType.ADDRESS: read_address,
    FieldType.COMMUNE: read_commune,
    FieldType.FILE: _file,
}
