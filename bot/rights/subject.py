"""Whose data: from a conversation or a request to all that is stored with it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.erasure import about
from bot.conversations.tables import ConversationRow
from bot.errors import NotFound
from bot.requests.reference import find_reference
from bot.requests.tables import RequestRow


@dataclass(frozen=True)
class Subject:
    """What a reference leads to.

    Attributes:
        reference: what was given, put right.
        conversations: the conversation itself, or those in which the request was filled in, resumed or rated.
        requests: the request itself, or all those of the conversation.
        by_request: whether a request was given.
    """

    reference: str
    conversations: list[str]
    requests: list[str]
    by_request: bool


async def find(session: AsyncSession, reference: str) -> Subject:
    """Return what a conversation's identifier or a request's reference leads to.

    Raises:
        NotFound: nothing has that reference.
    """
    wanted = reference.strip()
    if request_reference := find_reference(wanted):
        query = select(RequestRow.id, RequestRow.conversation_id).where(RequestRow.reference == request_reference)
        row = (await session.execute(query)).one_or_none()
        if row is not None:
            conversations = {*(await session.scalars(about([row.id]))), *filter(None, [row.conversation_id])}
            return Subject(request_reference, sorted(conversations), [row.id], True)
    elif wanted.isascii() and await session.scalar(select(ConversationRow.id).where(ConversationRow.id == wanted)):
        requests = await session.scalars(select(RequestRow.id).where(RequestRow.conversation_id == wanted))
        return Subject(wanted, [wanted], list(requests), False)
    raise NotFound("No conversation and no request has that reference.", code="unknown-reference")
