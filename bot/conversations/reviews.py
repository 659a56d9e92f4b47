"""What people think of conversations: reviewed or for later, tags, comments, annotations, corrected meanings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, insert, select, update

from bot.conversations.review_tables import (
    AnnotationRow,
    CommentRow,
    ProposedExampleRow,
    ReviewRow,
    TagRow,
)
from bot.conversations.tables import ServiceRow, TurnRow
from bot.db import Database, now
from bot.errors import NotFound, Unprocessable

TAGS_MOST = 20
COMMENT_MOST = 2000


class ReviewState(StrEnum):
    """Where the review of a conversation stands."""

    REVIEWED = "reviewed"
    LATER = "later"


class AnnotationState(StrEnum):
    """What is to be done about an answer."""

    ANOMALY = "anomaly"
    TO_REVIEW = "to_review"
    RESOLVED = "resolved"
    WILL_NOT_FIX = "will_not_fix"


class Reason(StrEnum):
    """What is wrong with an answer."""

    MISUNDERSTOOD = "misunderstood"
    WRONG_SERVICE = "wrong_service"
    INACCURATE = "inaccurate"
    INCOMPLETE = "incomplete"
    OBSOLETE = "obsolete"
    UNCLEAR = "unclear"
    TONE = "tone"
    OTHER = "other"


@dataclass(frozen=True)
class Annotation:
    """A judgement of the answer to a turn."""

    state: AnnotationState
    reason: Reason
    expected: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Comment:
    """What a colleague says."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Proposal:
    """What a message meant, as somebody corrected it."""

    intent: str
    service: str | None
    state: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Review:
    """All that people think of a conversation.

    Attributes:
        annotations: by message of the citizen, the newest first: it counts, the others are its history.
        proposals: by message of the citizen, the newest first.
    """

    state: ReviewState | None = None
    by: str = ""
    at: datetime | None = None
    tags: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    annotations: dict[str, list[Annotation]] = field(default_factory=dict)
    proposals: dict[str, list[Proposal]] = field(default_factory=dict)


class ReviewStore:
    """The reviews of a database.

    Args:
        database: where they are.
        masked: returns a text without personal data: colleagues quote what citizens wrote.
    """

    def __init__(self, database: Database, masked: Callable[[str], str]) -> None:
        self._database = database
        self._masked = masked

    async def of(self, conversation_id: str) -> Review:
        """Return what people think of a conversation."""
        annotations: dict[str, list[Annotation]] = {}
        proposals: dict[str, list[Proposal]] = {}
        async with self._database.reading() as session:
            state = await session.get(ReviewRow, conversation_id)
            tags = await session.scalars(
                select(TagRow.tag).where(TagRow.conversation_id == conversation_id).order_by(TagRow.tag)
            )
            tags_found = list(tags)
            comments = [
                Comment(each.by, each.at, each.text)
                for each in await session.scalars(_of(CommentRow, conversation_id).order_by(CommentRow.id))
            ]
            for row in await session.scalars(_of(AnnotationRow, conversation_id).order_by(AnnotationRow.id.desc())):
                judged = Annotation(AnnotationState(row.state), Reason(row.reason), row.expected, row.by, row.at)
                annotations.setdefault(row.message_id, []).append(judged)
            rows = await session.scalars(
                _of(ProposedExampleRow, conversation_id).order_by(ProposedExampleRow.id.desc())
            )
            for each in rows:
                proposal = Proposal(each.intent, each.service, each.state, each.by, each.at)
                proposals.setdefault(each.message_id, []).append(proposal)
        review = Review(tags=tags_found, comments=comments, annotations=annotations, proposals=proposals)
        if state is None:
            return review
        return Review(ReviewState(state.state), state.by, state.at, tags_found, comments, annotations, proposals)

    async def marks(self, conversation_ids: Sequence[str]) -> dict[str, ReviewState]:
        """Return which of some conversations were reviewed or kept for later."""
        query = select(ReviewRow.conversation_id, ReviewRow.state)
        async with self._database.reading() as session:
            rows = await session.execute(query.where(ReviewRow.conversation_id.in_(conversation_ids)))
            return {row.conversation_id: ReviewState(row.state) for row in rows}

    async def mark(self, conversation_id: str, state: ReviewState | None, by: str) -> None:
        """Mark a conversation as reviewed or for later; None takes the mark away."""
        async with self._database.writing() as session:
            await session.execute(delete(ReviewRow).where(ReviewRow.conversation_id == conversation_id))
            if state is not None:
                values = {"conversation_id": conversation_id, "state": state, "by": by, "at": now()}
                await session.execute(insert(ReviewRow).values(values))

    async def tag(self, conversation_id: str, tag: str, by: str) -> None:
        """Put a word on a conversation; the same one twice is there once.

        Raises:
            Unprocessable: it is empty or too long, or there are too many.
        """
        word = " ".join(self._masked(tag).lower().split())
        if not 0 < len(word) <= 40:
            raise Unprocessable("A tag has 1 to 40 characters.", code="bad-tag", field="tag")
        async with self._database.writing() as session:
            present = set(await session.scalars(select(TagRow.tag).where(TagRow.conversation_id == conversation_id)))
            if word not in present and len(present) < TAGS_MOST:
                values = {"conversation_id": conversation_id, "tag": word, "by": by, "at": now()}
                await session.execute(insert(TagRow).values(values))

    async def untag(self, conversation_id: str, tag: str) -> None:
        """Take a word off a conversation."""
        async with self._database.writing() as session:
            await session.execute(delete(TagRow).where(TagRow.conversation_id == conversation_id, TagRow.tag == tag))

    async def tags(self) -> list[str]:
        """Return the words in use."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(TagRow.tag).distinct().order_by(TagRow.tag).limit(200)))

    async def comment(self, conversation_id: str, text: str, by: str) -> None:
        """Add a comment, masked; an empty one is none."""
        if text.strip():
            values = {
                "conversation_id": conversation_id,
                "by": by,
                "at": now(),
                "text": self._masked(text.strip()[:COMMENT_MOST]),
            }
            async with self._database.writing() as session:
                await session.execute(insert(CommentRow).values(values))

    async def annotate(
        self, conversation_id: str, number: int, state: AnnotationState, reason: Reason, expected: str, by: str
    ) -> None:
        """Judge the answer to a turn; earlier judgements stay as its history.

        Args:
            conversation_id: which conversation.
            number: the turn, from 1.
            state: what is to be done.
            reason: what is wrong.
            expected: what should have been said; kept masked.
            by: who judges.

        Raises:
            NotFound: there is no such turn.
        """
        turn = await self._turn(conversation_id, number)
        async with self._database.writing() as session:
            await session.execute(
                insert(AnnotationRow).values(
                    conversation_id=conversation_id,
                    message_id=turn.message_id,
                    state=state,
                    reason=reason,
                    expected=self._masked(expected.strip()[:COMMENT_MOST]),
                    by=by,
                    at=now(),
                )
            )

    async def propose(self, conversation_id: str, number: int, intent: str, service: str | None, by: str) -> None:
        """Propose to the trainers what a message meant; a second proposal for it takes the place of the first.

        Raises:
            NotFound: there is no such turn.
            Unprocessable: the message has nothing to learn from: a button, an answer to a field.
        """
        turn = await self._turn(conversation_id, number)
        if turn.kind != "text" or turn.field is not None:
            raise Unprocessable("This message was a choice or an answer: nothing is learnt from it.", code="no-example")
        async with self._database.writing() as session:
            await session.execute(
                update(ProposedExampleRow)
                .where(
                    ProposedExampleRow.conversation_id == conversation_id,
                    ProposedExampleRow.message_id == turn.message_id,
                    ProposedExampleRow.state == "proposed",
                )
                .values(state="replaced")
            )
            await session.execute(
                insert(ProposedExampleRow).values(
                    conversation_id=conversation_id,
                    message_id=turn.message_id,
                    text=turn.text,
                    language=turn.language,
                    understood_intent=turn.intent,
                    understood_service=turn.service,
                    intent=intent,
                    service=service,
                    state="proposed",
                    by=by,
                    at=now(),
                )
            )

    async def visible(self, conversation_id: str, services: Sequence[str]) -> bool:
        """Return whether a conversation is about some services, or about none."""
        query = select(ServiceRow.service).where(ServiceRow.conversation_id == conversation_id)
        async with self._database.reading() as session:
            spoken_of = set(await session.scalars(query)) - {""}
        return not spoken_of or bool(spoken_of & set(services))

    async def _turn(self, conversation_id: str, number: int) -> TurnRow:
        query = select(TurnRow).where(TurnRow.conversation_id == conversation_id, TurnRow.number == number)
        async with self._database.reading() as session:
            turn = (await session.scalars(query)).first()
        if turn is None:
            raise NotFound("There is no such message in this conversation.", code="unknown-turn")
        return turn


def _of(table: Any, conversation_id: str) -> Select[Any]:
    return select(table).where(table.conversation_id == conversation_id)
