"""Writes and reads the scoring store."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.conversations.model import Moment
from bot.db import Database, now
from bot.privacy.masking import mask
from bot.satisfaction.model import Face
from bot.satisfaction.tables import FeedbackRow

COMMENT_LIMIT = 2000
"""Characters kept of a comment."""


@dataclass(frozen=True)
class Subject:
    """What an answer speaks of: a moment of a conversation, about a service, and a request when there is one."""

    conversation_id: str
    moment: Moment
    service: str | None = None
    request_id: str = ""


class FeedbackStore:
    """The answers of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rate(self, subject: Subject, face: Face) -> bool:
        """Store how a moment went; a second answer about the same moment replaces the first.

        Returns:
            Whether it is the first answer about this moment.
        """
        values = {"note": face.note, "service": subject.service, "at": now()}
        try:
            async with self._database.writing() as session:
                await session.execute(insert(FeedbackRow).values(**_key(subject), **values))
            return True
        except IntegrityError:
            async with self._database.writing() as session:
                await session.execute(update(FeedbackRow).filter_by(**_key(subject)).values(values))
            return False

    async def comment(self, subject: Subject, words: str) -> None:
        """Add words to the answer about a moment, masked."""
        async with self._database.writing() as session:
            await session.execute(
                update(FeedbackRow).filter_by(**_key(subject)).values(comment=mask(words).text[:COMMENT_LIMIT])
            )

    async def is_rated(self, subject: Subject) -> bool:
        """Return whether this moment was answered already."""
        async with self._database.reading() as session:
            return (await session.execute(select(FeedbackRow.id).filter_by(**_key(subject)))).first() is not None


def _key(subject: Subject) -> dict[str, str]:
    return {
        "conversation_id": subject.conversation_id,
        "moment": str(subject.moment),
        "subject": subject.request_id,
    }
