"""Conditions of the list of conversations that depend on reviews and offices, for `Transcripts.page(among=...)`.

What few conversations meet is a query of their identifiers, which the database begins with. What most of them meet is a
condition on one, asked while it walks the log from its end: a query would first gather nearly all that there are.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import aliased

from bot.conversations.review_tables import AnnotationRow, ReviewRow, TagRow
from bot.conversations.reviews import AnnotationState, ReviewState
from bot.conversations.tables import TurnRow
from bot.conversations.transcripts import OnOne


def marked(state: ReviewState) -> Select[tuple[str]]:
    """Return the query of the conversations with a mark."""
    return select(ReviewRow.conversation_id).where(ReviewRow.state == state)


def not_reviewed(conversation_id: Any) -> ColumnElement[bool]:
    """Return the condition that a conversation has no mark."""
    return ~exists().where(ReviewRow.conversation_id == conversation_id)


def tagged(tag: str) -> Select[tuple[str]]:
    """Return the query of the conversations with a word on them."""
    return select(TagRow.conversation_id).where(TagRow.tag == tag.lower())


def annotated(state: AnnotationState) -> Select[tuple[str]]:
    """Return the query of the conversations in which the last judgement of some answer is this."""
    later = aliased(AnnotationRow)
    newer = exists().where(
        later.conversation_id == AnnotationRow.conversation_id,
        later.message_id == AnnotationRow.message_id,
        later.id > AnnotationRow.id,
    )
    return select(AnnotationRow.conversation_id).where(AnnotationRow.state == state, ~newer)


def about(services: Sequence[str]) -> OnOne:
    """Return the condition that a conversation is about some services, or about none."""

    def condition(conversation_id: Any) -> ColumnElement[bool]:
        turn = aliased(TurnRow)
        # A figure, not `exists`: PostgreSQL would answer that from a list of all turns, which it makes first.
        of_ours = func.max(case((turn.service.in_(services), 1), else_=0))
        here = (turn.conversation_id == conversation_id, turn.service.is_not(None))
        return func.coalesce(select(of_ours).where(*here).correlate_except(turn).scalar_subquery(), 1) == 1

    return condition
