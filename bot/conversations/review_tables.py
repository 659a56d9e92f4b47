"""Tables of what agents think of conversations: seen or for later, tags, comments, annotations, corrected meanings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class ReviewRow(Base):
    """A conversation that was reviewed, or kept for later."""

    __tablename__ = "reviews"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class TagRow(Base):
    """A word put on a conversation."""

    __tablename__ = "conversation_tags"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class CommentRow(Base):
    """What a colleague says about a conversation; masked like what citizens write."""

    __tablename__ = "conversation_comments"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    text: Mapped[str]


class AnnotationRow(Base):
    """One judgement of the answer to a turn; a later one counts and the earlier ones are its history."""

    __tablename__ = "annotations"
    __table_args__ = (Index("ix_annotations_turn", "conversation_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(30))
    expected: Mapped[str]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class ProposedExampleRow(Base):
    """What a message meant, as a person corrected it: an example that trainers may take."""

    __tablename__ = "examples_proposed"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    understood_intent: Mapped[str | None] = mapped_column(String(60))
    understood_service: Mapped[str | None] = mapped_column(String(60))
    intent: Mapped[str] = mapped_column(String(60))
    service: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class SavedFilterRow(Base):
    """A filter of the list of conversations that somebody gave a name."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))


class MentionRow(Base):
    """A colleague who was named in a comment, until they have opened the conversation, and when they did."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_unread", "account_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
