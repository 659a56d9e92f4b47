"""What is read of the log: conditions, a line of a list, a transcript. No framework, no database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.model import Author, Mode, Moment


@dataclass(frozen=True)
class Filter:
    """Conditions on a conversation; what is left out is not asked.

    Those on what was said (`since` to `text`) must be met by one and the same turn: "a price, understood with less than
    0.5" is one message that was both.

    Attributes:
        since, until: when it was said, from the first and before the second.
        confidence_from, confidence_below: how sure the intent was, from 0 to 1.
        fallback: whether the assistant said that it was not sure.
        model: name of the archive that understood.
        text: words that were said, masked; see `full_text`.
        turns_from, turns_to: length of the conversation, both included.
        handoff: whether a person answers, was asked for and awaited, or has answered.
    """

    since: datetime | None = None
    until: datetime | None = None
    moment: Moment | None = None
    service: str | None = None
    intent: str | None = None
    confidence_from: float | None = None
    confidence_below: float | None = None
    fallback: bool | None = None
    language: str | None = None
    model: str | None = None
    text: str = ""
    turns_from: int | None = None
    turns_to: int | None = None
    handoff: bool | None = None


@dataclass(frozen=True)
class Line:
    """A conversation in a list, with the last of its turns that meets the conditions.

    Attributes:
        turns: length of the conversation.
        turn: place of that turn, from 1; `said`, `at`, `intent`... are its own.
    """

    conversation_id: str
    language: str
    mode: Mode
    turns: int
    created_at: datetime
    last_at: datetime
    turn: int
    at: datetime
    said: str
    intent: str | None
    confidence: float | None
    service: str | None
    moment: str | None
    fallback: bool


@dataclass(frozen=True)
class Page:
    """A page of a list.

    Attributes:
        after: given back, it brings the next one; None at the end.
        looked_to: back to when was looked, where the time was over before the page was full: there may be more.
    """

    lines: list[Line]
    after: str | None
    looked_to: datetime | None = None


@dataclass(frozen=True)
class Understood:
    """One turn: what was said, masked, what was understood of it, what was done, by which model and in how long."""

    number: int
    message_id: str
    at: datetime
    kind: str
    said: str
    language: str
    intent: str | None
    confidence: float | None
    alternatives: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    service: str | None
    service_confidence: float | None
    moment: str | None
    actions: list[str]
    field: str | None
    fallback: bool
    model: str
    milliseconds: float


@dataclass(frozen=True)
class Said:
    """One message as the log keeps it; `turn` is the place of the turn that it belongs to, if any."""

    sequence: int
    author: Author
    text: str
    buttons: list[str]
    at: datetime
    turn: int | None


@dataclass(frozen=True)
class Transcript:
    """A conversation from beginning to end."""

    conversation_id: str
    language: str
    origin: str | None
    mode: Mode
    notice_version: str
    created_at: datetime
    last_at: datetime
    messages: list[Said]
    turns: list[Understood]
