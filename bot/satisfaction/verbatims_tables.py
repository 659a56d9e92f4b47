"""What was read in the words of citizens: tone and themes of each, and what is new of a month."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class ReadingRow(Base):
    """Tone and themes of one comment; it goes with the comment."""

    __tablename__ = "verbatim_readings"

    feedback_id: Mapped[int] = mapped_column(
        ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    tone: Mapped[str] = mapped_column(String(10), index=True)
    # Between spaces, so that one is found by looking for " access ".
    themes: Mapped[str] = mapped_column(String(80))
    confidence: Mapped[float | None]
    at: Mapped[datetime]


class TopicRow(Base):
    """A topic that was new in a month: its words and how many wrote of it. Its examples are looked up, never copied."""

    __tablename__ = "verbatim_topics"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    month: Mapped[date] = mapped_column(index=True)
    terms: Mapped[list[Any]]
    examples: Mapped[list[Any]]
    n: Mapped[int]
