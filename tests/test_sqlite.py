"""Connections of SQLite that are given up, stopped or closed half-way: none stays open, and nobody is held up."""

import asyncio
import gc
import itertools
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.sqlite import OneHopConnection, opener


async def test_a_connection_that_is_stopped_while_it_closes_holds_nobody_up(tmp_path: Path) -> None:
    # As at the end of a process: a task that is cancelled stops the connection that another is closing.
    connection = await opener(str(tmp_path / "a.db"))()
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    done, _ = await asyncio.wait([closing], timeout=5)
    assert done


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("hop", range(8))
async def test_whoever_gives_up_while_a_connection_is_opened_leaves_none_open(
    hop: int, at_once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops, execute = itertools.count(), OneHopConnection._execute
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")

    async def look() -> None:
        async with database.looking(at_once=at_once) as connection:
            await connection.execute(text("SELECT 1"))

    async def counted(self: OneHopConnection, *given: Any) -> Any:
        if asyncio.current_task() is looking and next(hops) == hop:
            looking.cancel()
        return await execute(self, *given)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(OneHopConnection, "_execute", counted)
    looking = asyncio.create_task(look())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with suppress(asyncio.CancelledError):
            await looking
        await database.close()
        gc.collect()
    assert [str(each.message) for each in told if "before being closed" in str(each.message)] == []


async def test_what_a_cancelled_task_is_giving_back_is_closed_with_the_rest(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    giving_back, rollback = asyncio.Event(), OneHopConnection.rollback

    async def slow(self: OneHopConnection) -> None:
        giving_back.set()
        await asyncio.sleep(0.05)
        await rollback(self)

    database = Database(sqlite_url)
    monkeypatch.setattr(OneHopConnection, "rollback", slow)
    pinging = asyncio.create_task(database.ping())
    await giving_back.wait()
    pinging.cancel()
    with suppress(asyncio.CancelledError):
        await pinging
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        await database.close()
        await asyncio.sleep(0.1)
        gc.collect()
    assert [str(each.message) for each in told if "before being closed" in str(each.message)] == []
