"""What a turn asks of the database: its statements and its row.

The statements are made once: to build them again at each turn took longer than to run them (measured). They are of the
tables and not of their classes, for what the mapper adds is not needed here.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, select, update

from bot.conversations.tables import TurnRow
from bot.conversations.turn import Turn
from bot.db import Base

ALTERNATIVES_LOGGED = 4
"""How many of the intents that came after the first are logged with a turn."""

_CONVERSATIONS = Base.metadata.tables["conversations"]
MOVE_ON = (
    update(_CONVERSATIONS)
    .where(_CONVERSATIONS.c.id == bindparam("of"))
    .values(
        state=bindparam("state"),
        turns=_CONVERSATIONS.c.turns + 1,
        messages=_CONVERSATIONS.c.messages + bindparam("shown"),
        language=bindparam("language"),
        last_at=bindparam("last_at"),
    )
    .returning(_CONVERSATIONS.c.turns, _CONVERSATIONS.c.messages)
)
ADD_TURN = insert(Base.metadata.tables["turns"])
STATE = select(
    _CONVERSATIONS.c.state,
    exists().where(TurnRow.conversation_id == bindparam("of"), TurnRow.message_id == bindparam("message")),
).where(_CONVERSATIONS.c.id == bindparam("of"))

MODE = select(_CONVERSATIONS.c.mode).where(_CONVERSATIONS.c.id == bindparam("of"))


def turn_values(turn: Turn, *, number: int, at: datetime, language: str, logged_text: str) -> dict[str, Any]:
    """Return the row of a turn in the log."""
    intent = turn.parse.get("intent") or {}
    linked = turn.parse.get("service") or {}
    return {
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "number": number,
        "at": at,
        "kind": turn.kind,
        "text": logged_text,
        "language": language,
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "alternatives": [
            {"name": other["name"], "confidence": round(other["confidence"], 4)}
            for other in turn.parse.get("intent_ranking") or []
            if other["name"] != intent.get("name")
        ][:ALTERNATIVES_LOGGED],
        # The words that an entity was read from may be personal: only its kind and its meaning are kept.
        "entities": [
            {"entity": entity["entity"], "value": entity.get("value")} for entity in turn.parse.get("entities") or []
        ],
        "service": turn.service or linked.get("id"),
        "service_confidence": linked.get("confidence"),
        "moment": turn.moment,
        "actions": turn.parse.get("actions") or [],
        "field": turn.field,
        "fallback": turn.fallback,
        "model": turn.model,
        "milliseconds": round(turn.milliseconds, 2),
    }
