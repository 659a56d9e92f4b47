"""Writes facts. There is no way to change one: the only updates are those of erasure, which empty its links."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.satisfaction.facts import Fact
from bot.satisfaction.facts_tables import FactRow


class FactStore:
    """The facts of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: AsyncSession, facts: Sequence[Fact]) -> None:
        """Add facts in the transaction of what caused them: both are kept or neither is."""
        if facts:
            await session.execute(insert(FactRow), [_values(fact) for fact in facts])

    async def append(self, facts: Sequence[Fact]) -> None:
        """Add facts in a transaction of their own."""
        async with self._database.writing() as session:
            await self.add(session, facts)


def _values(fact: Fact) -> dict[str, object]:
    # Words of an enumeration are plain text to both drivers.
    return {name: str(value) if isinstance(value, str) else value for name, value in asdict(fact).items()}
