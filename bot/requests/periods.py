"""Periods as people write them: "du 3 au 10 mars", "en août", "deux semaines à partir du 3 mars"."""

import re
from datetime import date, timedelta

from bot.requests.dates import find_date, find_month
from bot.requests.dates_relative import SPAN, count, shift
from bot.words import fold

Period = tuple[date, date]
_BETWEEN = re.compile(
    r"\b(?:du|des le|entre(?: le)?|between(?: the)?|from(?: the)?|de)\s+(?P<first>.+?)\s+"
    r"(?:au|et(?: le)?|and(?: the)?|to(?: the)?|until|till|jusqu'au|jusqu'a|a)\s+(?P<last>.+)"
)
_JOINED = re.compile(
    r"^(?P<first>.+?)\s*(?:\s/\s|\s-\s|(?<=/\d{4})-(?=\d)|–|—|→|\sau\s|\sto\s|\sjusqu'au\s|\suntil\s)\s*(?P<last>.+)$"
)
_LASTING = re.compile(
    rf"\b{SPAN}\s+(?:a partir d[eu']|a compter d[eu']|des|from|starting)\s*(?:le |the |on )?(?P<first>.+)"
)
_WEEK_OF = re.compile(r"\b(?:semaine du|week of)\s+(?P<first>.+)")
_NEXT_WEEK = re.compile(r"\b(?:semaine (?P<fr>prochaine|derniere)|(?P<en>next|last) week)\b")
_DAY_ONLY = re.compile(r"^(?:le |the )?(\d{1,2})(?:er|st|nd|rd|th)?$")
_MONTH_ALL = re.compile(r"^\W*(?:en|in|(?:tout )?(?:le )?mois d[e'](?: )?|the month of)?\s*[a-z]+\.?(?:\s+\d{4})?\W*$")
_WEEKDAY = re.compile(r"^(?:le )?(?:lun|mar|mercre|jeu|vendre|same)di (?=\d)|^(?:le )?dimanche (?=\d)|^\w+day (?=\d)")


def find_period(text: str, today: date, *, side: str = "any") -> Period | None:
    """Return the first and the last day that a text names, or None; they may be in the wrong order.

    Args:
        text: what was written.
        today: the day from which relative dates are counted.
        side: `past`, `future` or `any`; settles days without a year.
    """
    folded = fold(text)
    if match := _NEXT_WEEK.search(folded):
        weeks = 1 if "prochaine" in match[0] or "next" in match[0] else -1
        monday = today + timedelta(weeks=weeks, days=-today.weekday())
        return monday, monday + timedelta(days=6)
    if match := _LASTING.search(folded):
        first = find_date(match["first"], today, side=side)
        after = shift(first, count(match[1]), match[2]) if first else None
        return (first, after - timedelta(days=1)) if first and after else None
    if match := _WEEK_OF.search(folded):
        first = find_date(match["first"], today, side=side)
        return (first, first + timedelta(days=6)) if first else None
    if match := _BETWEEN.search(folded) or _JOINED.search(folded):
        return _ends(match["first"], match["last"], today, side)
    if _MONTH_ALL.match(folded) and (month := find_month(folded, today, side)):
        following = shift(month, 1, "month")
        return (month, following - timedelta(days=1)) if following else None
    return None


def _ends(first: str, last: str, today: date, side: str) -> Period | None:
    """Return both ends; the first takes from the last what it leaves out ("du 3 au 10 mars 2026")."""
    end = find_date(last, today, side=side)
    if end is None:
        return None
    first = _WEEKDAY.sub("", first.strip())
    if match := _DAY_ONLY.match(first):
        start = _same_month(end, int(match[1]))
    else:
        start = find_date(first, today, side=side)
        if start and not re.search(r"\d{4}|/\d\d$", first):
            start = _before(start, end)
    return (start, end) if start else None


def _same_month(end: date, day: int) -> date | None:
    try:
        return end.replace(day=day)
    except ValueError:
        return None


def _before(start: date, end: date) -> date:
    """Return a day said without its year in the last year in which it comes before the end."""
    for year in (end.year, end.year - 1):
        moved = _in_year(start, year)
        if moved and moved <= end:
            return moved
    return start


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None
