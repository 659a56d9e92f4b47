"""Alerts: the figures that left their usual range, watched every day, told once, closed when they came back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select, update

from bot.db import Database, now
from bot.errors import NotFound
from bot.improvement.actions import Aim
from bot.improvement.before_after import Sample
from bot.improvement.control import USUAL_DAYS, WATCHED_DAYS, Alarm, watch
from bot.improvement.tables import AlertRow
from bot.satisfaction.dashboard import HOW_MANY
from bot.satisfaction.totals import Cell, Scope, Totals

SPANS: dict[str, tuple[float, float | None]] = {"0-10": (0, 10), "1-5": (1, 5), "yes-no": (0, 1)}
"""The ends of the scales; the others begin at 0 and do not end."""
BY_SERVICE = 20
"""Services that are watched one by one, those that most people use; the others count in what is watched of all."""


@dataclass(frozen=True)
class Alert:
    """A figure that left its usual range.

    Attributes:
        aim: which dimension, of which service and moment ("" for all).
        rises: whether it rose.
        since: the day from which it leans.
        usual, seen: the means before and since, of `answers` figures.
    """

    id: int
    aim: Aim
    rises: bool
    since: date
    usual: float
    seen: float
    answers: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None


def alarms(days: Sequence[tuple[date, Cell]], until: date) -> dict[Aim, Alarm]:
    """Return what is unusual: of all services together, of each moment, and of the most used services by themselves.

    A moment is watched by itself where a figure belongs to several: else it would ring twice for the same thing.

    Args:
        days: the cells of each day.
        until: the last day that is over.
    """
    used: defaultdict[str, int] = defaultdict(int)
    moments: defaultdict[str, set[str]] = defaultdict(set)
    for _, cell in days:
        used[cell.service] += cell.n
        moments[cell.dimension].add(cell.moment)
    most = {service for service in sorted(used, key=lambda each: -used[each])[:BY_SERVICE] if service}
    series: defaultdict[tuple[Aim, str], defaultdict[date, Sample]] = defaultdict(
        lambda: defaultdict(lambda: Sample(0, 0.0, 0.0))
    )
    for day, cell in days:
        if cell.dimension.startswith(HOW_MANY):
            continue
        watched = {Aim(cell.dimension, "", service) for service in {"", cell.service if cell.service in most else ""}}
        if len(moments[cell.dimension]) > 1:
            watched.add(Aim(cell.dimension, cell.moment, ""))
        for aim in watched:
            had = series[aim, cell.scale][day]
            series[aim, cell.scale][day] = Sample(had.n + cell.n, had.total + cell.total, had.squares + cell.squares)
    found = {}
    for (aim, scale), by_day in series.items():
        floor, ceiling = SPANS.get(scale, (0, None))
        alarm = watch(sorted(by_day.items()), until, floor=floor, ceiling=ceiling)
        if alarm is not None:
            found[aim] = alarm
    return found


class Alerts:
    """The alerts of a database.

    Args:
        database: where they are.
        totals: the figures that are watched.
    """

    def __init__(self, database: Database, totals: Totals) -> None:
        self._database = database
        self._totals = totals

    async def look(self, until: date, *, demo: bool = False) -> str:
        """Open the alerts of what left its usual range, and close those of what came back.

        Args:
            until: the last day that is over.
            demo: whether the figures that are made up are watched, or the real ones.

        Returns:
            How many were opened and closed, for the log of the job; "" when none was.
        """
        first = until - timedelta(days=USUAL_DAYS + WATCHED_DAYS - 1)
        found = alarms(await self._totals.by_day(Scope(demo=demo), first, until), until)
        ringing = {(alert.aim, alert.rises): alert for alert in await self.open(demo=demo)}
        new = {(aim, alarm.rises): alarm for aim, alarm in found.items() if (aim, alarm.rises) not in ringing}
        # One that somebody took note of does not ring again for the same run of days.
        new = {key: alarm for key, alarm in new.items() if not await self._noted(*key, alarm.since, demo=demo)}
        over = [alert.id for key, alert in ringing.items() if key[0] not in found or found[key[0]].rises != key[1]]
        rows = [
            {
                "dimension": aim.dimension,
                "moment": aim.moment,
                "service": aim.service,
                "direction": "up" if rises else "down",
                "since": alarm.since,
                "usual": alarm.usual,
                "seen": alarm.seen,
                "answers": alarm.n,
                "opened_at": now(),
                "demo": demo,
            }
            for (aim, rises), alarm in new.items()
        ]
        async with self._database.writing() as session:
            if rows:
                await session.execute(insert(AlertRow), rows)
            await session.execute(
                update(AlertRow).where(AlertRow.id.in_(over), AlertRow.closed_at.is_(None)).values(closed_at=now())
            )
        return f"{len(rows)} opened, {len(over)} closed" if rows or over else ""

    async def open(self, *, demo: bool = False) -> list[Alert]:
        """Return the alerts that are open: those of all services first, and of each moment after those of all."""
        return await self._list(AlertRow.closed_at.is_(None), AlertRow.demo if demo else ~AlertRow.demo)

    async def past(self, *, demo: bool = False, limit: int = 50) -> list[Alert]:
        """Return the last alerts that were closed."""
        found = await self._list(AlertRow.closed_at.is_not(None), AlertRow.demo if demo else ~AlertRow.demo)
        return sorted(found, key=lambda alert: alert.opened_at, reverse=True)[:limit]

    async def close(self, number: int, by: str) -> None:
        """Take note of an alert.

        Raises:
            NotFound: there is no open one of that number.
        """
        async with self._database.writing() as session:
            closed = await session.execute(
                update(AlertRow)
                .where(AlertRow.id == number, AlertRow.closed_at.is_(None))
                .values(closed_at=now(), closed_by=by[:80])
                .returning(AlertRow.id)
            )
            if closed.one_or_none() is None:
                raise NotFound("There is no such open alert.", code="unknown-alert")

    async def untold(self) -> list[Alert]:
        """Return the open alerts that were not told by e-mail; those of a demonstration never are."""
        return await self._list(AlertRow.closed_at.is_(None), AlertRow.mailed_at.is_(None), ~AlertRow.demo)

    async def told(self, numbers: Sequence[int]) -> None:
        """Keep that alerts were told."""
        async with self._database.writing() as session:
            await session.execute(update(AlertRow).where(AlertRow.id.in_(numbers)).values(mailed_at=now()))

    async def _noted(self, aim: Aim, rises: bool, since: date, *, demo: bool) -> bool:
        return bool(
            await self._list(
                AlertRow.closed_by.is_not(None),
                AlertRow.dimension == aim.dimension,
                AlertRow.service == aim.service,
                AlertRow.moment == aim.moment,
                AlertRow.direction == ("up" if rises else "down"),
                # The run may be seen to begin later as days go by, never after somebody took note of it.
                AlertRow.closed_at >= datetime.combine(since, datetime.min.time(), now().tzinfo),
                AlertRow.demo if demo else ~AlertRow.demo,
            )
        )

    async def _list(self, *conditions: object) -> list[Alert]:
        query = select(AlertRow).where(*conditions).order_by(AlertRow.service, AlertRow.moment, AlertRow.id)  # type: ignore[arg-type]
        async with self._database.reading() as session:
            return [_alert(row) for row in await session.scalars(query)]


def _alert(row: AlertRow) -> Alert:
    aim = Aim(row.dimension, row.moment, row.service)
    return Alert(
        row.id, aim, row.direction == "up", row.since, row.usual, row.seen, row.answers, row.opened_at, row.closed_at,
        row.closed_by,
    )  # fmt: skip
