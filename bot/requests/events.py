"""What happened to a request: append-only events, each with a digest chained to the one before. Pure rules.

The words of an event (a reason, a message, what is missing) are personal. They are stored encrypted, and the digest
covers a *commitment* to them: SHA-256 over a random salt and the words, the salt being encrypted with the words. So
the chain says nothing of them, holds when a rotation of the key encrypts them anew, and still holds once they are
erased.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.requests.lifecycle import Actor
from bot.requests.model import Event, State

FIRST = "0" * 64
"""What the first event of a request is chained to."""


class Kind(StrEnum):
    """What kind of thing happened."""

    STATE = "state"
    MESSAGE = "message"
    ANSWER = "answer"


class Problem(StrEnum):
    """What is the matter with something that the citizen is asked for again."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    OUT_OF_DATE = "out_of_date"
    WRONG = "wrong"


@dataclass(frozen=True)
class Item:
    """One thing that is asked for to complete a request.

    Attributes:
        problem: what is the matter with it.
        field: the field of the request's form that is to be answered again; None for something else.
        label: what it is called, for something that is no field ("justificatif de domicile").
        note: what is expected, in the agent's words.
        file: whether something that is no field is answered with files (a proof, a letter) instead of words.
    """

    problem: Problem
    field: str | None = None
    label: str = ""
    note: str = ""
    file: bool = False

    def wire(self) -> dict[str, Any]:
        """Return the item as JSON."""
        # What is not asked for is left out: the digests of older events hold without it.
        asked = {"file": True} if self.file else {}
        return {"problem": str(self.problem), "field": self.field, "label": self.label, "note": self.note} | asked

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Item":
        """Return the item of a JSON object."""
        words = data.get("label") or "", data.get("note") or ""
        return cls(Problem(data["problem"]), data.get("field") or None, *words, file=bool(data.get("file")))


@dataclass(frozen=True)
class RequestEvent(Event):
    """One thing that happened to a request; `state` is its state after it, `reason` the words that explain it.

    Attributes:
        number: its place in the request's life, from 1.
        kind: a change of state, a message, or an answer to what was missing.
        actor: who did it.
        by: which agent or which program, for the office only.
        text: of a message, or the answer to an item that is no field.
        items: what is missing, on a change to `to_complete`.
        item: the place in `items` of what an answer is for.
        outcome: what a decision brings: `document`, `appointment`, `payment`.
        read_at: when the other side read a message.
        erased: whether its words were erased.
        id: of its row.
    """

    number: int = 0
    kind: Kind = Kind.STATE
    actor: Actor = Actor.SYSTEM
    by: str | None = None
    text: str | None = None
    items: list[Item] = field(default_factory=list)
    item: int | None = None
    outcome: dict[str, Any] = field(default_factory=dict)
    read_at: datetime | None = None
    erased: bool = False
    id: int = 0


def details(event: RequestEvent) -> dict[str, Any]:
    """Return the words of an event, which are stored encrypted; empty when there are none."""
    known = {
        "reason": event.reason,
        "text": event.text,
        "items": [item.wire() for item in event.items],
        "item": event.item,
        "outcome": event.outcome,
    }
    return {name: value for name, value in known.items() if value not in (None, [], {})}


def canonical(value: Any) -> bytes:
    """Return JSON that is the same for the same value: keys in order, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(salt: str, words: dict[str, Any]) -> str:
    """Return the digest that stands for the words of an event in the chain."""
    return hashlib.sha256(canonical([salt, words])).hexdigest()


def digest(
    previous: str,
    request_id: str,
    number: int,
    kind: str,
    state: str,
    actor: str,
    by: str | None,
    at: datetime,
    committed: str | None,
) -> str:
    """Return the digest of an event: SHA-256 over what it says and the digest of the one before."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [previous, request_id, number, kind, state, actor, by, moment, committed]
    return hashlib.sha256(canonical(content)).hexdigest()


def missing(events: Sequence[RequestEvent]) -> dict[int, Item]:
    """Return what is still missing of a request, by its place in what was asked for last.

    Args:
        events: the life of the request, in its order.
    """
    waiting: dict[int, Item] = {}
    for event in events:
        if event.kind is Kind.STATE:
            waiting = dict(enumerate(event.items)) if event.state is State.TO_COMPLETE else {}
        elif event.kind is Kind.ANSWER and event.item is not None:
            waiting.pop(event.item, None)
    return waiting


def unread(events: Sequence[RequestEvent], reader: Actor) -> list[RequestEvent]:
    """Return the messages that the citizen, or the office, has not read yet."""
    own = {Actor.CITIZEN} if reader is Actor.CITIZEN else {Actor.AGENT, Actor.OFFICE, Actor.SYSTEM}
    return [each for each in events if each.kind is Kind.MESSAGE and each.read_at is None and each.actor not in own]
