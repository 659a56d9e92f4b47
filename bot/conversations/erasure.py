"""What goes when a conversation goes, and which conversations are old enough to go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.handoff_tables import HandoffRow
from bot.conversations.review_tables import AnnotationRow, CommentRow, ProposedExampleRow, ReviewRow, TagRow
from bot.conversations.tables import ButtonRow, ConversationRow, MessageRow, PendingRow, ReminderRow, TurnRow

HANGING: dict[str, Any] = {
    "messages": MessageRow,
    "turns": TurnRow,
    "buttons": ButtonRow,
    "waiting": PendingRow,
    "reminders": ReminderRow,
    "handoffs": HandoffRow,
    "reviews": ReviewRow,
    "tags": TagRow,
    "comments": CommentRow,
    "annotations": AnnotationRow,
    "proposals": ProposedExampleRow,
}
"""What hangs on a conversation, by the word that a receipt has for it, with what colleagues made of it."""


async def erase(session: AsyncSession, conversation_ids: Sequence[str]) -> dict[str, int]:
    """Erase conversations with all that was said and understood in them.

    Returns:
        How much was erased: `conversations`, and of each of `HANGING`.
    """
    erased = {}
    for name, table in HANGING.items():
        result: Any = await session.execute(delete(table).where(table.conversation_id.in_(conversation_ids)))
        erased[name] = int(result.rowcount)
    gone: Any = await session.execute(delete(ConversationRow).where(ConversationRow.id.in_(conversation_ids)))
    return {"conversations": int(gone.rowcount), **erased}


def expired(before: datetime, kept: Select[tuple[str]]) -> Select[tuple[str]]:
    """Return the query of the conversations that ended before a time, without those that are kept for a reason."""
    return select(ConversationRow.id).where(
        # The first condition follows from the second, and has an index.
        ConversationRow.created_at < before,
        ConversationRow.last_at < before,
        ConversationRow.id.not_in(kept),
    )


def about(request_ids: Sequence[str]) -> Select[tuple[str]]:
    """Return the query of the conversations in which a request was offered to be filled in, resumed or rated.

    A draft that was resumed elsewhere has left its summary in the conversation where it began; the buttons shown there
    name the request. The table is read from end to end: this serves an erasure or an export, not a page.
    """
    words = cast(ButtonRow.entities, String)
    return select(ButtonRow.conversation_id).where(or_(*(words.contains(each) for each in request_ids))).distinct()
