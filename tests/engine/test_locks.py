"""Two engines never answer one conversation at once, on one machine or on several; who dies holds nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database
from bot.engine import locks
from bot.engine.locks import ConversationLocks
from bot.engine.locks_postgresql import AdvisoryLocks
from bot.errors import Unavailable
from tests.conftest import ROOT
from tests.durability.outage import cut

HOLD = """
import asyncio, sys
from pathlib import Path
from bot.db import Database
from bot.engine.locks import ConversationLocks

async def hold():
    async with ConversationLocks(Database(sys.argv[1]), Path(sys.argv[2])).lock("c1"):
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


@pytest.fixture
async def server(postgresql_url: str) -> AsyncIterator[Database]:
    database = Database(postgresql_url)
    yield database
    await database.close()


async def _waits(mine: ConversationLocks, conversation_id: str, seconds: float = 0.3) -> bool:
    async def hold() -> None:
        async with mine.lock(conversation_id):
            pass

    try:
        await asyncio.wait_for(hold(), seconds)
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("same_machine", [True, False])
async def test_another_process_waits_and_is_given_what_a_killed_one_held(
    postgresql_url: str, sqlite_url: str, tmp_path: Path, same_machine: bool
) -> None:
    url = sqlite_url if same_machine else postgresql_url
    theirs, ours = (tmp_path / name for name in (("a", "a") if same_machine else ("a", "b")))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, url, str(theirs), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    database = Database(url)
    mine = ConversationLocks(database, ours)
    assert await _waits(mine, "c1")
    assert not await _waits(mine, "c2", 10), "another conversation is free"
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert not await _waits(mine, "c1", 10)
    await mine.close()
    await database.close()


async def test_messages_of_one_conversation_are_taken_in_their_order_and_others_meanwhile(
    server: Database, tmp_path: Path
) -> None:
    mine = ConversationLocks(server, tmp_path)
    done: list[str] = []
    begun = asyncio.Event()

    async def answer(conversation_id: str, name: str, seconds: float) -> None:
        async with mine.lock(conversation_id):
            begun.set()
            await asyncio.sleep(seconds)
            done.append(name)

    first = asyncio.create_task(answer("c1", "first", 0.3))
    await begun.wait()
    second = asyncio.create_task(answer("c1", "second", 0))
    await answer("c2", "elsewhere", 0)
    await asyncio.gather(first, second)
    assert done == ["elsewhere", "first", "second"]
    await mine.close()


async def test_a_conversation_that_stays_busy_elsewhere_is_said_to_be(
    server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    mine, theirs = (ConversationLocks(server, tmp_path / name) for name in "ab")
    async with theirs.lock("c1"):
        with pytest.raises(Unavailable) as caught:
            async with mine.lock("c1"):
                pass
    assert caught.value.code == "conversation-busy"
    assert not await _waits(mine, "c1", 10), "what was taken on the way was given back"
    await mine.close()
    await theirs.close()


async def test_an_engine_that_hangs_does_not_keep_its_conversation_for_ever(
    server: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    monkeypatch.setattr(locks, "LIFETIME", 0.5)
    mine, hanging = (ConversationLocks(server, tmp_path / name) for name in "ab")
    async with hanging.lock("c1"):
        refused = 0
        async with asyncio.timeout(20):
            while True:
                try:
                    async with mine.lock("c1"):
                        break
                except Unavailable:
                    refused += 1
        assert refused > 1, "it is waited for before"
    await mine.close()
    await hanging.close()


async def test_a_lock_that_went_with_its_connection_is_taken_anew(server: Database) -> None:
    mine = AdvisoryLocks(server)
    assert await mine.take(1)
    async with server.writing() as session:
        query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1"
        await session.execute(text(query))
    await mine.give_back(1)
    assert await mine.take(2) or await mine.take(2)
    assert await mine.take(1)
    await mine.close()


async def test_while_the_server_is_away_this_machine_goes_on_alone(postgresql_url: str, tmp_path: Path) -> None:
    with cut(postgresql_url) as outage:
        database = Database(outage.url)
        mine = ConversationLocks(database, tmp_path)
        assert not await _waits(mine, "c1", 10)
        outage.begin()
        assert not await _waits(mine, "c1", 10)
        outage.end()
        await mine.close()
        await database.close()
