"""Locks that the engines of all machines see: the advisory locks of the PostgreSQL server that they share."""

import asyncio
import logging
from time import monotonic

import psycopg

from bot.db import Database
from bot.postgresql import connect

logger = logging.getLogger(__name__)

AGAIN = 5.0
"""Seconds in which a server that is away is not asked for locks again."""


class AdvisoryLocks:
    """Locks of a PostgreSQL server, all held by one connection, whose end gives them back.

    Args:
        database: of that server.
    """

    def __init__(self, database: Database) -> None:
        self._url = database.engine.url
        self._connection: psycopg.AsyncConnection | None = None
        self._connecting = asyncio.Lock()
        self._held: set[int] = set()
        self._away_until = 0.0

    async def take(self, key: int) -> bool:
        """Take a lock, and return whether it was free; a server that is away refuses nothing."""
        connection = await self._connected()
        if connection is None:
            return True
        try:
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", (key,))
            free = await cursor.fetchone() == (True,)
        except psycopg.OperationalError:
            # Lost with the connection: those that were held are free, and the next look makes a new one.
            await self._leave(connection)
            return False
        if free:
            self._held.add(key)
        return free

    async def give_back(self, key: int) -> None:
        """Give a lock back, unless it went with its connection."""
        if key not in self._held or self._connection is None:
            return
        self._held.discard(key)
        try:
            await self._connection.execute("SELECT pg_advisory_unlock(%s)", (key,))
        except psycopg.OperationalError:
            await self._leave(self._connection)

    async def close(self) -> None:
        """Give all of them back."""
        if self._connection is not None:
            await self._leave(self._connection)

    async def _connected(self) -> psycopg.AsyncConnection | None:
        async with self._connecting:
            if self._connection is None and monotonic() >= self._away_until:
                try:
                    self._connection = await connect(self._url)
                except psycopg.OperationalError:
                    logger.warning("the database is away: conversations are held on this machine alone")
                    self._away_until = monotonic() + AGAIN
            return self._connection

    async def _leave(self, connection: psycopg.AsyncConnection) -> None:
        if connection is self._connection:
            self._connection = None
            self._held.clear()
        await connection.close()
