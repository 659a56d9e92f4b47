"""How we keep connections to PostgreSQL, and how one that has died in the pool is noticed before it is used."""

from time import monotonic
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine

CONNECTION: dict[str, Any] = {
    # A server that is gone without a word is noticed in seconds, and what is said meanwhile goes to the spool.
    "connect_args": {"connect_timeout": 5, "tcp_user_timeout": 5000},
}
IDLE = 1.0
"""Seconds that a connection may lie in the pool before it is asked whether it still lives.

Asking each time, as `pool_pre_ping` does, is a quarter of what writing an answer costs. One that died within the second
fails its first statement: that is one error with a name, and the whole pool is made anew.
"""


def ask_idle_connections(engine: AsyncEngine) -> None:
    """Ask each connection that lay in the pool for longer than `IDLE` whether it lives, before it is lent again."""
    pool, dialect = engine.sync_engine, engine.dialect

    def given_back(connection: Any, record: Any) -> None:
        record.info["given_back"] = monotonic()

    def lent(connection: Any, record: Any, lending: Any) -> None:
        if monotonic() - record.info.get("given_back", monotonic()) < IDLE:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError() from error

    event.listen(pool, "checkin", given_back)
    event.listen(pool, "checkout", lent)
