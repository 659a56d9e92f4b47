"""What the first dashboard asks of the totals."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from bot.satisfaction.dashboard import HOW_MANY, span_before
from bot.satisfaction.indices import Tally
from bot.satisfaction.questionnaire import SATISFACTION
from bot.satisfaction.totals import Cell, Scope, Totals


@dataclass(frozen=True)
class Glance:
    """A span of days at a glance.

    Attributes:
        cells: what was counted, each kind of fact in one cell; without what only counts visits.
        earlier: the same of as many days before.
        tally: all that citizens said.
        moments: the satisfaction at each moment.
        months: the satisfaction in each month of the year that ends with the span.
    """

    cells: list[Cell]
    earlier: list[Cell]
    tally: Tally
    moments: dict[str, Tally]
    months: dict[date, Tally]


async def glance(totals: Totals, scope: Scope, since: date, until: date) -> Glance:
    """Return a span at a glance; all is asked at once, and what is waited for is the longest answer, not their sum."""
    cells, earlier, tallies, moments, months = await asyncio.gather(
        totals.cells(scope, since, until, without=HOW_MANY),
        totals.cells(scope, *span_before(since, until), without=HOW_MANY),
        totals.tallies(scope, since, until),
        totals.tallies(scope, since, until, "moment", (SATISFACTION,)),
        totals.by_month(scope, until - timedelta(days=365), until, SATISFACTION),
    )
    return Glance(cells, earlier, tallies.get("", Tally()), moments, months)
