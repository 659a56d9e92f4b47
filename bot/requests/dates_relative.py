"""Dates counted from another day, as people say them: "demain en quinze", "il y a deux ans", "lundi dernier"."""

import re
from calendar import monthrange
from datetime import date, timedelta

NUMBERS = {
    word: number
    for number, words in (
        (1, "un une a an one"),
        (2, "deux two"),
        (3, "trois three"),
        (4, "quatre four"),
        (5, "cinq five"),
        (6, "six"),
        (7, "sept seven"),
        (8, "huit eight"),
        (9, "neuf nine"),
        (10, "dix ten"),
        (11, "onze eleven"),
        (12, "douze twelve"),
        (13, "treize thirteen"),
        (14, "quatorze fourteen"),
        (15, "quinze fifteen"),
        (16, "seize sixteen"),
        (20, "vingt twenty"),
        (30, "trente thirty"),
    )
    for word in words.split()
}
"""Numbers that people write in letters, folded."""
_UNITS = {
    "jour": "day", "jours": "day", "day": "day", "days": "day", "j": "day",
    "semaine": "week", "semaines": "week", "week": "week", "weeks": "week",
    "mois": "month", "month": "month", "months": "month",
    "an": "year", "ans": "year", "annee": "year", "annees": "year", "year": "year", "years": "year",
}  # fmt: skip
SPAN = rf"(\d{{1,3}}|{'|'.join(NUMBERS)})\s+({'|'.join(_UNITS)})"
"""A length of time: its number, then its unit, both folded."""
_AGO = re.compile(rf"\b(?:il y a|voila|depuis|for the last)\s+{SPAN}\b|\b{SPAN}\s+ago\b")
_AHEAD = re.compile(rf"\b(?:dans|d'ici|in)\s+{SPAN}\b")
_NAMED = {
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
_NEXT = re.compile(r"\b(prochain|prochaine|next|en huit|en quinze)\b")
_LAST = re.compile(r"\b(dernier|derniere|last)\b")
_WEEK = re.compile(r"\b(semaine|week)\b")
_DAY_OF_MONTH = re.compile(r"\ble (\d{1,2}|1er)(?: (?:du|de ce) mois( prochain| dernier)?| courant)?$")


def find_relative(folded: str, today: date, side: str) -> date | None:
    """Return the day that a folded text counts from today, or None.

    Args:
        folded: see `bot.words.fold`.
        today: the day from which it counts.
        side: `past`, `future` or `any`; settles "lundi" and "le 3".
    """
    for words, days in _NAMED.items():
        if re.search(rf"\b{words}\b", folded):
            return today + timedelta(days=days) + _extra_weeks(folded)
    if match := _AGO.search(folded):
        number, unit = (group for group in match.groups() if group)
        return shift(today, -count(number), unit)
    if match := _AHEAD.search(folded):
        return shift(today, count(match[1]), match[2])
    for name, weekday in _WEEKDAYS.items():
        if re.search(rf"\b{name}\b", folded):
            return _weekday(folded, weekday, today, side)
    if match := _DAY_OF_MONTH.search(folded):
        return _day_of_month(match, today, side)
    return None


def count(number: str) -> int:
    """Return a number written in figures or in letters."""
    return int(number) if number.isdigit() else NUMBERS[number]


def shift(day: date, number: int, unit: str) -> date | None:
    """Return the day that is so many units later, or None beyond the calendar; a month too short gives its last day."""
    try:
        match _UNITS[unit]:
            case "day":
                return day + timedelta(days=number)
            case "week":
                return day + timedelta(weeks=number)
            case "month":
                months = day.year * 12 + day.month - 1 + number
                year, month = divmod(months, 12)
                return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return shift(day, 12 * number, "month")
    except (ValueError, OverflowError):
        return None


def _weekday(folded: str, weekday: int, today: date, side: str) -> date:
    monday = today - timedelta(days=today.weekday())
    if _WEEK.search(folded) and (_NEXT.search(folded) or _LAST.search(folded)):
        # "Le lundi de la semaine prochaine" is not the next Monday when said on a Sunday... but it is that week's.
        return monday + timedelta(days=weekday, weeks=1 if _NEXT.search(folded) else -1)
    if _LAST.search(folded) or (side == "past" and not _NEXT.search(folded)):
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    # "lundi" said on a Monday is the next one; "lundi en huit" is a week after the next.
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1) + _extra_weeks(folded)


def _day_of_month(match: re.Match[str], today: date, side: str) -> date | None:
    day = 1 if match[1] == "1er" else int(match[1])
    months = {" prochain": 1, " dernier": -1}.get(match[2] or "", 0)
    first = shift(today.replace(day=1), months, "month")
    found = _day(first, day)
    if match[2] or found is None:
        return found
    if side == "past" and found > today:
        return _day(shift(today.replace(day=1), -1, "month"), day)
    if side == "future" and found < today:
        return _day(shift(today.replace(day=1), 1, "month"), day)
    return found


def _day(first: date | None, day: int) -> date | None:
    try:
        return first.replace(day=day) if first else None
    except ValueError:
        return None


def _extra_weeks(text: str) -> timedelta:
    return timedelta(days=7 if re.search(r"\ben huit\b", text) else 14 if re.search(r"\ben quinze\b", text) else 0)
