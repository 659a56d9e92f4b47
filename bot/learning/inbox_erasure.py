"""What becomes of the inbox when a conversation goes: its messages go, and a group that has none left goes too."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow


async def erase(session: AsyncSession, conversation_ids: Sequence[str]) -> int:
    """Erase what was harvested from conversations.

    The names of topics were made of words of their messages: they go too, and the next harvest makes new ones.

    Returns:
        How many messages were erased from the inbox.
    """
    theirs = InboxMessageRow.conversation_id.in_(conversation_ids)
    groups = list(await session.scalars(select(InboxMessageRow.group_id).where(theirs).distinct()))
    if not groups:
        return 0
    named = list(await session.scalars(select(GroupRow.topic).where(GroupRow.id.in_(groups), GroupRow.topic != "")))
    erased: Any = await session.execute(delete(InboxMessageRow).where(theirs))
    left = exists().where(InboxMessageRow.group_id == GroupRow.id)
    empty = list(await session.scalars(select(GroupRow.id).where(GroupRow.id.in_(groups), ~left)))
    await session.execute(delete(LabelRow).where(LabelRow.group_id.in_(empty)))
    await session.execute(delete(GroupRow).where(GroupRow.id.in_(empty)))
    await session.execute(update(GroupRow).where(GroupRow.topic.in_(named)).values(topic=""))
    return int(erased.rowcount)


async def texts_from(session: AsyncSession, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the inbox holds of conversations, for the copy that a citizen may ask for."""
    rows = await session.execute(
        select(InboxMessageRow.text, InboxMessageRow.signals, InboxMessageRow.at)
        .where(InboxMessageRow.conversation_id.in_(conversation_ids))
        .order_by(InboxMessageRow.id)
    )
    return [dict(row._mapping) for row in rows]
