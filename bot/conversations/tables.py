"""Tables of conversations: their state, and the interaction log (turns, messages, buttons).

Nothing here holds personal data in clear: texts are masked before they come here, and what only the citizen may read
again (an access code, a summary of answers) is in `messages.secret`, encrypted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class ConversationRow(Base):
    """A conversation and the state of its dialogue, which the engine reads and writes at each turn."""

    __tablename__ = "conversations"
    __table_args__ = (
        Index(
            "ix_conversations_handed_over",
            "id",
            sqlite_where=text("mode <> 'bot'"),
            postgresql_where=text("mode <> 'bot'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    origin: Mapped[str | None] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(10))
    notice_version: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]
    turns: Mapped[int] = mapped_column(default=0)
    messages: Mapped[int] = mapped_column(default=0)
    state: Mapped[dict[str, Any]]


class TurnRow(Base):
    """One message of a citizen, what was understood, what was done, by which model and in how long."""

    __tablename__ = "turns"
    # One index for each way to look for a turn, the newest first; the full text of SQLite (`turns_text`) and that of
    # PostgreSQL (`ix_turns_words`) are made by the migration alone.
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_id"),
        Index("ix_turns_at", "at", "id"),
        *(Index(f"ix_turns_{column}", column, "at", "id") for column in ("intent", "service", "model")),
        Index("ix_turns_number", "conversation_id", "number"),
        Index("ix_turns_fallback", "at", "id", sqlite_where=text("fallback = 1"), postgresql_where=text("fallback")),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    intent: Mapped[str | None] = mapped_column(String(60))
    confidence: Mapped[float | None]
    alternatives: Mapped[list[Any]]
    entities: Mapped[list[Any]]
    service: Mapped[str | None] = mapped_column(String(60))
    service_confidence: Mapped[float | None]
    moment: Mapped[str | None] = mapped_column(String(20))
    actions: Mapped[list[Any]]
    field: Mapped[str | None] = mapped_column(String(40))
    fallback: Mapped[bool]
    model: Mapped[str] = mapped_column(String(100))
    milliseconds: Mapped[float]


class ServiceRow(Base):
    """A service that a conversation is about; one that is about none has one row, with an empty name.

    Written with the turns, so that an account of some offices finds its conversations without a look at all turns.
    """

    __tablename__ = "conversation_services"
    __table_args__ = (Index("ix_conversation_services_service", "service", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(String(60), primary_key=True)


class MessageRow(Base):
    """One message as it was shown, in its order."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_turn", "conversation_id", "turn_message_id"),
        Index(
            "ix_messages_agent",
            "conversation_id",
            sqlite_where=text("author = 'agent'"),
            postgresql_where=text("author = 'agent'"),
        ),
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32))
    turn_message_id: Mapped[str | None] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(10))
    text: Mapped[str]
    body: Mapped[dict[str, Any]]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class ButtonRow(Base):
    """What a button means; its identifier is all that leaves the house."""

    __tablename__ = "buttons"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    intent: Mapped[str] = mapped_column(String(60))
    entities: Mapped[dict[str, Any]]


class PendingRow(Base):
    """A message taken in while the engine was down, encrypted, until it is answered."""

    __tablename__ = "pending_messages"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)


class ReminderRow(Base):
    """Something that the assistant is to say by itself, unless the citizen has spoken since the turn that asked."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("conversation_id", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    intent: Mapped[str] = mapped_column(String(60))
    entities: Mapped[list[Any]]
    due_at: Mapped[datetime] = mapped_column(index=True)
    unless_spoken: Mapped[bool]
    turn: Mapped[int]
