"""The age that a birth tells: "née en 87", "mon fils est né le 12/05/2015", "born in March 2009"."""

import re
from collections.abc import Iterator
from datetime import date

from bot.requests.dates import find_date, find_year, says_year
from bot.requests.dates_spoken import in_figures
from bot.words import fold

# Without its accent, "ne" is born only before a figure: "ne le 12/05/2015", but not "je ne le trouve plus".
_BORN = re.compile(
    r"\b(?:née?s?|nees?|born)\s+(?=(?:en|in|le|on|au mois|the)\b|\d)"
    r"|\bne\s+(?=(?:le\s+|en\s+(?:[a-zà-ÿ]+\s+)?)?\d)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^,;:!?()\n]{1,60}")
_WITH_YEAR = re.compile(r"\d{4}|\d\D+\d{2}\b")


def find_births(text: str, today: date) -> Iterator[tuple[int, int, int]]:
    """Yield what each birth in a text tells: where it stands, and the lowest and highest age in whole years.

    A year alone leaves open whether the birthday has been; a day without its year tells nothing.

    Args:
        text: the message.
        today: the day on which the age is.
    """
    for match in _BORN.finditer(text):
        clause = _CLAUSE.match(text, match.start())
        said = in_figures(fold(clause[0])) if clause else ""
        born = find_date(said, today, side="past")
        if born is not None and says_year(said) and _WITH_YEAR.search(said):
            lowest = highest = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        elif born is None and (year := find_year(said, today)) is not None:
            lowest, highest = max(0, today.year - year - 1), today.year - year
        else:
            continue
        if 0 <= lowest <= highest:
            yield match.start(), lowest, highest
