"""Conditions of the list of conversations that depend on reviews and offices, for `Transcripts.page(among=...)`."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from bot.conversations.review_tables import AnnotationRow, ReviewRow, TagRow
from bot.conversations.reviews import AnnotationState, ReviewState
from bot.conversations.tables import ConversationRow, TurnRow


def marked(state: ReviewState) -> Select[tuple[str]]:
    """Return the query of the conversations with a mark."""
    return select(ReviewRow.conversation_id).where(ReviewRow.state == state)


def not_reviewed() -> Select[tuple[str]]:
    """Return the query of the conversations without a mark."""
    conversation = aliased(ConversationRow)
    marks = exists().where(ReviewRow.conversation_id == conversation.id)
    return select(conversation.id).where(~marks.correlate(conversation))


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


def about(services: Sequence[str]) -> Select[tuple[str]]:
    """Return the query of the conversations about some services, or about none."""
    conversation, turn = aliased(ConversationRow), aliased(TurnRow)
    own = exists().where(turn.conversation_id == conversation.id, turn.service.in_(services))
    some = exists().where(turn.conversation_id == conversation.id, turn.service.is_not(None))
    return select(conversation.id).where(or_(own.correlate(conversation), ~some.correlate(conversation)))
