"""Answers that are known already, offered instead of asked again: pure rules, no database.

An own earlier answer to the same question comes first, then what the citizen said about their case in the
conversation, then the same answer of another request. Only fields with an HTML autofill name (`autocomplete`) are
carried over: they are about the citizen, and two of the same name ask for the same thing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.requests.fields import InvalidAnswer, read_answer
from bot.requests.fields_shown import show_answer

Origin = Literal["present", "said", "earlier"]


@dataclass(frozen=True)
class Offer:
    """A value that the citizen may keep, and where it comes from."""

    value: Any
    origin: Origin


def offer_for(
    field: RequestField,
    answers: dict[str, Any],
    situation: dict[str, str],
    earlier: Iterable[tuple[RequestForm, dict[str, Any]]],
    today: date,
) -> Offer | None:
    """Return what can be offered as the answer to a field, or None.

    Args:
        field: what is asked.
        answers: of the request being filled in.
        situation: what is known of the citizen's case for this service.
        earlier: forms and answers of other requests of the citizen, the newest first.
        today: the day of the answer.
    """
    if field.type is FieldType.FILE:
        return None
    if answers.get(field.id) is not None:
        return Offer(answers[field.id], "present")
    said = situation.get(field.situation or "")
    if said is not None and field.may_be(said):
        return Offer(said, "said")
    if field.autocomplete is None:
        return None
    for form, given in earlier:
        for other in form.fields:
            same = other.autocomplete == field.autocomplete and other.type is field.type
            if same and given.get(other.id) is not None and _still_fits(field, given[other.id], today):
                return Offer(given[other.id], "earlier")
    return None


def _still_fits(field: RequestField, value: Any, today: date) -> bool:
    """Return whether a value given to another field is an answer to this one, whose bounds may be narrower."""
    try:
        return bool(read_answer(field, show_answer(field, value, "fr"), today) == value)
    except InvalidAnswer:
        return False
