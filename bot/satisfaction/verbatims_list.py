"""The words of citizens as the console lists them: by service, moment, tone and theme, with their conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from bot.db import Database
from bot.requests.tables import RequestRow
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.totals import Scope
from bot.satisfaction.verbatims_tables import ReadingRow, TopicRow

PAGE = 30


@dataclass(frozen=True)
class Said:
    """What somebody wrote: with their note, and the tone and themes when they were read already.

    Attributes:
        reference: of the request that it is about, if any.
    """

    id: int
    at: datetime
    text: str
    note: int
    moment: str
    service: str | None
    conversation_id: str | None
    tone: str | None
    themes: tuple[str, ...]
    reference: str | None = None


@dataclass(frozen=True)
class Topic:
    """What was new in a month: its words, how many wrote of it, and the comments that show it."""

    month: date
    words: tuple[str, ...]
    n: int
    examples: tuple[int, ...]


class Verbatims:
    """The comments of a database.

    Args:
        database: where they are.
        zone: in which days begin.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def page(
        self, scope: Scope, since: date, until: date, *, tone: str = "", theme: str = "", before: int = 0
    ) -> list[Said]:
        """Return comments, the newest first.

        Args:
            scope: of which services and moments; channel and language are not known of a comment.
            since: the first day.
            until: the last day.
            tone: only those of this tone; "" for all.
            theme: only those of this theme; "" for all.
            before: only those older than this one; 0 for all.
        """
        conditions = self._conditions(scope, since, until, tone, theme)
        if before:
            conditions.append(FeedbackRow.id < before)
        return await self._said(conditions, PAGE)

    async def these(self, ids: Sequence[int]) -> list[Said]:
        """Return some comments, as far as they are still there."""
        return await self._said([FeedbackRow.id.in_(ids), FeedbackRow.comment.is_not(None)], len(ids))

    async def counts(self, scope: Scope, since: date, until: date) -> dict[tuple[str, str], int]:
        """Return how many comments have each tone and set of themes; the key is (tone, themes between spaces)."""
        query = (
            select(ReadingRow.tone, ReadingRow.themes, func.count())
            .join(FeedbackRow, FeedbackRow.id == ReadingRow.feedback_id)
            .where(*self._conditions(scope, since, until, "", ""))
            .group_by(ReadingRow.tone, ReadingRow.themes)
        )
        async with self._database.looking() as connection:
            return {(row[0], row[1]): row[2] for row in await connection.execute(query)}

    async def topics(self) -> list[Topic]:
        """Return what was new in the last month that was read."""
        last = select(func.max(TopicRow.month)).scalar_subquery()
        query = select(TopicRow).where(TopicRow.month == last).order_by(TopicRow.n.desc())
        async with self._database.reading() as session:
            rows = await session.scalars(query)
            return [Topic(row.month, tuple(row.terms), row.n, tuple(row.examples)) for row in rows]

    async def unread(self) -> bool:
        """Return whether some comment was not read yet."""
        query = (
            select(FeedbackRow.id)
            .outerjoin(ReadingRow, ReadingRow.feedback_id == FeedbackRow.id)
            .where(FeedbackRow.comment.is_not(None), ReadingRow.feedback_id.is_(None))
            .limit(1)
        )
        async with self._database.looking() as connection:
            return (await connection.execute(query)).first() is not None

    def _conditions(self, scope: Scope, since: date, until: date, tone: str, theme: str) -> list[ColumnElement[bool]]:
        begin, end = (datetime.combine(day, time(), self._zone) for day in (since, until + timedelta(days=1)))
        conditions: list[ColumnElement[bool]] = [
            FeedbackRow.comment.is_not(None),
            FeedbackRow.at >= begin,
            FeedbackRow.at < end,
            FeedbackRow.demo.is_(scope.demo),
        ]
        if scope.moment:
            conditions.append(FeedbackRow.moment == scope.moment)
        if scope.service:
            conditions.append(FeedbackRow.service == scope.service)
        if scope.services is not None:
            conditions.append(FeedbackRow.service.in_(scope.services))
        if tone:
            conditions.append(ReadingRow.tone == tone)
        if theme:
            conditions.append(ReadingRow.themes.contains(f" {theme} ", autoescape=True))
        return conditions

    async def _said(self, conditions: Sequence[ColumnElement[bool]], most: int) -> list[Said]:
        query = (
            select(FeedbackRow, ReadingRow.tone, ReadingRow.themes, RequestRow.reference)
            .outerjoin(ReadingRow, ReadingRow.feedback_id == FeedbackRow.id)
            .outerjoin(RequestRow, RequestRow.id == FeedbackRow.subject)
            .where(*conditions)
            .order_by(FeedbackRow.id.desc())
            .limit(most)
        )
        async with self._database.reading() as session:
            return [_one(row, tone, themes or "", about) for row, tone, themes, about in await session.execute(query)]


def _one(row: FeedbackRow, tone: str | None, themes: str, reference: str | None) -> Said:
    about = (row.moment, row.service, row.conversation_id)
    return Said(row.id, row.at, row.comment or "", row.note, *about, tone, tuple(themes.split()), reference)
