"""Signals of one visit: what the log shows of how it went, without asking. Pure functions over logged turns.

A visit is the turns of a conversation of which none comes later than half an hour after the one before. Each signal is
one figure a visit, so that those in which nothing went wrong count too. Requests and people have theirs in
`signals_after.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from rapidfuzz import fuzz

QUIET = timedelta(minutes=30)
"""Silence after which a visit is over: the usual end of a session in web analytics."""
ALIKE = 75
"""Likeness of words, from 0 to 100 (rapidfuzz, order of the words aside), from which one says the same again."""
CLOSING = ("action_end_request", "action_end_reply")
"""Actions that end a form in the way it was meant: sent, saved for later, or stopped in so many words."""
FORMS = ("request_form", "reply_form")
DISTRESS = ("distress", "insult")
"""Intents of who is at the end of their patience, or in danger."""


@dataclass(frozen=True)
class Said:
    """A logged turn, as far as signals need it; the columns are those of the table `turns`.

    Attributes:
        text: masked; that of an answer to a field is a label, and no words of the citizen.
        awaited: the field whose answer the assistant asked for at the end of the turn.
    """

    at: datetime
    kind: str = "text"
    text: str = ""
    intent: str | None = None
    actions: tuple[str, ...] = ()
    field: str | None = None
    fallback: bool = False
    milliseconds: float = 0.0
    awaited: str | None = None


Visit = Sequence[Said]


def turns(visit: Visit) -> float:
    """Number of messages of the citizen in the visit: what the other counts are compared with.

    Unit: count. Source: `turns.kind`, without openings and reminders.
    """
    return float(sum(_is_said(said) for said in visit))


def fallback(visit: Visit) -> float:
    """Number of turns in which the assistant said that it was not sure.

    Unit: count. Source: `turns.fallback`.
    """
    return float(sum(said.fallback for said in visit))


def rephrasing(visit: Visit) -> float:
    """Number of messages that say in other words what the assistant had just not understood.

    A text that follows a turn of fallback, and is neither a button, nor an answer to a field, nor the same words.
    Unit: count. Source: `turns.text`, `turns.fallback`.
    """
    return float(sum(before.fallback and not _alike(before, said) for before, said in _texts(visit)))


def repetition(visit: Visit) -> float:
    """Number of messages that say again what was said just before, or ask the assistant to repeat.

    Words alike from 75 of 100 on, or the intent `repeat`. Unit: count. Source: `turns.text`, `turns.intent`.
    """
    return float(sum(_alike(before, said) or said.intent == "repeat" for before, said in _texts(visit)))


def handoff_asked(visit: Visit) -> float:
    """Whether a person was asked for.

    Unit: yes-no. Source: the intent `talk_to_person`, `turns.intent`; a button that offers it counts as well.
    """
    return float(any(said.intent == "talk_to_person" for said in visit))


def distress(visit: Visit) -> float:
    """Whether the citizen insulted the assistant or said that they were in distress.

    Unit: yes-no. Source: the intents `distress` and `insult` (data/nlu/limits.yml), `turns.intent`.
    """
    return float(any(said.intent in DISTRESS for said in visit))


def time_to_answer(visit: Visit) -> float | None:
    """Mean time that the assistant took to answer; None for a visit in which nothing was said.

    Unit: seconds. Source: `turns.milliseconds`.
    """
    taken = [said.milliseconds / 1000 for said in visit if _is_said(said)]
    return sum(taken) / len(taken) if taken else None


def abandonment(visit: Visit) -> float | None:
    """Whether a form was left without a word; None for a visit without a form.

    A request or a reply to the office was opened or answered in the visit, and the last turn that touched one did not
    end it: neither sent, nor saved, nor stopped. Unit: yes-no. Source: `turns.actions`.
    """
    touched = [said for said in visit if {*said.actions} & {*FORMS, *CLOSING}]
    if not touched:
        return None
    return float(not {*touched[-1].actions} & {*CLOSING})


def abandoned_at(visit: Visit) -> str | None:
    """Return the field that was asked for when the form was left; None when it was not, or when nobody can tell.

    Source: `input.field` of the last message that asked something, table `messages`.
    """
    if not abandonment(visit):
        return None
    return next((said.awaited for said in reversed(visit) if said.awaited), None)


SIGNALS: dict[str, tuple[str, Callable[[Visit], float | None]]] = {
    "turns": ("count", turns),
    "fallback": ("count", fallback),
    "rephrasing": ("count", rephrasing),
    "repetition": ("count", repetition),
    "handoff_asked": ("yes-no", handoff_asked),
    "distress": ("yes-no", distress),
    "time_to_answer": ("seconds", time_to_answer),
    "abandonment": ("yes-no", abandonment),
}
"""The dimension of each signal of a visit, its scale and its function."""
ABANDONED_AT = "abandoned_at:"
"""Before the name of a field, the dimension that counts the forms left there."""


def _is_said(said: Said) -> bool:
    return said.kind in ("text", "button")


def _texts(visit: Visit) -> list[tuple[Said, Said]]:
    """Return each text in the citizen's own words with the turn before it."""
    own = [said for said in visit if _is_said(said)]
    return [(before, said) for before, said in pairwise(own) if said.kind == "text" and not said.field]


def _alike(before: Said, said: Said) -> bool:
    if before.kind != "text" or before.field:
        return False
    return fuzz.token_sort_ratio(before.text.casefold(), said.text.casefold()) >= ALIKE
