"""SQLite with one hop to its thread a statement, or none.

`aiosqlite` runs each call in the connection's thread: making a cursor, executing, fetching and closing are four hops
of some 0.2 ms (measured), where SQLite itself takes a few microseconds. Here a statement is one. On a connection for
short work (`at_once`) it is none: reading by key and writing a few rows, the whole of a turn, take less time than the
hop. Nobody waits there for somebody else's lock: that is left to the thread. What is used of `aiosqlite` beside its
documentation are `Connection._execute` and `Connection._conn`; the lock pins its version.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from time import sleep
from typing import Any

import aiosqlite

BEGIN = "BEGIN IMMEDIATE"
"""Takes the lock to write at once."""
WAIT = 5000
"""Milliseconds to wait for another process that writes; then the spool takes over."""
PRAGMAS = (
    f"busy_timeout={WAIT}",
    "journal_mode=WAL",  # readers and one writer side by side, several processes
    "synchronous=NORMAL",  # safe against a crash of the process; the last commits may go with the power
    "foreign_keys=ON",
)


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
        await self._connection.do(self._run, "execute", sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> None:
        """Execute a statement once for each set of parameters."""
        await self._connection.do(self._run, "executemany", sql, parameters)

    async def fetchall(self) -> Sequence[Any]:
        """Return what was fetched."""
        return self._rows

    async def close(self) -> None:
        """Do nothing: the real cursor is closed already."""

    def _run(self, method: str, sql: str, parameters: Any) -> None:
        cursor: sqlite3.Cursor = self._connection._conn.cursor()
        try:
            if self._connection.to_begin:
                cursor.execute(BEGIN)
                self._connection.to_begin = False
            getattr(cursor, method)(sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else ()
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """A connection whose cursors cost nothing to make.

    Args:
        connect: opens the file.
        at_once: whether statements run in the thread of the caller.

    Attributes:
        to_begin: whether a transaction begins with the next statement.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], *, at_once: bool) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._at_once = at_once
        self._thread.daemon = True  # a forgotten connection must not keep the process alive
        self._end: asyncio.Future[Any] | None = None
        self.to_begin = False

    def stop(self) -> "asyncio.Future[Any] | None":
        """Stop the thread, once: who asks again waits for the same end, for a thread that ended answers nobody."""
        if self._end is None:
            self._end = super().stop()
        return self._end

    async def do(self, step: Callable[..., Any], *args: Any) -> None:
        """Run a step where it costs least; in the thread of the connection when it might have to wait."""
        if self._at_once and (not self.to_begin or self._began()):
            step(*args)
        else:
            await self._execute(step, *args)  # type: ignore[no-untyped-call]

    def _began(self) -> bool:
        """Begin the transaction if nobody else writes."""
        (patience,) = self._conn.execute("PRAGMA busy_timeout").fetchone()
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            self._conn.execute(BEGIN)
            self.to_begin = False
        except sqlite3.OperationalError:
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={patience}")
        return True

    async def cursor(self) -> OneHopCursor:  # type: ignore[override]
        """Return a cursor."""
        return OneHopCursor(self)

    async def create_function(self, *args: Any, **more: Any) -> None:
        """Let SQL call a function."""
        self._conn.create_function(*args, **more)

    async def commit(self) -> None:
        """Commit; a transaction in which nothing was asked never began."""
        await self._finish(self._conn.commit)

    async def rollback(self) -> None:
        """Roll back; a transaction in which nothing was asked never began."""
        await self._finish(self._conn.rollback)

    async def _finish(self, step: Callable[[], None]) -> None:
        began, self.to_begin = not self.to_begin, False
        if began:
            await self.do(step)


def opener(path: str, *, at_once: bool = False) -> Callable[[], Awaitable[OneHopConnection]]:
    """Return what SQLAlchemy calls for a new connection to a file.

    Args:
        path: the file.
        at_once: whether the connection is for short work, which is done in the thread of the caller.
    """

    async def connect() -> OneHopConnection:
        connection = OneHopConnection(lambda: _open(path), at_once=at_once)
        await connection
        return connection

    return connect


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        set_up(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def set_up(connection: Any) -> None:
    """Make a new connection, ours or SQLAlchemy's, ready for several processes that write.

    Ours is made ready where it is opened, in its thread: whoever gives up meanwhile leaves nothing open behind.
    """
    # The driver must not open transactions by itself: `Database` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        _set(cursor, pragma)
    cursor.close()


def _set(cursor: Any, pragma: str) -> None:
    # Two processes that open a new file together: SQLite refuses the second change of journal without waiting.
    for attempt in range(50):
        try:
            cursor.execute(f"PRAGMA {pragma}")
            return
        except Exception as error:
            if "locked" not in str(error) or attempt == 49:
                raise
            sleep(0.05)
