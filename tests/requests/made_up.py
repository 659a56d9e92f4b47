"""Fields and forms made up for the tests."""

from typing import Any

from bot.catalogue.model import RequestField, RequestForm

WORDS = {"fr": "Des mots", "en": "Words"}
PARENTS = [
    {"value": "father", "title": {"fr": "Père", "en": "Father"}},
    {"value": "mother", "title": {"fr": "Mère", "en": "Mother"}},
    {"value": "legal-guardian", "title": {"fr": "Tuteur ou tutrice", "en": "Legal guardian"}},
]


def field_of(kind: str, **values: Any) -> RequestField:
    """Return a field of a kind; `choice` and `choices` offer father, mother and legal guardian."""
    if kind in ("choice", "choices"):
        values.setdefault("choices", PARENTS)
    words = {"label": WORDS, "question": WORDS, "why": WORDS}
    return RequestField.model_validate({"id": "field", "type": kind, **words, **values})


def form_of(*fields: RequestField) -> RequestForm:
    """Return a form that asks the fields in their order."""
    return RequestForm.model_validate({"office": "town-hall", "delay_days": 10, "next_step": WORDS, "fields": fields})
