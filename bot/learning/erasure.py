"""What becomes of an example when a conversation that it was taken from goes, or when it is too old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.learning.examples_tables import ExampleSourceRow, LearnedExampleRow


async def unlink(session: AsyncSession, conversation_ids: Sequence[str], *, erase_words: bool) -> tuple[int, int]:
    """Take the link to conversations from the examples that came from them.

    Args:
        session: the transaction.
        conversation_ids: conversations that go.
        erase_words: whether an example goes that was taken from these conversations alone: an erasure was asked for,
            and words, even masked, may tell whose they are. One that others said as well stays.

    Returns:
        How many examples were erased, and how many were only unlinked.
    """
    theirs = ExampleSourceRow.conversation_id.in_(conversation_ids)
    linked = set(await session.scalars(select(ExampleSourceRow.example_id).where(theirs)))
    gone: set[int] = set()
    if erase_words and linked:
        others = select(ExampleSourceRow.example_id).where(
            ExampleSourceRow.example_id.in_(linked), ExampleSourceRow.conversation_id.is_(None) | ~theirs
        )
        gone = linked - set(await session.scalars(others))
    await session.execute(update(ExampleSourceRow).where(theirs).values(conversation_id=None, turn_id=None))
    erased: Any = await session.execute(delete(LearnedExampleRow).where(LearnedExampleRow.id.in_(gone)))
    return int(erased.rowcount), len(linked - gone)


def expired(before: datetime) -> Select[tuple[int]]:
    """Return the query of the examples that were accepted before a time."""
    return select(LearnedExampleRow.id).where(LearnedExampleRow.accepted_at < before)


async def erase(session: AsyncSession, ids: Sequence[int]) -> int:
    """Erase examples with their provenance; return how many there were."""
    await session.execute(delete(ExampleSourceRow).where(ExampleSourceRow.example_id.in_(ids)))
    erased: Any = await session.execute(delete(LearnedExampleRow).where(LearnedExampleRow.id.in_(ids)))
    return int(erased.rowcount)


async def texts_from(session: AsyncSession, conversation_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the examples that were taken from conversations, for the copy that a citizen may ask for."""
    rows = await session.execute(
        select(LearnedExampleRow.text, LearnedExampleRow.intent, LearnedExampleRow.accepted_at)
        .where(
            LearnedExampleRow.id.in_(
                select(ExampleSourceRow.example_id).where(ExampleSourceRow.conversation_id.in_(conversation_ids))
            )
        )
        .order_by(LearnedExampleRow.id)
    )
    return [dict(row._mapping) for row in rows]
