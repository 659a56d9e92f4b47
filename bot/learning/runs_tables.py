"""Tables of training runs, and of the real messages that each challenger would understand otherwise."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class RunRow(Base):
    """One training run: where it stands, who asked for it, what came out."""

    __tablename__ = "training_runs"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # True while the run goes on and null afterwards: the database itself admits one run at a time.
    active: Mapped[bool | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(String(12))
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    holder: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None]
    cancelled: Mapped[bool]
    done: Mapped[float]
    ended_at: Mapped[datetime | None]
    project: Mapped[str] = mapped_column(String(16))
    checksum: Mapped[str] = mapped_column(String(16))
    champion: Mapped[str] = mapped_column(String(100))
    challenger: Mapped[str] = mapped_column(String(100), index=True)
    report: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(String(500))
    # The last turn that the challenger listened to after the comparison, and how many messages that were.
    heard_to: Mapped[int] = mapped_column(server_default="0")
    heard: Mapped[int] = mapped_column(server_default="0")


class ChangedMessageRow(Base):
    """A real message that the challenger understands otherwise, and what a person thinks of it.

    The text is that of the turn: when the conversation goes, this goes.
    """

    __tablename__ = "changed_messages"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("training_runs.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), index=True)
    count: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    right: Mapped[bool | None]
    judged_by: Mapped[str | None] = mapped_column(String(80))
    # Written after the comparison, while the challenger listened: shown, and not judged.
    live: Mapped[bool] = mapped_column(server_default=false())
