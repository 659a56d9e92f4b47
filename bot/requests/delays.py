"""How long requests really take, computed from those that were decided, beside the delay that was announced.

A delay is counted in days, begun ones whole, from the filing to the decision (accepted, refused or closed), the time
in which the citizen was asked for something included: it is what a citizen lives. Withdrawn requests say nothing.
Three figures, by nearest rank: a quarter of the requests took `fast` days or less, half `usual`, nine in ten `slow`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot.db import Database, now
from bot.requests.tables import RequestRow

PERIOD = timedelta(days=180)
"""How far back one looks: long enough for a rare service, short enough to speak of the office as it works now."""
FEWEST = 10
"""Requests below which nothing is said: the 90th percentile of fewer is one request."""
MOST = 5000
"""Requests looked at, the latest ones."""


@dataclass(frozen=True)
class Delays:
    """What was observed for a service, in days; `count` is the number of requests behind the figures."""

    count: int
    fast: int
    usual: int
    slow: int


def summarise(days: Sequence[float]) -> Delays | None:
    """Return the figures for the given delays, or None when there are too few.

    Args:
        days: of each decided request.
    """
    if len(days) < FEWEST:
        return None
    ordered = sorted(max(1, math.ceil(each)) for each in days)
    # Nearest rank: the smallest value that at least this part of all does not exceed. Hundredths keep it exact.
    fast, usual, slow = (ordered[-(-len(ordered) * part // 100) - 1] for part in (25, 50, 90))
    return Delays(len(ordered), fast, usual, slow)


async def observed(database: Database, service: str) -> Delays | None:
    """Return how long the requests of a service took in the last months, or None when too few were decided."""
    query = (
        select(RequestRow.filed_at, RequestRow.decided_at)
        .where(RequestRow.service == service, RequestRow.decided_at > now() - PERIOD, ~RequestRow.demo)
        .order_by(RequestRow.decided_at.desc())
        .limit(MOST)
    )
    async with database.reading() as session:
        rows = (await session.execute(query)).all()
    return summarise([(row.decided_at - row.filed_at) / timedelta(days=1) for row in rows])


def delays_line(delays: Delays, language: str) -> str:
    """Return the figures as the citizen reads them."""
    if language == "en":
        return (
            f"What really happens ({delays.count} requests decided in the last six months): a quarter had their answer "
            f"within {_days(delays.fast, 'day')}, half within {_days(delays.usual, 'day')}, nine in ten within "
            f"{_days(delays.slow, 'day')}."
        )
    return (
        f"Ce qui se passe vraiment ({delays.count} demandes traitées ces six derniers mois) : un quart a eu sa réponse "
        f"en {_days(delays.fast, 'jour')}, la moitié en {_days(delays.usual, 'jour')}, neuf sur dix en "
        f"{_days(delays.slow, 'jour')}."
    )


def _days(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"
