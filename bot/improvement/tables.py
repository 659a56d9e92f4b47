"""Tables of what the office does with its figures. Nothing here is about a citizen: words of theirs are referred to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class ActionRow(Base):
    """An improvement action, from its plan to what was decided of it."""

    __tablename__ = "improvement_actions"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(120))
    # What it should change; a service and a moment left empty stand for all of them.
    dimension: Mapped[str] = mapped_column(String(60))
    moment: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    hypothesis: Mapped[str]
    # The score when it was planned, with its n: the figure that caused it stays readable.
    score: Mapped[float | None]
    answers: Mapped[int]
    due: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    # The day from which the change is there: what is before is compared with what is after.
    done_on: Mapped[date | None]
    verdict: Mapped[str | None] = mapped_column(String(20))
    # What was compared, as it was when it was checked.
    check: Mapped[dict[str, Any] | None]
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class ActionVerbatimRow(Base):
    """A verbatim that caused an action; it goes when the words go."""

    __tablename__ = "improvement_verbatims"

    action_id: Mapped[int] = mapped_column(ForeignKey("improvement_actions.id", ondelete="CASCADE"), primary_key=True)
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)


class ActionNoteRow(Base):
    """What somebody wrote about an action, or the step that it took; append-only."""

    __tablename__ = "improvement_notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("improvement_actions.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    text: Mapped[str]


class FailureModeRow(Base):
    """How grave and how hard to notice a failure mode is, as the office judged it."""

    __tablename__ = "failure_modes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    severity: Mapped[int]
    detection: Mapped[int]
    control: Mapped[str]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class AlertRow(Base):
    """A figure that left its usual range; closed when it came back or somebody took note."""

    __tablename__ = "satisfaction_alerts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dimension: Mapped[str] = mapped_column(String(60))
    moment: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    direction: Mapped[str] = mapped_column(String(4))
    since: Mapped[date]
    usual: Mapped[float]
    seen: Mapped[float]
    answers: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    mailed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(80))
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class ReviewRow(Base):
    """A review of the figures by those who lead: what was looked at and decided (ISO 9001, 9.3); append-only."""

    __tablename__ = "quality_reviews"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    held_on: Mapped[date]
    present: Mapped[str] = mapped_column(String(300))
    decisions: Mapped[str]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class SampleRow(Base):
    """A conversation that was drawn, of those that began in a week."""

    __tablename__ = "review_samples"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[str] = mapped_column(String(8), index=True)
    stratum: Mapped[str] = mapped_column(String(12))
    drawn_at: Mapped[datetime]


class VerdictRow(Base):
    """What one of two people found; `place` is 1 or 2, so that the database itself refuses a third."""

    __tablename__ = "sample_verdicts"
    __table_args__ = (UniqueConstraint("conversation_id", "by"),)

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("review_samples.conversation_id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[str] = mapped_column(String(80))
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str]
    at: Mapped[datetime]
