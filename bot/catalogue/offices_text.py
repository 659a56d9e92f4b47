"""An office in words: where it is, when it opens, how to reach it, and of which day this is."""

from bot.catalogue.model import Text
from bot.catalogue.offices_model import DIRECTORY_SITE, Office, Opening

_DAYS = Text(
    fr="lundi mardi mercredi jeudi vendredi samedi dimanche",
    en="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
)
_LABELS = {
    "hours": Text(fr="Horaires :", en="Opening hours:"),
    "phone": Text(fr="Téléphone :", en="Phone:"),
    "email": Text(fr="E-mail :", en="E-mail:"),
    "website": Text(fr="Site :", en="Website:"),
}
_UNKNOWN = Text(fr="non indiqués dans l'annuaire", en="not in the directory")
_TITLE = Text(
    fr="Annuaire de l'administration, service-public.gouv.fr (DILA, Licence Ouverte)",
    en="Directory of public offices, service-public.gouv.fr (DILA, open licence)",
)
_BEFORE_GOING = Text(
    fr="Les horaires peuvent changer : vérifiez avant de vous déplacer.",
    en="Opening hours may change: please check before you go.",
)


def office_text(office: Office, language: str) -> str:
    """Return an office as short lines: name, address, hours, phone, e-mail, website."""
    town = f"{office.postcode} {office.town}".strip()
    address = ", ".join([*office.address, *([town] if town else [])])
    lines = [office.name, address, f"{_LABELS['hours'][language]} {_hours_text(office, language)}"]
    for name, value in (("phone", office.phone), ("email", office.email), ("website", office.website)):
        lines += [f"{_LABELS[name][language]} {value}"] if value else []
    return "\n".join(filter(None, lines))


def source_of_directory(date: str, language: str) -> dict[str, str]:
    """Return the directory as a source of the HTTP contract; `checked` is the day of its newest entry."""
    return {"title": _TITLE[language], "url": DIRECTORY_SITE, "checked": date, "note": _BEFORE_GOING[language]}


def _hours_text(office: Office, language: str) -> str:
    parts = [_opening_text(opening, language) for opening in _joined(office.openings)]
    parts += [office.note] if office.note else []
    return " ; ".join(parts) if parts else _UNKNOWN[language]


def _joined(openings: tuple[Opening, ...]) -> list[Opening]:
    """Return the openings in the order of the week, days that follow each other with the same hours as one."""
    joined: list[Opening] = []
    for opening in sorted(openings, key=lambda opening: (opening.first, opening.hours)):
        last = joined[-1] if joined else None
        if last and (last.hours, last.note) == (opening.hours, opening.note) and opening.first <= last.last + 1:
            joined[-1] = Opening(last.first, max(last.last, opening.last), last.hours, last.note)
        else:
            joined.append(opening)
    return joined


def _opening_text(opening: Opening, language: str) -> str:
    days = _DAYS[language].split()
    first, last = days[opening.first], days[opening.last]
    between = Text(fr=f"du {first} au {last}", en=f"{first} to {last}")
    span = first if opening.first == opening.last else between[language]
    hours = [_span_text(start, end, language) for start, end in opening.hours]
    text = f"{span} {(' and ' if language == 'en' else ' et ').join(hours)}".strip()
    return f"{text} ({opening.note})" if opening.note else text


def _span_text(start: str, end: str, language: str) -> str:
    if language == "en":
        return f"{start.lstrip('0')}–{end.lstrip('0')}"
    return f"de {_hour_text(start)} à {_hour_text(end)}"


def _hour_text(hour: str) -> str:
    hours, _, minutes = hour.partition(":")
    return f"{int(hours)} h" if minutes == "00" else f"{int(hours)} h {minutes}"
