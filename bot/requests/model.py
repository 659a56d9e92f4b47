"""A request (demande): its states, and which question comes next. No framework, no database."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.catalogue.form import RequestField, RequestForm

CONFIRM = "confirm"
"""The step after the last question: the summary that the citizen confirms or changes."""


class State(StrEnum):
    """Where a request stands; the citizen reads plain words for each (`utter_state_<state>`)."""

    DRAFT = "draft"
    FILED = "filed"
    TO_COMPLETE = "to_complete"
    EXAMINED = "under_examination"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be expected."""
        return self in (State.ACCEPTED, State.REFUSED, State.CLOSED, State.WITHDRAWN)


@dataclass(frozen=True)
class Event:
    """A change of state: append-only, with its reason where the citizen deserves one."""

    state: State
    at: datetime
    reason: str | None = None


class Way(StrEnum):
    """How somebody would like to hear from the office."""

    CHAT = "chat"
    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"


@dataclass(frozen=True)
class Preference:
    """In which language and by which way somebody likes to be spoken to.

    Attributes:
        told_at: when they said so; None for what their conversation and their answers show.
    """

    language: str | None = None
    way: Way | None = None
    told_at: datetime | None = None


@dataclass
class Request:
    """A request, from draft to decision.

    Attributes:
        language: in which its citizen is written to.
        answers: by field; a field that was passed is there with None.
        reference: what the citizen quotes.
        due: when an answer is announced for; None for a draft.
        demo: whether `guichet demo` made it up.
    """

    id: str
    reference: str
    service: str
    state: State
    language: str
    conversation_id: str | None
    answers: dict[str, Any]
    created_at: datetime
    filed_at: datetime | None = None
    due: datetime | None = None
    history: list[Event] = field(default_factory=list)
    preference: Preference = field(default_factory=Preference)
    demo: bool = False


def asked(form: RequestForm, answers: dict[str, Any]) -> list[RequestField]:
    """Return the fields that are asked, given the answers: some depend on earlier ones, which must be asked too."""
    fields: dict[str, RequestField] = {}
    for each in form.fields:
        if all(
            name in fields and fields[name].meets(wanted, answers.get(name)) for name, wanted in each.only_if.items()
        ):
            fields[each.id] = each
    return list(fields.values())


def next_field(form: RequestForm, answers: dict[str, Any]) -> RequestField | None:
    """Return the first field that has neither been answered nor passed; None when all have."""
    return next((each for each in asked(form, answers) if each.id not in answers), None)


def previous_field(form: RequestForm, answers: dict[str, Any], current: str | None) -> RequestField | None:
    """Return the field that was asked before `current` (before the summary when it is `CONFIRM`), if any."""
    fields = asked(form, answers)
    position = next((i for i, each in enumerate(fields) if each.id == current), len(fields))
    return fields[position - 1] if position > 0 else None


def kept(form: RequestForm, answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers without those whose question is no longer asked, after a change of another answer."""
    names = {each.id for each in asked(form, answers)}
    return {name: value for name, value in answers.items() if name in names}


def step_of(form: RequestForm, current: str) -> tuple[int, int]:
    """Return the step of a field, from 1, and how many steps there are; the summary belongs to the last one.

    A question that is only asked after some answers belongs to the step of the question before it. So the number of
    steps is the same from the first question to the last, whatever is answered, and no step is jumped over.
    """
    steps = [not each.only_if for each in form.fields]
    place = next((index for index, each in enumerate(form.fields) if each.id == current), len(steps) - 1)
    return sum(steps[: place + 1]), sum(steps)
