"""Answers in time: a date, a period."""

from datetime import date

from bot.catalogue.form import RequestField
from bot.requests.dates import find_date, is_incomplete, says_year
from bot.requests.dates_relative import shift
from bot.requests.invalid import InvalidAnswer
from bot.requests.periods import find_period

OLDEST_YEAR = 1900
FURTHEST_YEARS = 20
"""No question here is about what comes later than that many years: such a year is a slip of the finger."""


def read_date(field: RequestField, text: str, today: date) -> str:
    """Return the date as ISO 8601 writes it, within the bounds of the field."""
    birth = field.when_date == "birth"
    found = find_date(text, today, side="past" if birth else field.when_date)
    if found is None or found.year < OLDEST_YEAR:
        raise InvalidAnswer("date_incomplete" if found is None and is_incomplete(text) else "date")
    if birth and not says_year(text):
        raise InvalidAnswer("date_incomplete")
    _check(field, found, found, today)
    if field.ages and not field.ages[0] <= age(found, today) <= field.ages[1]:
        youngest, oldest = field.ages
        raise InvalidAnswer("date_age", date=_shown(found), age=age(found, today), youngest=youngest, oldest=oldest)
    return found.isoformat()


def read_period(field: RequestField, text: str, today: date) -> list[str]:
    """Return the first and the last day, as ISO 8601 writes them."""
    found = find_period(text, today, side=field.when_date)
    if found is None or found[0].year < OLDEST_YEAR:
        raise InvalidAnswer("period")
    first, last = found
    if first > last:
        raise InvalidAnswer("period_order", first=_shown(first), last=_shown(last))
    _check(field, first, last, today)
    return [first.isoformat(), last.isoformat()]


def age(birth: date, today: date) -> int:
    """Return the age in full years of a person born on a day."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _check(field: RequestField, first: date, last: date, today: date) -> None:
    if field.when_date in ("past", "birth") and last > today:
        raise InvalidAnswer("date_future", date=_shown(last))
    if field.when_date == "future" and first < today:
        raise InvalidAnswer("date_past", date=_shown(first))
    if field.earliest and first < field.earliest:
        raise InvalidAnswer("date_early", date=_shown(first), earliest=_shown(field.earliest))
    furthest = field.latest or shift(today, FURTHEST_YEARS, "year")
    if furthest and last > furthest:
        raise InvalidAnswer("date_late", date=_shown(last), latest=_shown(furthest))


def _shown(day: date) -> str:
    return day.strftime("%d/%m/%Y")
