"""A conversation that begins: whose it is, where its dialogue stands, what is said first."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations.model import Message
from bot.db import now


@dataclass(frozen=True)
class Opening:
    """A conversation that begins.

    Attributes:
        conversation_id: random, 24 hexadecimal digits.
        token_hash: see `hash_of`.
        language: fr or en.
        origin: the page on which it began, as the widget says.
        messages: the first words.
        at: when it began.
    """

    conversation_id: str
    token_hash: str
    language: str
    origin: str | None
    messages: list[Message]
    at: datetime = field(default_factory=now)


def hash_of(token: str) -> str:
    """Return what is kept of the token that opens a conversation."""
    # A token has 256 bits of chance: a plain hash is enough, there is nothing to guess.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def first_state(language: str) -> dict[str, Any]:
    """Return what Rasa would have written for a session that has begun and waits for the citizen."""
    # The slot comes after the beginning of the session, which empties all slots.
    begun = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    spoken = {"event": "slot", "name": "language", "value": language}
    return {"slots": {}, "events": [*begun, spoken, {"event": "action", "name": "action_listen"}]}
