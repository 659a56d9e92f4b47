"""Facts added up by day and by month, so that a dashboard over a million facts reads thousands of rows."""

from datetime import date

from sqlalchemy import Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class TotalRow(Base):
    """The facts of one day or one month that are alike, added up.

    Values are kept apart (how many chose each grade), those of times are not: each would be a row of its own.
    """

    __tablename__ = "fact_totals"
    __table_args__ = (Index("ix_fact_totals_start", "grain", "start", "demo"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # `day` or `month`, and its first day, in the zone of the office.
    grain: Mapped[str] = mapped_column(String(5))
    start: Mapped[date]
    side: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    moment: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    administration: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))
    dimension: Mapped[str] = mapped_column(String(60))
    scale: Mapped[str] = mapped_column(String(20))
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    value: Mapped[float]
    n: Mapped[int]
    total: Mapped[float]
    squares: Mapped[float]
