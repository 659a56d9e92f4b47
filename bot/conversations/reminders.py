"""Reminders: what the assistant is to say by itself, at a time. In the database, so that a restart forgets none.

Rasa keeps its own in memory, by name whoever's they are. Ours are written with the turn that schedules them, and a
periodic job of the gateway gives those that are due to the engine, which answers each once: its identifier is that of
a message.
"""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.conversations.assistant import Assistant
from bot.conversations.model import Mode
from bot.conversations.tables import ConversationRow, ReminderRow, TurnRow
from bot.db import Database, now
from bot.errors import GuichetError, Unavailable

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Reminders delivered in one run of the job."""
KIND = "reminder"
"""The kind of a turn that answers a reminder: the citizen wrote nothing."""


async def write_reminders(
    session: AsyncSession | AsyncConnection, conversation_id: str, turn: int, changes: Sequence[dict[str, Any]]
) -> None:
    """Write what a turn changed about the reminders of its conversation, in its transaction.

    Args:
        session: the transaction of the turn.
        conversation_id: whose reminders they are.
        turn: the number of the turn.
        changes: in their order, `{"event": "reminder", "name", "intent", "entities", "date_time", "kill_on_user_msg"}`
            or `{"event": "cancel_reminder", "name", "intent", "entities"}`, of which those that are None match all.
    """
    for change in changes:
        name, intent, entities = change["name"], change["intent"], change["entities"]
        mine = delete(ReminderRow).where(ReminderRow.conversation_id == conversation_id)
        if change["event"] == "cancel_reminder":
            await _cancel(session, conversation_id, name, intent, entities)
            continue
        await session.execute(mine.where(ReminderRow.name == name))
        due = datetime.fromisoformat(change["date_time"])
        await session.execute(
            insert(ReminderRow).values(
                id=secrets.token_hex(12),
                conversation_id=conversation_id,
                name=name,
                intent=intent,
                entities=entities or [],
                due_at=due if due.tzinfo else due.replace(tzinfo=UTC),
                unless_spoken=change["kill_on_user_msg"],
                turn=turn,
            )
        )


class Reminders:
    """Delivers the reminders that are due.

    Args:
        database: where they are.
        assistant: answers them.
        ring: called with a conversation in which something new was said.
    """

    def __init__(self, database: Database, assistant: Assistant, ring: Callable[[str], None]) -> None:
        self._database = database
        self._assistant = assistant
        self._ring = ring

    async def run(self) -> str:
        """Deliver what is due, and say how many were; while a person has taken over, they wait."""
        delivered = 0
        for reminder in await self._due():
            if not (reminder.unless_spoken and reminder.spoken):
                try:
                    await self._assistant.remind(
                        reminder.conversation_id, f"reminder-{reminder.id}", reminder.intent, reminder.entities
                    )
                    delivered += 1
                except Unavailable:
                    continue  # it is due still
                except GuichetError as error:
                    logger.warning("a reminder was refused: %s", error.code)
            async with self._database.writing() as session:
                await session.execute(delete(ReminderRow).where(ReminderRow.id == reminder.id))
            self._ring(reminder.conversation_id)
        return f"{delivered} delivered" if delivered else ""

    async def _due(self) -> Sequence[Any]:
        spoken = exists().where(
            TurnRow.conversation_id == ReminderRow.conversation_id,
            TurnRow.number > ReminderRow.turn,
            TurnRow.kind != KIND,
        )
        query = (
            select(
                ReminderRow.id,
                ReminderRow.conversation_id,
                ReminderRow.intent,
                ReminderRow.entities,
                ReminderRow.unless_spoken,
                spoken.label("spoken"),
            )
            .join(ConversationRow, ConversationRow.id == ReminderRow.conversation_id)
            .where(ReminderRow.due_at <= now(), ConversationRow.mode == Mode.BOT)
            .order_by(ReminderRow.due_at)
            .limit(AT_ONCE)
        )
        async with self._database.reading() as session:
            return (await session.execute(query)).all()


async def _cancel(
    session: AsyncSession | AsyncConnection,
    conversation_id: str,
    name: str | None,
    intent: str | None,
    entities: list[Any] | None,
) -> None:
    rows = await session.execute(
        select(ReminderRow.id, ReminderRow.name, ReminderRow.intent, ReminderRow.entities).where(
            ReminderRow.conversation_id == conversation_id
        )
    )
    meant = [
        row.id
        for row in rows
        if (not name or row.name == name)
        and (not intent or row.intent == intent)
        and (not entities or row.entities == entities)
    ]
    await session.execute(delete(ReminderRow).where(ReminderRow.id.in_(meant)))
