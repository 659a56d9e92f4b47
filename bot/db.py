"""The database: one asynchronous SQLAlchemy engine, SQLite by default and PostgreSQL for the grown-up profile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InternalError,
    InvalidRequestError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool

from bot import pool
from bot.errors import Misconfigured, Unavailable
from bot.sqlite import BEGIN, opener, set_up

PATIENCE = 10.0
"""Seconds that the few rows of a turn may take; a server that hangs is one that is away, and the spool takes over."""
GIVEN_BACK = 1.0
"""Seconds in which connections that are in use at the end are waited for."""
RETRY_AFTER = 5
"""Seconds after which whoever found the database away may try again."""


def now() -> datetime:
    """Return the time, in UTC and with its zone."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A time stored in UTC and read with its zone; SQLite forgets zones, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone and store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored time with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    # Constraints get names, so that a migration can find them on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}


class Database:
    """Opens sessions and transactions.

    Args:
        url: an SQLAlchemy address with an asynchronous driver.
        pool_size: connections kept open.

    Raises:
        Misconfigured: the address cannot be understood.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        try:
            parsed = make_url(url)
            self.is_sqlite = parsed.get_backend_name() == "sqlite"
            if self.is_sqlite and parsed.database in (None, "", ":memory:"):
                raise ArgumentError("a database in memory is not shared by engine and gateway, name a file")
            # On SQLite each step is a hop to a thread: the pool need not roll back what a session already has.
            tuning: dict[str, Any] = {"pool_reset_on_return": None} if self.is_sqlite else {**pool.CONNECTION}
            tuning |= {"pool_size": pool_size, "hide_parameters": True}
            path = str(parsed.database)
            # `file:…?mode=ro` is an address, not a path, and names a file that is there.
            is_path = self.is_sqlite and not path.startswith("file:")
            if is_path:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            ours = is_path and not parsed.query
            self.engine: AsyncEngine = create_async_engine(
                parsed, **tuning | ({"async_creator": opener(path)} if ours else {})
            )
            self._quick = (
                create_async_engine(parsed, **tuning, async_creator=opener(path, at_once=True)) if ours else self.engine
            )
        except (ArgumentError, InvalidRequestError, ImportError, ValueError, OSError) as error:
            raise Misconfigured(f"GUICHET_DATABASE_URL cannot be used: {error}") from None
        if self.is_sqlite:
            for engine in self._engines():
                if not ours:
                    event.listen(engine.sync_engine, "connect", lambda connection, record: set_up(connection))
                event.listen(engine.sync_engine, "begin", _begin_on_sqlite)
        else:
            pool.ask_idle_connections(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    def on_error(self, tell: Callable[[], None]) -> None:
        """Tell of each error of the database, whoever meets it; a broken constraint is an answer, not an error."""

        def failed(context: Any) -> None:
            error = context.sqlalchemy_exception
            if context.is_disconnect or (isinstance(error, DatabaseError) and not isinstance(error, IntegrityError)):
                tell()

        for engine in self._engines():
            event.listen(engine.sync_engine, "handle_error", failed)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session that only reads.

        Raises:
            Unavailable: the database does not answer.
        """
        async with _named_errors(), self._sessions() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction, committed when the block ends and rolled back when it raises.

        On SQLite the lock to write is taken at once: a transaction that reads first and writes later would be
        refused when another one wrote in between.

        Raises:
            Unavailable: the database does not answer.
        """
        async with _named_errors(), self._sessions() as session:
            await session.connection(execution_options={"guichet_writes": True})
            yield session
            await session.commit()

    @asynccontextmanager
    async def looking(self, *, at_once: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a connection that only reads, without what a session adds.

        Args:
            at_once: for a read by key, which takes SQLite less time than a thread would: all others wait for it.

        Raises:
            Unavailable: the database does not answer.
        """
        async with _named_errors(), self._patient(at_once), self._engine(at_once).connect() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self, *, at_once: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction like `writing`, without what a session adds.

        Args:
            at_once: for the few rows of a turn, as in `looking`; only another who writes is waited for in a thread.

        Raises:
            Unavailable: the database does not answer.
        """
        async with _named_errors(), self._patient(at_once), self._engine(at_once).connect() as connection:
            await connection.execution_options(guichet_writes=True)
            async with connection.begin():
                yield connection

    def _engine(self, at_once: bool) -> AsyncEngine:
        return self._quick if at_once else self.engine

    def _patient(self, at_once: bool) -> asyncio.Timeout:
        # SQLite waits for its lock by itself, and not so long; work of other kinds may take its time.
        return asyncio.timeout(PATIENCE if at_once and not self.is_sqlite else None)

    async def ping(self) -> None:
        """Ask the database for nothing, to know that it answers.

        Raises:
            Unavailable: it does not.
        """
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection, and those that a cancelled task is giving back: it does so behind our back."""
        with suppress(TimeoutError):
            async with asyncio.timeout(GIVEN_BACK):
                while any(  # noqa: ASYNC110 - a pool tells nobody
                    isinstance(each.pool, QueuePool) and each.pool.checkedout() for each in self._engines()
                ):
                    await asyncio.sleep(0.005)
        for engine in self._engines():
            await engine.dispose()

    def _engines(self) -> set[AsyncEngine]:
        return {self.engine, self._quick}


@asynccontextmanager
async def _named_errors() -> AsyncIterator[None]:
    """Turn the loss of the database into an error with a name; a broken constraint stays what it is."""
    try:
        yield
    except DBAPIError as error:
        # SQLite says nothing more precise of a file that is damaged.
        # PostgreSQL calls it an internal error that a server may only be read (25006), as one that takes over may.
        gone = isinstance(error, OperationalError | InternalError) or type(error) is DatabaseError
        if error.connection_invalidated or gone:
            raise _away() from error
        raise
    except (ConnectionError, TimeoutError, PoolTimeout) as error:
        raise _away() from error


def _away() -> Unavailable:
    return Unavailable("The database does not answer.", code="database-unavailable", retry_after=RETRY_AFTER)


def _begin_on_sqlite(connection: Any) -> None:
    # A read needs no transaction: each of our reads is one statement, or does not mind what comes between two.
    if connection.get_execution_options().get("guichet_writes"):
        connection.exec_driver_sql(BEGIN)
