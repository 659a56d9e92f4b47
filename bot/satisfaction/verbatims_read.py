"""Reads the comments that citizens left: tone and themes of each, and what is new this month.

The libraries behind it take 140 MB: it is run by `guichet readings`, a process that ends, which the gateway starts when
there is something to read.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert, select

from bot.db import Database, now
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.verbatims import analyse, open_model
from bot.satisfaction.verbatims_file import Verbatim
from bot.satisfaction.verbatims_tables import ReadingRow, TopicRow
from bot.satisfaction.verbatims_topics import new_topics

BATCH = 500
MONTHS_BEFORE = 6
"""Months with which this one is compared: older words say little of what is new."""
MOST_TEXTS = 20_000
"""Texts compared at most, the newest ones: their words are held in memory."""


async def read_new(database: Database, data_dir: Path, *, again: bool = False) -> int:
    """Read what was not read yet, and look for what is new this month.

    Args:
        database: where the comments are.
        data_dir: where the model is that the office trained, if any.
        again: whether what was read before is read again, with the model of now.

    Returns:
        How many comments were read.
    """
    model = open_model(data_dir)
    if again:
        async with database.writing() as session:
            await session.execute(delete(ReadingRow))
    query = (
        select(FeedbackRow.id, FeedbackRow.comment)
        .outerjoin(ReadingRow, ReadingRow.feedback_id == FeedbackRow.id)
        .where(FeedbackRow.comment.is_not(None), ReadingRow.feedback_id.is_(None))
        .limit(BATCH)
    )
    count = 0
    while True:
        async with database.reading() as session:
            rows = list(await session.execute(query))
        analyses = analyse([Verbatim(row.comment or " ") for row in rows], model)
        values = [
            {
                "feedback_id": row.id,
                "tone": found.tone or "neutral",
                "themes": f" {' '.join(found.themes)} ",
                "confidence": found.confidence,
                "at": now(),
            }
            for row, found in zip(rows, analyses, strict=True)
        ]
        if values:
            async with database.writing() as session:
                await session.execute(insert(ReadingRow), values)
        count += len(values)
        if len(rows) < BATCH:
            break
    await _look_for_news(database, now())
    return count


async def _look_for_news(database: Database, at: datetime) -> None:
    """Keep what is new in the month so far; what people really wrote, never a demonstration."""
    month = datetime(at.year, at.month, 1, tzinfo=UTC)
    first = month - timedelta(days=30 * MONTHS_BEFORE)
    query = (
        select(FeedbackRow.id, FeedbackRow.comment, FeedbackRow.at)
        .where(FeedbackRow.comment.is_not(None), FeedbackRow.at >= first, ~FeedbackRow.demo)
        .order_by(FeedbackRow.id.desc())
        .limit(MOST_TEXTS)
    )
    async with database.reading() as session:
        rows = list(await session.execute(query))
    this_month = {row.comment: row.id for row in rows if row.at >= month}
    found = new_topics(list(this_month), [row.comment for row in rows if row.at < month])
    values = [
        {
            "month": month.date(),
            "terms": list(topic.words),
            "examples": [this_month[text] for text in topic.examples],
            "n": topic.n,
        }
        for topic in found
    ]
    async with database.writing() as session:
        await session.execute(delete(TopicRow).where(TopicRow.month == month.date()))
        if values:
            await session.execute(insert(TopicRow), values)
