"""Filters of the list of conversations that people gave a name."""

from sqlalchemy import delete, insert, select

from bot.conversations.review_tables import SavedFilterRow
from bot.db import Database
from bot.errors import Unprocessable


class SavedFilters:
    """The saved filters of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, account_id: str, name: str, query: str) -> None:
        """Keep a filter under a name of one's own.

        Raises:
            Unprocessable: it has no name.
        """
        if not name.strip():
            raise Unprocessable("Give the filter a name.", code="no-name", field="name")
        values = {"account_id": account_id, "name": name.strip()[:60], "query": query[:1000]}
        async with self._database.writing() as session:
            await session.execute(insert(SavedFilterRow).values(values))

    async def of(self, account_id: str) -> list[tuple[int, str, str]]:
        """Return one's filters as (number, name, query)."""
        query = select(SavedFilterRow).where(SavedFilterRow.account_id == account_id).order_by(SavedFilterRow.name)
        async with self._database.reading() as session:
            return [(each.id, each.name, each.query) for each in await session.scalars(query)]

    async def drop(self, account_id: str, number: int) -> None:
        """Forget one of one's own filters; another's stays."""
        own = (SavedFilterRow.id == number, SavedFilterRow.account_id == account_id)
        async with self._database.writing() as session:
            await session.execute(delete(SavedFilterRow).where(*own))
