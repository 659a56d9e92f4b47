"""What people say that a message means, and what comes of it when several say so: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What can be said of a group of messages."""

    INTENT = "intent"  # it means this, about this service
    NEW = "new"  # it means something that no intent has yet
    NOT_TRAINING = "not_training"  # nothing is to be learnt from it
    LEFT = "left"  # somebody else should say


class State(StrEnum):
    """Where a group stands."""

    OPEN = "open"  # nobody has said anything yet
    LABELLED = "labelled"  # what it means is agreed upon
    CONFLICT = "conflict"  # two people said different things


@dataclass(frozen=True)
class Answer:
    """A meaning: what two people must both have said to agree."""

    decision: Decision
    intent: str | None = None
    service: str | None = None
    proposed_id: int | None = None


@dataclass(frozen=True)
class Label:
    """What one person said.

    Attributes:
        settles: whether it was said to end a disagreement: what was said before no longer counts.
    """

    answer: Answer
    by: str
    at: datetime
    settles: bool = False


@dataclass(frozen=True)
class Standing:
    """What is known of a group.

    Attributes:
        answer: what it means, once that is agreed upon.
        labels: the last word of each person, the first who spoke first.
    """

    state: State
    answer: Answer | None = None
    labels: tuple[Label, ...] = ()


def standing(labels: Sequence[Label]) -> Standing:
    """Return where a group stands.

    Args:
        labels: all that was said of it and not taken back, in the order of time.
    """
    last: dict[str, Label] = {}
    for label in labels:
        if label.settles:
            last.clear()
        if label.answer.decision != Decision.LEFT:
            last[label.by] = label
    said = tuple(last.values())
    answers = {label.answer for label in said}
    if not said:
        return Standing(State.OPEN)
    if len(answers) > 1:
        return Standing(State.CONFLICT, None, said)
    return Standing(State.LABELLED, said[0].answer, said)
