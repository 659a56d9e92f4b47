"""What a conversation is made of: the words that the rest of the product uses, without framework."""

import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.errors import Conflict, NotFound

NOTICE_VERSION = "2026-11"
"""Version of the notice that a conversation opens with (a machine, what is kept, a person on request)."""


class Moment(StrEnum):
    """The four moments of a public service, in which one asks separately how it went."""

    INFORMATION = "information"
    SUBMISSION = "submission"
    USE = "use"
    OUTCOME = "outcome"


class Mode(StrEnum):
    """Who answers the citizen."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"


class Author(StrEnum):
    """Who wrote a message."""

    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"
    CITIZEN = "citizen"


@dataclass(frozen=True)
class Command:
    """What a button means, kept on our side: the citizen's browser only ever sees an opaque identifier."""

    intent: str
    entities: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """A choice offered with a message; `payload` is the opaque identifier that comes back when it is chosen."""

    title: str
    command: Command
    payload: str = field(default_factory=lambda: f"b-{secrets.token_hex(8)}")

    @staticmethod
    def is_payload(text: str) -> bool:
        """Return whether a text has the form of a button's identifier."""
        return len(text) == 18 and text.startswith("b-") and all(c in "0123456789abcdef" for c in text[2:])


@dataclass
class Message:
    """One message as it is shown.

    Attributes:
        text: what is shown.
        logged_text: what the log keeps when `text` holds personal answers; None when it holds none.
        extras: `input`, `sources`, `request` of the wire contract.
        sequence: its place in the conversation, from 1; 0 until it is stored.
        client_id: the identifier that the citizen's program gave to its own message.
        at: when it was stored, ISO 8601; empty until then.
    """

    author: Author
    text: str
    buttons: list[Button] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    logged_text: str | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(12))
    sequence: int = 0
    client_id: str | None = None
    at: str = ""

    def wire(self) -> dict[str, Any]:
        """Return the message as the HTTP contract has it."""
        body: dict[str, Any] = {"id": self.id, "author": str(self.author), "text": self.text}
        if self.sequence:
            body |= {"sequence": self.sequence, "at": self.at}
        if self.client_id:
            body["client_id"] = self.client_id
        body["buttons"] = [{"title": button.title, "payload": button.payload} for button in self.buttons]
        return body | self.extras


class Overtaken(Conflict):
    """Another engine wrote a turn of the conversation meanwhile: this one must be thought over again."""


def erased() -> NotFound:
    """Return the error of whoever writes to a conversation that is no more."""
    return NotFound("This conversation was erased.", code="conversation-erased")
