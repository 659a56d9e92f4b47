"""How a stored answer is shown to people: in a summary, in a receipt, to an agent."""

from datetime import date
from typing import Any

import phonenumbers

from bot.catalogue.form import FieldType, RequestField
from bot.words import fold


def show_answer(field: RequestField, value: Any, language: str) -> str:
    """Return a stored value as the citizen reads it in a summary."""
    if value is None:
        return "—"
    match field.type:
        case FieldType.BOOLEAN:
            return {"fr": ("Non", "Oui"), "en": ("No", "Yes")}[language][bool(value)]
        case FieldType.DATE:
            return _day(value)
        case FieldType.PERIOD:
            first, last = map(_day, value)
            return f"du {first} au {last}" if language == "fr" else f"from {first} to {last}"
        case FieldType.CHOICE | FieldType.CHOICES:
            titles = {choice.value: choice.title[language] for choice in field.choices}
            return ", ".join(titles.get(each, each) for each in ([value] if isinstance(value, str) else value))
        case FieldType.PHONE:
            number = phonenumbers.parse(value)
            style = phonenumbers.PhoneNumberFormat
            french = number.country_code == 33
            return phonenumbers.format_number(number, style.NATIONAL if french else style.INTERNATIONAL)
        case FieldType.MONEY:
            return f"{value:.2f} €".replace(".", ",") if language == "fr" else f"€{value:.2f}"
        case FieldType.FILE:
            return ", ".join(each["name"] for each in value) or "—"
    return str(value).replace(".", ",") if isinstance(value, float) and language == "fr" else str(value)


def _day(iso: str) -> str:
    return date.fromisoformat(iso).strftime("%d/%m/%Y")


def is_deduced(field: RequestField, value: Any, text: str) -> bool:
    """Return whether a value holds more than was typed, so that it must be shown to be put right.

    A date counted from today or without its year, a period, a commune told from its postcode.
    """
    match field.type:
        case FieldType.DATE:
            return value[:4] not in text
        case FieldType.PERIOD:
            return any(day not in text for day in value)
        case FieldType.COMMUNE:
            return any(word not in fold(text) for word in fold(value).split() if word.isalpha())
    return False
