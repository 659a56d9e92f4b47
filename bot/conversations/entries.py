"""What is written of a conversation, as plain JSON values: an opening, a turn, a message that waits.

The spool keeps entries on the disk, and the store remembers the last ones of live conversations: both can tell from
them where a dialogue stands, what was answered, and what a button means, without the database.
"""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

from bot.conversations.model import Author, Button, Command, Message, Moment
from bot.conversations.opening import Opening, first_state
from bot.conversations.turn import Turn
from bot.db import now

Entry = dict[str, Any]

_PLAIN = ("conversation_id", "message_id", "kind", "model", "service", "field", "fallback", "reminders")
"""Members of a turn that are JSON values; its words are not among them: only what the log may keep of them is."""
_UNDERSTOOD = ("intent", "intent_ranking", "service", "actions")


def of_opening(opening: Opening) -> Entry:
    """Return the entry of a conversation that begins."""
    return {
        "type": "opening",
        "conversation_id": opening.conversation_id,
        "token_hash": opening.token_hash,
        "language": opening.language,
        "origin": opening.origin,
        "messages": [_of_message(message) for message in opening.messages],
        "at": opening.at.isoformat(),
        "state": first_state(opening.language),
    }


def to_opening(entry: Entry) -> Opening:
    """Return the opening of an entry."""
    messages = [_to_message(message) for message in entry["messages"]]
    told = {name: entry[name] for name in ("conversation_id", "token_hash", "language", "origin")}
    return Opening(messages=messages, at=datetime.fromisoformat(entry["at"]), **told)


def of_turn(turn: Turn, state: dict[str, Any], language: str, logged_text: str) -> Entry:
    """Return the entry of a turn with the state of the dialogue after it."""
    entities = [{"entity": each["entity"], "value": each.get("value")} for each in turn.parse.get("entities") or []]
    return {
        "type": "turn",
        "turn": {name: getattr(turn, name) for name in _PLAIN},
        "moment": turn.moment,
        "parse": {name: turn.parse.get(name) for name in _UNDERSTOOD} | {"entities": entities},
        "milliseconds": turn.milliseconds,
        "messages": [_of_message(message) for message in turn.messages],
        "state": state,
        "language": language,
        "text": logged_text,
        "at": now().isoformat(),
    }


def to_turn(entry: Entry) -> Turn:
    """Return the turn of an entry; it took as long as it did then."""
    return Turn(
        text=entry["text"],
        parse=entry["parse"],
        moment=Moment(entry["moment"]) if entry["moment"] else None,
        messages=[_to_message(message) for message in entry["messages"]],
        started=perf_counter() - entry["milliseconds"] / 1000,
        **entry["turn"],
    )


def of_kept(message_id: str, text: str) -> Entry:
    """Return the entry of a message that waits for its answer."""
    return {"type": "kept", "message_id": message_id, "text": text}


def state_of(entries: Sequence[Entry]) -> dict[str, Any] | None:
    """Return the state of the dialogue after some entries; None when they do not tell."""
    return next((entry["state"] for entry in reversed(entries) if entry.get("state")), None)


def answer_in(entries: Sequence[Entry], message_id: str) -> list[Message] | None:
    """Return what was answered to a message; None when the entries do not tell."""
    for entry in entries:
        if entry["type"] == "turn" and entry["turn"]["message_id"] == message_id:
            return [_to_message(message) for message in entry["messages"]]
    return None


def button_in(entries: Sequence[Entry], payload: str) -> tuple[str, Command] | None:
    """Return the title and the meaning of a button; None when the entries do not tell."""
    for entry in reversed(entries):
        for message in entry.get("messages", ()):
            for title, intent, entities, identifier in message["buttons"]:
                if identifier == payload:
                    return title, Command(intent, entities)
    return None


def _of_message(message: Message) -> Entry:
    return {
        "id": message.id,
        "author": message.author,
        "text": message.text,
        "logged_text": message.logged_text,
        "extras": message.extras,
        "buttons": [[b.title, b.command.intent, b.command.entities, b.payload] for b in message.buttons],
    }


def _to_message(entry: Entry) -> Message:
    return Message(
        Author(entry["author"]),
        entry["text"],
        [Button(title, Command(intent, entities), payload) for title, intent, entities, payload in entry["buttons"]],
        entry["extras"],
        logged_text=entry["logged_text"],
        id=entry["id"],
    )
