"""What is missing of a request, in words."""

from bot.catalogue.model import RequestField, Service, Text
from bot.requests.events import Item, Problem

PROBLEMS: dict[Problem, Text] = {
    Problem.MISSING: Text(fr="il manque", en="it is missing"),
    Problem.UNREADABLE: Text(fr="on ne peut pas le lire", en="it cannot be read"),
    Problem.OUT_OF_DATE: Text(fr="c'est trop ancien", en="it is too old"),
    Problem.WRONG: Text(fr="il y a une erreur", en="there is a mistake"),
}


def item_field(item: Item, service: Service) -> RequestField | None:
    """Return the field of the form that an item asks for again, or None when it is something else."""
    fields = service.request.fields if service.request else []
    return next((each for each in fields if each.id == item.field), None)


def item_label(item: Item, service: Service, language: str) -> str:
    """Return what the missing thing is called."""
    field = item_field(item, service)
    return field.label[language] if field else item.label or item.field or ""


def item_line(item: Item, service: Service, language: str) -> str:
    """Return what is missing, what is the matter with it and what is expected, in one line."""
    colon = " : " if language == "fr" else ": "
    line = f"- {item_label(item, service, language)}{colon}{PROBLEMS[item.problem][language]}."
    return f"{line} {item.note}" if item.note else line
