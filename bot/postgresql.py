"""A connection to PostgreSQL outside of the pool, for what lives as long as a connection does: locks, and listening.

It speaks to the server itself: a pooler that gives a connection to others between two statements (PgBouncer's
`transaction` mode) would give the locks away with it.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing

from psycopg import AsyncConnection, OperationalError
from sqlalchemy.engine import URL

IDLE, INTERVAL, COUNT = 5, 2, 3
"""Seconds of silence after which the other end is asked whether it lives, seconds between two questions, and how many.

A machine that vanished without a word is given up after eleven seconds, and what it held is free.
"""


async def connect(url: URL) -> AsyncConnection:
    """Open a connection on which each statement is its own transaction.

    Raises:
        psycopg.OperationalError: the server does not answer.
    """
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await AsyncConnection.connect(
        address,
        autocommit=True,
        connect_timeout=5,
        keepalives_idle=IDLE,
        keepalives_interval=INTERVAL,
        keepalives_count=COUNT,
    )
    # The server asks in the same way whether this end lives; over a local socket there is nothing to ask.
    for name, value in (("idle", IDLE), ("interval", INTERVAL), ("count", COUNT)):
        await connection.execute(f"SET tcp_keepalives_{name} = {value}")
    return connection


async def listen(url: URL, channel: str) -> AsyncIterator[str]:
    """Yield what is told on a channel; first an empty notice, once it is listened to.

    Raises:
        ConnectionError: the server does not answer, or no longer.
    """
    try:
        connection = await connect(url)
        try:
            await connection.execute(f"LISTEN {channel}")
            yield ""
            async with aclosing(connection.notifies()) as notices:
                async for notice in notices:
                    yield notice.payload
        finally:
            await connection.close()
    except OperationalError as error:
        raise ConnectionError("The database server does not answer.") from error
