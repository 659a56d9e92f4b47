"""A database inside one transaction: what rooms do with it is kept or lost with that transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from bot.db import Database


class Within(Database):
    """Hands out sessions of one connection, whose transaction somebody else ends.

    Args:
        connection: in a transaction.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.is_sqlite = connection.dialect.name == "sqlite"
        self.engine = connection.engine
        self._connection = connection
        self._sessions = async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a savepoint, released when the block ends and rolled back when it raises."""
        async with self._sessions() as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def looking(self, *, at_once: bool = False) -> AsyncIterator[AsyncConnection]:
        """Return the connection."""
        yield self._connection

    @asynccontextmanager
    async def transaction(self, *, at_once: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a savepoint on the connection itself."""
        async with self._connection.begin_nested():
            yield self._connection

    async def close(self) -> None:
        """Do nothing: the connection is somebody else's."""
