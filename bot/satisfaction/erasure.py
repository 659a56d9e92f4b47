"""What becomes of opinions and facts when their conversation or request goes: figures stay, and belong to nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.verbatims_tables import ReadingRow


async def unlink(
    session: AsyncSession,
    conversation_ids: Sequence[str] = (),
    request_ids: Sequence[str] = (),
    *,
    erase_words: bool,
) -> int:
    """Take the link to conversations and requests from what was answered and observed there.

    Args:
        session: the transaction.
        conversation_ids: conversations that go.
        request_ids: requests that go.
        erase_words: whether the words go as well: an erasure was asked for, and words may tell whose they are.

    Returns:
        How many answers were unlinked; facts are not counted, an answer has several.
    """
    # Both links of a fact go together: the one that was left would lead to the other.
    of = or_(FactRow.conversation_id.in_(conversation_ids), FactRow.request_id.in_(request_ids))
    await session.execute(update(FactRow).where(of).values(conversation_id=None, request_id=None))
    theirs = or_(FeedbackRow.conversation_id.in_(conversation_ids), FeedbackRow.subject.in_(request_ids))
    if erase_words:
        of_words = select(FeedbackRow.id).where(theirs)
        await session.execute(delete(ReadingRow).where(ReadingRow.feedback_id.in_(of_words)))
    values: dict[str, Any] = {"conversation_id": None, "subject": ""} | ({"comment": None} if erase_words else {})
    result: Any = await session.execute(update(FeedbackRow).where(theirs).values(values))
    return int(result.rowcount)


async def erase(session: AsyncSession, ids: Sequence[int]) -> int:
    """Erase answers; return how many there were."""
    result: Any = await session.execute(delete(FeedbackRow).where(FeedbackRow.id.in_(ids)))
    return int(result.rowcount)


def expired(before: datetime) -> Select[tuple[int]]:
    """Return the query of the answers that were given before a time."""
    return select(FeedbackRow.id).where(FeedbackRow.at < before)


async def erase_facts(session: AsyncSession, ids: Sequence[int]) -> None:
    """Erase facts."""
    await session.execute(delete(FactRow).where(FactRow.id.in_(ids)))


def expired_facts(before: datetime) -> Select[tuple[int]]:
    """Return the query of the facts from before a time."""
    return select(FactRow.id).where(FactRow.at < before)
