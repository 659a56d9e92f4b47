"""Reviews of the figures by those who lead (ISO 9001, clause 9.3): when, who was there, what was decided."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from bot.db import Database, now
from bot.errors import Unprocessable
from bot.improvement.tables import ReviewRow
from bot.privacy.masking import mask


@dataclass(frozen=True)
class Review:
    """A review; it is written once and not changed."""

    held_on: date
    present: str
    decisions: str
    by: str
    at: datetime


class Reviews:
    """The reviews of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, held_on: date, present: str, decisions: str, by: str, *, demo: bool = False) -> None:
        """Write down a review.

        Raises:
            Unprocessable: nothing was decided, or it says not what.
        """
        if not decisions.strip():
            raise Unprocessable("Write what was decided.", code="no-decision", field="decisions")
        values = {
            "held_on": held_on,
            "present": present[:300],
            "decisions": mask(decisions).text[:4000],
            "by": by[:80],
            "at": now(),
            "demo": demo,
        }
        async with self._database.writing() as session:
            await session.execute(insert(ReviewRow).values(values))

    async def all(self, *, demo: bool) -> list[Review]:
        """Return the reviews, the latest first."""
        query = select(ReviewRow).where(ReviewRow.demo if demo else ~ReviewRow.demo)
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(ReviewRow.held_on.desc(), ReviewRow.id.desc()))
            return [Review(row.held_on, row.present, row.decisions, row.by, row.at) for row in rows]
