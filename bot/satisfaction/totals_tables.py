"""Facts added up by day and by month, so that a dashboard over a million facts reads thousands of rows."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class Folded(StrEnum):
    """What is added up in a cell and not told apart: a page reads the coarsest cells that answer what it asks."""

    NOTHING = "nothing"
    DOORS = "doors"
    """Channels and languages; both are "" in such a cell."""
    SERVICES = "services"
    """Services; theirs is ""."""


class CellRow(Base):
    """A kind of fact that is counted by itself: totals name it by its number, which is quick to look up."""

    __tablename__ = "fact_cells"
    __table_args__ = (
        Index(
            "ix_fact_cells_once", "demo", "folded", "dimension", "service", "moment", "side", "kind", "scale",
            "channel", "language", unique=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    folded: Mapped[str] = mapped_column(String(10))
    side: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10))
    moment: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(2))
    dimension: Mapped[str] = mapped_column(String(60))
    scale: Mapped[str] = mapped_column(String(20))
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())


class TotalRow(Base):
    """The facts of a cell in one day or one month, added up.

    Values are kept apart (how many chose each grade), those of times are not: each would be a row of its own. Without
    SQLite's hidden row numbers, the days of a cell lie side by side: to read a span is one look a cell.
    """

    __tablename__ = "fact_totals"
    __table_args__ = (Index("ix_fact_totals_start", "grain", "start"), {"sqlite_with_rowid": False})

    cell_id: Mapped[int] = mapped_column(
        ForeignKey("fact_cells.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    # `day` or `month`, and its first day, in the zone of the office.
    grain: Mapped[str] = mapped_column(String(5), primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(primary_key=True)
    n: Mapped[int]
    total: Mapped[float]
    squares: Mapped[float]
