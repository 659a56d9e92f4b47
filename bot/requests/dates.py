"""Dates as people write them, in French and in English."""

import re
from datetime import date, timedelta

from bot.words import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fev fevr feb february",
            "mars mar march",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
# Not a part of a longer row of figures: "06 12 34 56 78" is a phone number.
_NUMERIC = re.compile(
    r"(?<!\d[ .\-])\b(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})\b(?![ .\-]\d{2}[ .\-]\d{2}\b)"
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_SPELT = re.compile(
    rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:of\s+)?({'|'.join(_MONTHS)})\.?(?:,?\s+(\d{{4}}|\d{{2}}))?\b"
)
_ENGLISH = re.compile(rf"\b({'|'.join(_MONTHS)})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b")
_COMPACT = re.compile(r"^\s*(\d{2})(\d{2})(\d{4})\s*$")
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday",
            "vendredi friday", "samedi saturday", "dimanche sunday",
        )
    )
    for name in names.split()
}  # fmt: skip
_AHEAD = re.compile(r"\b(prochain|next|en huit|en quinze)\b")
_RELATIVE = {
    "avant-hier": -2,
    "avant hier": -2,
    "day before yesterday": -2,
    "apres-demain": 2,
    "apres demain": 2,
    "day after tomorrow": 2,
    "aujourd'hui": 0,
    "today": 0,
    "hier": -1,
    "yesterday": -1,
    "demain": 1,
    "tomorrow": 1,
}


def find_date(text: str, today: date, *, side: str = "any") -> date | None:
    """Return the date that a text names, or None when it names none or one that does not exist.

    Args:
        text: what was written: "03/04/1985", "3 avril 85", "1985-04-03", "demain", "lundi prochain"...
        today: the day from which relative dates are counted.
        side: `past`, `future` or `any`; settles a year of two digits and a date without a year.
    """
    folded = fold(text)
    if match := _ISO.search(folded):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.search(folded) or _COMPACT.match(folded):
        return _date(_year(match[3], today, side), int(match[2]), int(match[1]))
    if match := _SPELT.search(folded):
        return _dated(match[3], _MONTHS[match[2]], int(match[1]), today, side)
    if match := _ENGLISH.search(folded):
        return _dated(match[3], _MONTHS[match[1]], int(match[2]), today, side)
    for words, days in _RELATIVE.items():
        if re.search(rf"\b{words}\b", folded):
            return today + timedelta(days=days) + _extra_weeks(folded)
    for name, weekday in _WEEKDAYS.items():
        if re.search(rf"\b{name}\b", folded):
            if re.search(r"\b(dernier|last)\b", folded) or (side == "past" and not _AHEAD.search(folded)):
                return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
            # "lundi" said on a Monday is the next one; "lundi en huit" is a week after the next.
            return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1) + _extra_weeks(folded)
    return None


def _extra_weeks(text: str) -> timedelta:
    return timedelta(days=7 if re.search(r"\ben huit\b", text) else 14 if re.search(r"\ben quinze\b", text) else 0)


def _year(digits: str, today: date, side: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    century = today.year // 100 * 100
    if side == "future":
        return century + year
    # "87" said in 2026 is 1987; "12" is 2012: the latest year that is not in the future.
    return century + year if century + year <= today.year else century - 100 + year


def _dated(digits: str | None, month: int, day: int, today: date, side: str) -> date | None:
    if digits:
        return _date(_year(digits, today, side), month, day)
    found = _date(today.year, month, day)
    if found is None:
        return None
    if side == "past" and found > today:
        return _date(today.year - 1, month, day)
    if side != "past" and found < today:
        return _date(today.year + 1, month, day)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
