"""The scoring store: one row for each answer that somebody really gave. Silence has no row."""

from datetime import datetime

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class FeedbackRow(Base):
    """An answer to "how did it go?", with the moment, service, conversation and request that it speaks of."""

    __tablename__ = "feedback"
    __table_args__ = (Index("ix_feedback_once", "conversation_id", "moment", "subject", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # None once the conversation is gone: the note stays as a figure that belongs to nobody.
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    moment: Mapped[str] = mapped_column(String(20), index=True)
    # The request when there is one, else "": one answer for each moment of each request.
    subject: Mapped[str] = mapped_column(String(32), index=True)
    service: Mapped[str | None] = mapped_column(String(60), index=True)
    note: Mapped[int]
    comment: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(index=True)
    # Made up by `guichet demo`, whatever becomes of its conversation.
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
