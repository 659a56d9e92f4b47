"""Databases that go away and come back: PostgreSQL behind a connection that is cut, SQLite whose file is locked."""

import asyncio
import sqlite3
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.engine import make_url

if TYPE_CHECKING:  # a plugin: pytest must be the first to import it
    from tests.service import Service


class Outage(Protocol):
    """Takes a database away.

    Attributes:
        url: the address under which it can be taken away.
    """

    url: str

    def begin(self) -> None:
        """Take the database away."""

    def end(self) -> None:
        """Bring it back; it may be back already."""


def all_written(service: "Service") -> bool:
    """Return whether nothing waits any more, neither in the spool nor for an answer."""
    waiting = service.data_dir / "spool" / "waiting"
    spooled = waiting.exists() and waiting.stat().st_size > 0
    return not spooled and not service.rows("SELECT 1 FROM pending_messages")


@contextmanager
def outage_of(url: str) -> Iterator[Outage]:
    """Yield what can take a database away."""
    if url.startswith("sqlite"):
        lock = Lock(url)
        yield lock
        lock.end()
    else:
        with cut(url) as proxy:
            yield proxy


class Lock:
    """Locks an SQLite file as another program may: it can be read, and not be written."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: sqlite3.Connection | None = None

    def begin(self) -> None:
        """Lock it."""
        self._connection = sqlite3.connect(str(make_url(self.url).database), isolation_level=None, timeout=30)
        self._connection.execute("BEGIN IMMEDIATE")

    def end(self) -> None:
        """Unlock it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def cut(url: str) -> Iterator["Cut"]:
    """Yield a proxy of a PostgreSQL server that can be cut, run by a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = Cut(url, loop)
    proxy.end()
    yield proxy
    proxy.begin()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Cut:
    """A PostgreSQL server behind a small TCP proxy: connections are cut, then refused; `delay` makes it slow."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._parsed = make_url(url)
        self._loop = loop
        self._server: asyncio.Server | None = None
        self._served: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self._port = 0
        self.delay = 0.0

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return self._parsed.set(host="127.0.0.1", port=self._port).render_as_string(hide_password=False)

    def begin(self) -> None:
        """Listen no more and cut every connection."""
        self._run(self._begin())

    def end(self) -> None:
        """Listen, on the same port as before."""
        self._run(self._end())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _begin(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writers in self._served.values():
            for writer in writers:
                writer.transport.abort()
        await asyncio.gather(*self._served, return_exceptions=True)

    async def _end(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        host, port = self._parsed.host or "127.0.0.1", self._parsed.port or 5432
        far_reader, far_writer = await asyncio.open_connection(host, port)
        self._served[task] = writer, far_writer
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            del self._served[task]

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                waited = 0.0
                while waited < self.delay and not writer.is_closing():
                    await asyncio.sleep(0.02)
                    waited += 0.02
                writer.write(data)
                await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()
