"""Counts facts with SQL, for the indices: whose, of what, since when, and by what."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select

from bot.db import Database
from bot.satisfaction.dimensions import DIMENSIONS, FEWEST_AGENTS, TIMES
from bot.satisfaction.facts import Side
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.indices import Tally, counted_dimensions


class By(StrEnum):
    """What the facts can be told apart by."""

    MOMENT = "moment"
    SERVICE = "service"
    ADMINISTRATION = "administration"
    CHANNEL = "channel"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Filter:
    """Which facts; what is None is not asked for.

    Attributes:
        since, until: from the first time on, and before the second.
        side: whose; the two are never counted together.
        demo: whether those of the demonstration, which are never mixed with real ones.
    """

    since: datetime | None = None
    until: datetime | None = None
    moment: str | None = None
    service: str | None = None
    administration: str | None = None
    channel: str | None = None
    language: str | None = None
    side: Side = Side.CITIZEN
    demo: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filter as conditions on the facts."""
        found: list[ColumnElement[bool]] = [FactRow.demo.is_(self.demo)]
        if self.since is not None:
            found.append(FactRow.at >= self.since)
        if self.until is not None:
            found.append(FactRow.at < self.until)
        plain = {each.name: getattr(self, each.name) for each in fields(self)} | {"since": None, "until": None}
        plain.pop("demo")
        return [*found, *(getattr(FactRow, name) == str(value) for name, value in plain.items() if value is not None)]


class IndexStore:
    """Counts the facts of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tally(self, which: Filter) -> Tally:
        """Return the facts of a filter, counted."""
        return (await self.tallies(which, None)).get("", Tally())

    async def tallies(self, which: Filter, by: By | None) -> dict[str, Tally]:
        """Return the facts of a filter, counted for each value of a column; "" is where the column is empty.

        Of what agents answered, a month counts only when enough of them answered: one agent who answers for five months
        is still one.

        Args:
            which: the filter.
            by: the column; None for all facts together, under "".
        """
        key: list[Any] = [getattr(FactRow, by)] if by else []
        values: dict[str, dict[str, dict[float, int]]] = defaultdict(lambda: defaultdict(dict))
        sums: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
        counted = select(*key, FactRow.dimension, FactRow.value, func.count()).group_by(
            *key, FactRow.dimension, FactRow.value
        )
        summed = select(*key, FactRow.dimension, func.count(), func.sum(FactRow.value)).group_by(
            *key, FactRow.dimension
        )
        if which.side is Side.AGENT:
            return await self._of_agents(which, key)
        async with self._database.reading() as session:
            for *group, dimension, value, count in await session.execute(_of(counted, which, counted_dimensions())):
                values[_name(group)][dimension][float(value)] = count
            for *group, dimension, count, total in await session.execute(_of(summed, which, TIMES)):
                sums[_name(group)][dimension] = (count, float(total))
        return {name: Tally(values.get(name, {}), sums.get(name, {})) for name in sorted({*values, *sums})}

    async def _of_agents(self, which: Filter, key: list[Any]) -> dict[str, Tally]:
        months: dict[tuple[str, str, datetime], Counter[float]] = defaultdict(Counter)
        columns = (*key, FactRow.dimension, FactRow.at, FactRow.value)
        query = _of(select(*columns, func.count()).group_by(*columns), which, [each.id for each in DIMENSIONS])
        async with self._database.reading() as session:
            for *group, dimension, at, value, count in await session.execute(query):
                months[_name(group), dimension, at][float(value)] += count
        values: dict[str, dict[str, Counter[float]]] = defaultdict(lambda: defaultdict(Counter))
        for (name, dimension, _), counted in months.items():
            if counted.total() >= FEWEST_AGENTS:
                values[name][dimension] += counted
        return {name: Tally(values[name]) for name in sorted(values)}


def _of(query: Any, which: Filter, dimensions: Sequence[str]) -> Any:
    return query.where(FactRow.dimension.in_(dimensions), *which.conditions())


def _name(group: Sequence[Any]) -> str:
    return next(iter(group), None) or ""
