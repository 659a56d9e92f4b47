"""SQLite with one hop to its thread a statement.

`aiosqlite` runs each call in the connection's thread: making a cursor, executing, fetching and closing are four hops
of some 0.2 ms (measured), where SQLite itself takes a few microseconds. Here a statement is one. What is used of
`aiosqlite` beside its documentation are `Connection._execute` and `Connection._conn`; the lock pins its version.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiosqlite

BEGIN = "BEGIN IMMEDIATE"
"""Takes the lock to write at once."""


class OneHopCursor:
    """A cursor that has executed and fetched by the time that it answers.

    Attributes:
        description, rowcount, lastrowid: as in the database API of Python (PEP 249).
    """

    def __init__(self, connection: "OneHopConnection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """Execute a statement and fetch what it returns; the beginning of a transaction waits for its first one."""
        if sql == BEGIN:
            self._connection.to_begin = True
            return
        await self._connection._execute(self._run, "execute", sql, parameters)  # type: ignore[no-untyped-call]

    async def executemany(self, sql: str, parameters: Any) -> None:
        """Execute a statement once for each set of parameters."""
        await self._connection._execute(self._run, "executemany", sql, parameters)  # type: ignore[no-untyped-call]

    async def fetchall(self) -> Sequence[Any]:
        """Return what was fetched."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: the real cursor is closed already."""

    def _run(self, method: str, sql: str, parameters: Any) -> None:
        # In the thread of the connection.
        cursor: sqlite3.Cursor = self._connection._conn.cursor()
        try:
            if self._connection.to_begin:
                self._connection.to_begin = False
                cursor.execute(BEGIN)
            getattr(cursor, method)(sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """A connection whose cursors cost nothing to make.

    Attributes:
        to_begin: whether a transaction begins with the next statement.
    """

    to_begin = False

    async def cursor(self) -> OneHopCursor:  # type: ignore[override]
        """Return a cursor."""
        return OneHopCursor(self)

    async def commit(self) -> None:
        """Commit; a transaction in which nothing was asked never began."""
        if not self.to_begin:
            await super().commit()
        self.to_begin = False

    async def rollback(self) -> None:
        """Roll back; a transaction in which nothing was asked never began."""
        if not self.to_begin:
            await super().rollback()
        self.to_begin = False


def opener(path: str) -> Callable[[], Awaitable[OneHopConnection]]:
    """Return what SQLAlchemy calls for a new connection to a file."""

    async def connect() -> OneHopConnection:
        connection = OneHopConnection(lambda: sqlite3.connect(path), iter_chunk_size=64)
        connection._thread.daemon = True  # a forgotten connection must not keep the process alive
        await connection
        return connection

    return connect
