"""What a message tells beside its intent and its service: a date, a reference, a postcode, a commune.

Answers and actions read these where they need them (`bot.requests`, `bot.catalogue`); `guichet parse` shows them. They
are no entities of the model, for a log of entities would keep what is personal in them.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.catalogue.administrations import OfficeKind
from bot.catalogue.offices_find import place_in, place_of_answer
from bot.catalogue.offices_store import Directory
from bot.catalogue.places import department_name
from bot.requests.dates import find_date, find_month, find_year
from bot.requests.fields_places import POSTCODE
from bot.requests.reference import find_reference
from bot.understanding.words import MAX_CHARACTERS


def details(
    text: str, today: date, directory: Directory | None = None, kinds: Mapping[str, OfficeKind] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what a message tells, each with its kind.

    Args:
        text: the message.
        today: the day from which dates are counted.
        directory: knows the communes; without it only postcodes are known.
        kinds: of offices, whose names may stand before that of a commune ("mairie Vitré").

    Yields:
        `date` (ISO), or `month` ("2009-03") or `year` when no more is said; `reference`, put right; `postcode`;
        `commune`, each of those that share the name, or `department`.
    """
    text = text[:MAX_CHARACTERS]
    if reference := find_reference(text):
        yield "reference", reference
    if day := find_date(text, today):
        yield "date", day.isoformat()
    elif year := find_year(text, today):
        month = find_month(text, today, "past")
        yield ("month", f"{month:%Y-%m}") if month else ("year", str(year))
    postcode = POSTCODE.search(text)
    if postcode and " " not in postcode[1]:  # "10 000 euros" is none
        yield "postcode", postcode[1]
    if directory is None:
        return
    place = place_of_answer(text, directory, guess=False) or place_in(text, directory, kinds or {})
    if place is not None:
        yield from (("commune", commune.name) for commune in place.communes)
        if place.department:
            yield "department", department_name(place.department)
