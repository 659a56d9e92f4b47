"""The table of facts. A migration makes triggers beside it: the database itself refuses to change a figure."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class FactRow(Base):
    """One answer or one signal (bot/satisfaction/facts.py says what each column holds)."""

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_dimension_at", "dimension", "at"),
        Index("ix_facts_moment_service_at", "moment", "service", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(10))
    side: Mapped[str] = mapped_column(String(10))
    moment: Mapped[str] = mapped_column(String(20))
    service: Mapped[str | None] = mapped_column(String(60))
    administration: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))
    dimension: Mapped[str] = mapped_column(String(60))
    value: Mapped[float]
    scale: Mapped[str] = mapped_column(String(20))
    # Neither is a foreign key: a fact outlives what it speaks of, and its links are emptied then.
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    request_id: Mapped[str | None] = mapped_column(String(32), index=True)
    model: Mapped[str | None] = mapped_column(String(100))
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class FactMarkRow(Base):
    """How far a source of signals has been read: the identifier of its last row, so that each is counted once."""

    __tablename__ = "fact_marks"

    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    upto: Mapped[int] = mapped_column(BigInteger)


class AgentAnswerRow(Base):
    """That an account answered the agents' questionnaire of a month: nobody answers twice. Never what it said."""

    __tablename__ = "agent_answers"
    # Without SQLite's hidden row numbers: these would tell in which order people answered.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - as SQLAlchemy has it

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
