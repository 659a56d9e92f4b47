"""Tables of the talks between a citizen and a person: the queue, what happened to each, and who is there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class HandoffRow(Base):
    """A citizen who asked for a person, until somebody has answered."""

    __tablename__ = "handoffs"
    __table_args__ = (Index("ix_handoffs_state", "state", "asked_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    service: Mapped[str | None] = mapped_column(String(60))
    administration: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    asked_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    # Not a foreign key: what was done stays told when the account is gone.
    agent_id: Mapped[str | None] = mapped_column(String(32), index=True)
    agent_name: Mapped[str | None] = mapped_column(String(120))
    # When the page of the agent who talks was last heard of.
    agent_seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)


class HandoffEventRow(Base):
    """One step of a handoff: asked, claimed, transferred, ended..."""

    __tablename__ = "handoff_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    agent: Mapped[str | None] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(String(300))


class PresenceRow(Base):
    """An agent who is at the desk, as long as their page is open."""

    __tablename__ = "presences"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
