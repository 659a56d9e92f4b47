"""What goes wrong in the night: a full disk, a database that may only be read or is slow, an engine that hangs, a
clock that goes back. Each fault is a real one; nothing that was acknowledged is lost, and nothing is there twice."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import event, text

from bot import db
from bot.db import Database
from bot.engine.client import EngineClient
from bot.errors import Unavailable
from bot.jobs import Job, Scheduler
from bot.privacy.encryption import Cipher
from bot.web.keys import PENDING
from tests.citizen import Citizen
from tests.web.gateway import gateway

from .house import House
from .outage import Cut, cut
from .test_store import turns_of


@contextmanager
def _full_disk(path: Path) -> Iterator[None]:
    """Let no file of this process grow beyond what one has, as on a disk without space."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_database_whose_disk_is_full_sends_everything_to_the_spool_until_there_is_space(
    sqlite_url: str, cipher: Cipher, tmp_path: Path
) -> None:
    pages = {"most": 1_000_000}
    database = Database(sqlite_url)
    for engine in (database.engine, database._quick):
        # SQLite's own way to have no more space: each connection is told how large the file may become.
        event.listen(
            engine.sync_engine,
            "begin",
            lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages['most']}"),
        )
    house = House(database, cipher, tmp_path / "spool")
    conversation_id, _ = await house.open()
    await house.say(conversation_id, "m0")
    pages["most"] = 1
    written = 1
    while not house.replay.waits:
        await house.say(conversation_id, f"m{written}")
        written += 1
        assert written < 2000
    for _ in range(3):
        await house.say(conversation_id, f"m{written}")
        written += 1
    pages["most"] = 1_000_000
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(number + 1, f"m{number}") for number in range(written)]
    await database.close()


async def test_when_the_spool_has_no_space_either_it_is_said_and_what_was_acknowledged_stays(
    sqlite_url: str, cipher: Cipher, tmp_path: Path
) -> None:
    house = House(Database(sqlite_url), cipher, tmp_path / "spool")
    conversation_id, _ = await house.open()
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    away = Database(f"sqlite+aiosqlite:///{damaged}")
    for store in (house.gateway, house.engine):
        store.database = away
    await house.gateway.vouch(conversation_id)
    await house.say(conversation_id, "m0")
    with _full_disk(tmp_path / "spool" / "waiting"), pytest.raises(Unavailable) as caught:
        await house.say(conversation_id, "m1")
    assert (caught.value.code, caught.value.data["retry_after"]) == ("spool-full", 30)
    await house.say(conversation_id, "m1")
    await house.replay.run()
    assert await turns_of(house.database, conversation_id) == [(1, "m0"), (2, "m1")]
    await away.close()
    await house.database.close()


async def test_a_postgresql_that_may_only_be_read_is_one_that_is_away_for_what_is_written(
    postgresql_url: str, cipher: Cipher, tmp_path: Path
) -> None:
    database = Database(postgresql_url)
    standby = Database(f"{postgresql_url}?options=-c%20default_transaction_read_only%3Don")
    house = House(database, cipher, tmp_path / "spool")
    conversation_id, token = await house.open()
    await house.say(conversation_id, "m0")
    for store in (house.gateway, house.engine):
        store.database = standby
    await house.say(conversation_id, "m1")
    assert house.replay.waits
    assert await house.gateway.recognise(conversation_id, token) == "fr"
    with pytest.raises(Unavailable):
        async with standby.writing() as session:
            await session.execute(text("DELETE FROM conversations"))
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(1, "m0"), (2, "m1")]
    await standby.close()
    await database.close()


@pytest.fixture
def slow(postgresql_url: str) -> Iterator[Cut]:
    with cut(postgresql_url) as proxy:
        yield proxy
        proxy.delay = 0.0


async def test_a_slow_database_loses_nothing(slow: Cut, cipher: Cipher, tmp_path: Path) -> None:
    database = Database(slow.url)
    house = House(database, cipher, tmp_path / "spool")
    conversation_id, _ = await house.open()
    slow.delay = 0.05
    for number in range(3):
        await house.say(conversation_id, f"m{number}")
    slow.delay = 0.0
    assert not house.replay.waits
    assert await turns_of(database, conversation_id) == [(number + 1, f"m{number}") for number in range(3)]
    await database.close()


async def test_a_database_that_takes_calls_and_answers_none_is_given_up_and_the_spool_takes_over(
    slow: Cut, cipher: Cipher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.5)
    database = Database(slow.url)
    house = House(database, cipher, tmp_path / "spool")
    conversation_id, _ = await house.open()
    await house.say(conversation_id, "m0")
    slow.delay = 3600.0
    async with asyncio.timeout(60):
        await house.say(conversation_id, "m1")
    assert house.replay.waits
    slow.begin()
    slow.delay = 0.0
    slow.end()
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(1, "m0"), (2, "m1")]
    await database.close()


@pytest.fixture
async def engine() -> AsyncIterator[tuple[TestServer, dict[str, bool]]]:
    """An engine that listens, and hangs as long as it is told to."""
    state = {"hangs": True}

    async def answer(request: web.Request) -> web.Response:
        while state["hangs"]:  # noqa: ASYNC110 - it hangs
            await asyncio.sleep(0.05)
        return web.json_response({"messages": [{"id": "1", "author": "bot", "text": "Voici.", "buttons": []}]})

    app = web.Application()
    app.router.add_post("/answer", answer)
    server = TestServer(app)
    await server.start_server()
    yield server, state
    state["hangs"] = False
    await server.close()


async def test_a_message_to_an_engine_that_hangs_is_kept_and_answered_when_it_comes_to_itself(
    engine: tuple[TestServer, dict[str, bool]], tmp_path: Path, migrated_file: Path
) -> None:
    server, state = engine
    url = f"http://127.0.0.1:{server.port}"
    async with gateway(tmp_path, migrated_file, lambda: EngineClient(url, "token", 0.3)) as client:
        citizen = await Citizen.arrive(client)  # type: ignore[arg-type]
        await citizen.say("combien coûte un passeport ?", "m1")
        assert "Votre message est gardé" in citizen.said
        assert (await citizen.copy())[-1]["client_id"] == "m1"
        async with client.get("/health") as response:
            assert response.status == 200
        state["hangs"] = False
        waits = client.app[PENDING].waits
        async with asyncio.timeout(30):
            while await waits(citizen.id):  # noqa: ASYNC110 - it is answered by a task of its own
                await asyncio.sleep(0.1)


async def test_when_the_clock_goes_back_jobs_go_on_and_messages_stay_in_their_order(
    database: Database, cipher: Cipher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    async def work() -> str:
        ran.append("ran")
        return ""

    def late() -> Scheduler:
        return Scheduler(database, [Job("work", timedelta(minutes=5), work)])

    real = db.now
    house = House(database, cipher, tmp_path / "spool")
    conversation_id, token = await house.open()
    for module in ("bot.jobs", "bot.conversations.store", "bot.conversations.turn_rows"):
        monkeypatch.setattr(f"{module}.now", lambda: real() + timedelta(days=365), raising=False)
    await late().run_due()
    await late().run_due()
    await house.say(conversation_id, "m0")
    monkeypatch.undo()
    await house.say(conversation_id, "m1")
    assert ran == ["ran"]
    # Known to be later by a clock that was wrong: it must not wait for a year.
    await late().run_due()
    assert ran == ["ran", "ran"]
    assert await turns_of(database, conversation_id) == [(1, "m0"), (2, "m1")]
    messages = await house.gateway.messages_after(conversation_id, 2)
    assert [message.text for message in messages if message.author == "bot"] == ["Réponse à m0", "Réponse à m1"]
    assert await house.gateway.recognise(conversation_id, token) == "fr"
