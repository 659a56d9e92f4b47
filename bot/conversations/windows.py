"""The log looked through from its end, a part at a time, for as long as a reader likes to wait.

Conditions that few turns meet together would else be looked for through all of it: no index knows each combination.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.tables import TurnRow
from bot.errors import InvalidInput

SPAN = 20_000
"""Turns of the first part: some 40 ms on PostgreSQL and 20 on SQLite where nothing helps but to read them."""
PATIENCE = 0.12
"""Seconds within which further parts are to end: a page is to be there within 200 ms, with all that is around it."""
QUICK = 0.25
"""Share of the patience under which a part was quick: the next one is twice as long."""


@dataclass(frozen=True)
class Place:
    """A turn in the order of the log."""

    at: datetime
    id: int

    def __str__(self) -> str:
        """Return it as it stands in an address."""
        return f"{round(self.at.timestamp() * 1_000_000)}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Return the place of an address.

        Raises:
            InvalidInput: it is none.
        """
        microseconds, _, number = text.partition("-")
        try:
            seconds, rest = divmod(int(microseconds), 1_000_000)
            if not 0 <= int(number) < 2**63:
                raise ValueError(number)
            return cls(datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), int(number))
        except (ValueError, OverflowError, OSError):
            raise InvalidInput("`after` is what the page before gave.", code="bad-cursor", field="after") from None


@dataclass
class Windows:
    """The parts of the log, the latest first.

    Attributes:
        start: the place before which the next part lies; None for the end of the log.
        end: where it begins; None when it is the last.
        patience: seconds within which the parts after the first are to end.
    """

    start: Place | None
    patience: float = PATIENCE
    end: Place | None = None
    span: int = SPAN
    _began: float = field(default_factory=time.monotonic)
    _part: float = 0.0

    async def open(self, session: AsyncSession, until: datetime | None) -> None:
        """Find where the part that comes next begins; nothing at or after `until` is looked for."""
        if self.start is None and until is not None:
            query = select(TurnRow.id).where(TurnRow.at < until).order_by(TurnRow.at.desc(), TurnRow.id.desc()).limit(1)
            self.start = Place(until, await session.scalar(query) or 0)
        last = self.start.id if self.start else await session.scalar(select(func.max(TurnRow.id))) or 0
        # Numbers follow time, but for messages that were answered at the same instant: it is the time that counts.
        query_place = select(TurnRow.at, TurnRow.id).where(TurnRow.id <= last - self.span)
        if self.start is not None:
            query_place = query_place.where(tuple_(TurnRow.at, TurnRow.id) < (self.start.at, self.start.id))
        row = (await session.execute(query_place.order_by(TurnRow.id.desc()).limit(1))).one_or_none()
        self.end = Place(*row) if row else None
        self._part = time.monotonic()

    def within(self, turn: Any, *, by_number: bool) -> list[ColumnElement[bool]]:
        """Return the conditions of the part on a turn; by its number alone where the list is in that order."""
        place = turn.id if by_number else tuple_(turn.at, turn.id)
        found: list[ColumnElement[bool]] = []
        if self.start is not None:
            found.append(place < (self.start.id if by_number else (self.start.at, self.start.id)))
        if self.end is not None:
            found.append(place >= (self.end.id if by_number else (self.end.at, self.end.id)))
        return found

    def more(self, since: datetime | None) -> bool:
        """Go on to the next part, if there is one; return whether there is time for it, going by the one before.

        Args:
            since: nothing before is looked for.
        """
        if self.end is None or (since is not None and self.end.at < since):
            self.end = None
            return False
        at = time.monotonic()
        took = at - self._part
        longer = 2 if took < self.patience * QUICK else 1
        if at - self._began + took * longer >= self.patience:
            return False
        self.span *= longer
        self.start = self.end
        return True
