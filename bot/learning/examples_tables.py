"""Tables of what trainers accepted as examples, and of where each came from."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class LearnedExampleRow(Base):
    """A message, masked, with what it means: accepted for training, or withdrawn."""

    __tablename__ = "learned_examples"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    text: Mapped[str]
    intent: Mapped[str] = mapped_column(String(60), index=True)
    service: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10), index=True)
    accepted_by: Mapped[str] = mapped_column(String(80))
    accepted_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500))


class ExampleSourceRow(Base):
    """One message of a citizen that an example was taken from.

    The link goes when the conversation goes; the row stays, so that it is known how many people said it.
    """

    __tablename__ = "example_sources"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    example_id: Mapped[int] = mapped_column(ForeignKey("learned_examples.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    turn_id: Mapped[int | None]
