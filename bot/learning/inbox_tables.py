"""Tables of the inbox: what was harvested from the log, in groups, and what people said that it means.

Every text here was masked in the log, and is masked again when it is harvested. What belongs to a message goes with its
conversation; nothing of a message is kept with its group.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class HarvestRow(Base):
    """How far one part of the log was read."""

    __tablename__ = "harvests"

    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    up_to: Mapped[int] = mapped_column(BigInteger)


class GroupRow(Base):
    """Messages that say the same, labelled as one."""

    __tablename__ = "inbox_groups"
    __table_args__ = (Index("ix_inbox_groups_order", "state", "place", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(10))
    place: Mapped[int]
    service: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    unknown: Mapped[bool]
    twice: Mapped[bool]
    topic: Mapped[str] = mapped_column(String(120), index=True)
    closest: Mapped[dict[str, Any]]
    examples: Mapped[list[Any]]


class InboxMessageRow(Base):
    """A message of a citizen from which something may be learnt, and why."""

    __tablename__ = "inbox_messages"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("inbox_groups.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(64))
    turn_id: Mapped[int]
    at: Mapped[datetime]
    text: Mapped[str]
    key: Mapped[str]
    language: Mapped[str] = mapped_column(String(2))
    ranking: Mapped[list[Any]]
    service: Mapped[str | None] = mapped_column(String(60))
    signals: Mapped[list[Any]]
    evidence: Mapped[dict[str, Any]]


class ProposedIntentRow(Base):
    """A meaning that no intent has yet: a proposal to those who write the assistant."""

    __tablename__ = "proposed_intents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class LabelRow(Base):
    """What one person said that a group means; a label taken back stays, with the time of that."""

    __tablename__ = "inbox_labels"
    __table_args__ = (Index("ix_inbox_labels_by", "by", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    act: Mapped[str] = mapped_column(String(32), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("inbox_groups.id", ondelete="CASCADE"), index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(12))
    intent: Mapped[str | None] = mapped_column(String(60))
    service: Mapped[str | None] = mapped_column(String(60))
    proposed_id: Mapped[int | None] = mapped_column(ForeignKey("proposed_intents.id"))
    settles: Mapped[bool]
    split_into: Mapped[int | None]
    undone_at: Mapped[datetime | None]
