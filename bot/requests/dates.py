"""Dates as people write them, in French and in English."""

import re
from datetime import date

from bot.requests.dates_relative import find_relative
from bot.requests.dates_spoken import in_figures
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
_MONTH_ALONE = re.compile(rf"\b({'|'.join(_MONTHS)})\b\.?(?:\s+(\d{{4}}))?")
_FOUR_FIGURES = re.compile(r"(?<!\d)\d{4}(?!\d)")
WORDS_OF_A_DATE = 4
_YEAR = re.compile(r"\b(?:en|in|nee?s?|born)\s+(\d{4})\b|\b(?:nee?s?|born)\s+(?:en|in)\s+(\d{2})\b|^(\d{4})$")
_YEAR_ALONE = re.compile(r"\b(?:en|in|ne en|nee en|born in)\s+(\d{4}|\d{2})\b|^(\d{4})$")


def find_date(text: str, today: date, *, side: str = "any") -> date | None:
    """Return the date that a text names, or None when it names none or one that does not exist.

    Args:
        text: what was written: "03/04/1985", "3 avril 85", "1985-04-03", "demain", "lundi prochain"...
        today: the day from which relative dates are counted.
        side: `past`, `future` or `any`; settles a year of two digits and a date without a year.
    """
    folded = in_figures(fold(text))
    if match := _ISO.search(folded):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.search(folded) or _COMPACT.match(folded):
        return _date(_year(match[3], today, side), int(match[2]), int(match[1]))
    if match := _SPELT.search(folded):
        return _dated(match[3], _MONTHS[match[2]], int(match[1]), today, side)
    if match := _ENGLISH.search(folded):
        return _dated(match[3], _MONTHS[match[1]], int(match[2]), today, side)
    found = find_relative(folded, today, side)
    # "Hier en l'an 3000" says two things: neither is believed.
    return None if found and any(int(year) != found.year for year in _FOUR_FIGURES.findall(folded)) else found


def is_date_alone(text: str) -> bool:
    """Return whether a text is a date and nothing more ("1er mai 2005"): an answer, to whatever question."""
    return len(text.split()) <= WORDS_OF_A_DATE and find_date(text, date.today()) is not None


def find_month(text: str, today: date, side: str = "any") -> date | None:
    """Return the first day of the month that a text names ("en août", "mars 2026"), or None."""
    match = _MONTH_ALONE.search(in_figures(fold(text)))
    if match is None:
        return None
    if match[2]:
        return _date(int(match[2]), _MONTHS[match[1]], 1)
    first = date(today.year, _MONTHS[match[1]], 1)
    if side == "past":
        return first if first <= today else first.replace(year=today.year - 1)
    return first if first >= today.replace(day=1) else first.replace(year=today.year + 1)


def find_year(text: str, today: date) -> int | None:
    """Return the year that a text names, alone or with a month ("en 1987", "mars 2009"), or None.

    Two figures are a year after a birth only: "née en 87", but "réponse en 48 heures".
    """
    folded = in_figures(fold(text))
    if match := _MONTH_ALONE.search(folded):
        return int(match[2]) if match[2] else None
    match = _YEAR.search(folded)
    return _year(match[match.lastindex or 0], today, "past") if match else None


def is_incomplete(text: str) -> bool:
    """Return whether a text names a month or a year and no day ("né en 87"): a date is meant, and half said."""
    folded = in_figures(fold(text))
    if _SPELT.search(folded) or _ENGLISH.search(folded):
        return False  # whole, and it does not exist: "le 31 février 1985"
    return bool(_MONTH_ALONE.search(folded) or _YEAR_ALONE.search(folded))


def says_year(text: str) -> bool:
    """Return whether the date in a text has its year, or needs none because it counts from today."""
    folded = in_figures(fold(text))
    if any(pattern.search(folded) for pattern in (_ISO, _NUMERIC, _COMPACT)):
        return True
    spelt = _SPELT.search(folded) or _ENGLISH.search(folded)
    return bool(spelt[3]) if spelt else True


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
