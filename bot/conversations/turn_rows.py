"""What a turn asks of the database: its statements and its row.

The statements are made once: to build them again at each turn took longer than to run them (measured). They are of the
tables and not of their classes, for what the mapper adds is not needed here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from bot.conversations.tables import ServiceRow, TurnRow
from bot.conversations.turn import Turn
from bot.db import Base

ALTERNATIVES_LOGGED = 4
"""How many of the intents that came after the first are logged with a turn."""

_CONVERSATIONS = Base.metadata.tables["conversations"]
_NEW = {name: bindparam(name, type_=_CONVERSATIONS.c[name].type) for name in ("state", "language", "last_at")}
_IS_LAST = _CONVERSATIONS.c.last_at <= _NEW["last_at"]


def _move_on(values: Mapping[str, Any], *conditions: ColumnElement[bool]) -> ReturningUpdate[Any]:
    return (
        update(_CONVERSATIONS)
        .where(_CONVERSATIONS.c.id == bindparam("of"), *conditions)
        .values(
            turns=_CONVERSATIONS.c.turns + 1,
            messages=_CONVERSATIONS.c.messages + bindparam("shown"),
            **values,
        )
        .returning(_CONVERSATIONS.c.turns, _CONVERSATIONS.c.messages)
    )


MOVE_ON = _move_on(_NEW)
MOVE_ON_FROM = _move_on(_NEW, _CONVERSATIONS.c.turns == bindparam("follows"))
"""The same, unless another turn was written since the one that is followed."""
MOVE_ON_LATE = _move_on({name: case((_IS_LAST, new), else_=_CONVERSATIONS.c[name]) for name, new in _NEW.items()})
"""The same for a turn that waited: the dialogue goes on from the last one that was said, and it may not be the last."""
_ADD_TURN = insert(Base.metadata.tables["turns"])
STATE = select(
    _CONVERSATIONS.c.state,
    exists().where(TurnRow.conversation_id == bindparam("of"), TurnRow.message_id == bindparam("message")),
    _CONVERSATIONS.c.turns,
).where(_CONVERSATIONS.c.id == bindparam("of"))

_SERVICES = Base.metadata.tables["conversation_services"]
_OF, _SERVICE = (bindparam(name, type_=_SERVICES.c[name].type) for name in ("conversation_id", "service"))
_ABOUT = insert(_SERVICES).from_select(
    ["conversation_id", "service"],
    select(_OF, _SERVICE).where(~exists().where(ServiceRow.conversation_id == _OF, ServiceRow.service == _SERVICE)),
)
_NO_LONGER_ABOUT_NONE = delete(_SERVICES).where(_SERVICES.c.conversation_id == _OF, _SERVICES.c.service == "")

MODE = select(_CONVERSATIONS.c.mode).where(_CONVERSATIONS.c.id == bindparam("of"))


async def note_service(
    session: AsyncSession | AsyncConnection, conversation_id: str, service: str | None, *, number: int
) -> None:
    """Write what a conversation is about, in the transaction of a turn that has locked it.

    Args:
        session: of the transaction.
        conversation_id: the conversation.
        service: of the turn; None for none.
        number: of the turn: the first one tells of a conversation that it is about nothing yet.
    """
    if service is None and number > 1:
        return
    told = {"conversation_id": conversation_id, "service": service or ""}
    added: Any = await session.execute(_ABOUT, told)
    if added.rowcount and number > 1:
        await session.execute(_NO_LONGER_ABOUT_NONE, {"conversation_id": conversation_id})


async def add_turn(
    session: AsyncSession | AsyncConnection, turn: Turn, *, number: int, at: datetime, language: str, logged_text: str
) -> None:
    """Write the row of a turn in the log, and what its conversation is about, in a transaction that has locked it."""
    values = _values(turn, number=number, at=at, language=language, logged_text=logged_text)
    await session.execute(_ADD_TURN, values)
    await note_service(session, turn.conversation_id, values["service"], number=number)


def _values(turn: Turn, *, number: int, at: datetime, language: str, logged_text: str) -> dict[str, Any]:
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
