"""The age that a birth tells: "née en 87", "mon fils est né le 12/05/2015", "born in March 2009"."""

import re
from collections.abc import Iterator
from datetime import date

from bot.requests.dates import find_date, find_year, says_year
from bot.words import fold

_BORN = re.compile(r"\b(?:n[ée]e?s?|born)\s+(?=(?:en|in|le|on|au mois|the|\d))", re.IGNORECASE)
_CLAUSE = re.compile(r"[^,;:!?()\n]{1,40}")
_OLDEST = 130


def find_births(text: str, today: date) -> Iterator[tuple[int, int, int]]:
    """Yield what each birth in a text tells: where it stands, and the lowest and highest age in whole years.

    A year alone leaves open whether the birthday has been; a day without its year tells nothing.

    Args:
        text: the message.
        today: the day on which the age is.
    """
    for match in _BORN.finditer(text):
        said = _CLAUSE.match(text, match.end())
        if said is None:
            continue
        born = find_date(said[0], today, side="past")
        if born is not None and says_year(said[0]):
            lowest = highest = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        elif born is None and (year := find_year(fold(said[0]), today)) is not None:
            lowest, highest = max(0, today.year - year - 1), today.year - year
        else:
            continue
        if 0 <= lowest <= highest <= _OLDEST:
            yield match.start(), lowest, highest
