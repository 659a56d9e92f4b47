"""Conditions of the list of conversations that depend on reviews and offices, for `Transcripts.page(among=...)`.

What few conversations meet is a query of their identifiers, which the database begins with. What most of them meet is a
condition on one, asked while it walks the log from its end: a query would first gather nearly all that there are.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, exists, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from bot.conversations.review_tables import AnnotationRow, ReviewRow, TagRow
from bot.conversations.reviews import AnnotationState, ReviewState
from bot.conversations.tables import ServiceRow
from bot.conversations.transcripts import OnOne

ABOUT_NONE = ""
"""What stands for a service where a conversation is about none (`ServiceRow`)."""


class _without_index(FunctionElement[str]):  # noqa: N801 - it reads like the function that it is in a query
    """A column that SQLite is not to look up by an index of its own; the same column for PostgreSQL.

    Of a conversation's services SQLite would else ask that index for each of an office, which has dozens.
    """

    inherit_cache = True
    type = String()


@compiles(_without_index)
def _as_it_is(element: Any, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(_without_index, "sqlite")
def _with_a_plus(element: Any, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"  # https://sqlite.org/optoverview.html, section 4.1


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
        of_ours = _without_index(ServiceRow.service).in_((*services, ABOUT_NONE))
        one: Select[Any] = select(literal_column("1")).where(ServiceRow.conversation_id == conversation_id, of_ours)
        # Without the offset PostgreSQL would rather gather all conversations of the offices and begin with them.
        return exists(one.offset(0))

    return condition


def about_both(service: str, services: Sequence[str]) -> Select[tuple[str]]:
    """Return the query of the conversations about a service that are about one of some others too."""
    other = aliased(ServiceRow)
    of_ours = _without_index(other.service).in_(services)
    one: Select[Any] = select(literal_column("1")).where(other.conversation_id == ServiceRow.conversation_id, of_ours)
    # Begun with the one service: those about any of dozens are half of all that there are.
    return select(ServiceRow.conversation_id).where(ServiceRow.service == service, exists(one))
