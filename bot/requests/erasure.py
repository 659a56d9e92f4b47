"""What goes when a request goes, which requests are old enough to go, and which the office must keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.requests.model import State
from bot.requests.tables import RequestEventRow, RequestRow

FINAL = tuple(state for state in State if state.is_final)
NEVER_FILED = and_(RequestRow.filed_at.is_(None), RequestRow.state.in_((State.DRAFT, State.WITHDRAWN)))
"""A draft, or one that was given up: nobody but the citizen has a use for it."""


async def erase(session: AsyncSession, request_ids: Sequence[str]) -> dict[str, int]:
    """Erase requests with their answers and their history.

    Returns:
        How much was erased: `requests` and `events`.
    """
    events: Any = await session.execute(delete(RequestEventRow).where(RequestEventRow.request_id.in_(request_ids)))
    gone: Any = await session.execute(delete(RequestRow).where(RequestRow.id.in_(request_ids)))
    return {"requests": int(gone.rowcount), "events": int(events.rowcount)}


async def unlink(session: AsyncSession, conversation_ids: Sequence[str]) -> int:
    """Let the requests of some conversations forget them; return how many there were."""
    result: Any = await session.execute(
        update(RequestRow).where(RequestRow.conversation_id.in_(conversation_ids)).values(conversation_id=None)
    )
    return int(result.rowcount)


def linked(without: Sequence[Select[tuple[str]]]) -> Select[tuple[str]]:
    """Return the query of the conversations that a request refers to, leaving out requests that go."""
    return select(RequestRow.conversation_id).where(  # type: ignore[return-value]
        RequestRow.conversation_id.is_not(None), *(RequestRow.id.not_in(each) for each in without)
    )


def never_filed_in(conversation_ids: Sequence[str]) -> Select[tuple[str]]:
    """Return the query of the drafts of some conversations."""
    return select(RequestRow.id).where(RequestRow.conversation_id.in_(conversation_ids), NEVER_FILED)


def expired_drafts(before: datetime) -> Select[tuple[str]]:
    """Return the query of the drafts that were last touched before a time."""
    return select(RequestRow.id).where(RequestRow.updated_at < before, NEVER_FILED)


def expired(before: datetime) -> Select[tuple[str]]:
    """Return the query of the filed requests that were over before a time; one that is not over does not expire."""
    return select(RequestRow.id).where(
        RequestRow.updated_at < before, RequestRow.filed_at.is_not(None), RequestRow.state.in_(FINAL)
    )


def under_way(request_ids: Sequence[str]) -> Select[tuple[str]]:
    """Return the query of the references, among some requests, that were filed and are not over."""
    return select(RequestRow.reference).where(
        RequestRow.id.in_(request_ids), ~or_(RequestRow.state.in_(FINAL), NEVER_FILED)
    )
