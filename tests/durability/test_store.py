"""Conversations that go on while the database is away, and are in it once, in order, when it is back."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from bot import pool
from bot.conversations import entries
from bot.conversations.erasure import erase
from bot.conversations.model import Author, Button, Command, Message
from bot.conversations.notice import opening
from bot.conversations.tables import MessageRow, TurnRow
from bot.conversations.turn import Turn
from bot.db import Database
from bot.errors import NotAllowed, Unavailable
from bot.privacy.encryption import Cipher

from .house import House
from .outage import Outage, cut, outage_of


@pytest.fixture
def outage(database_url: str) -> Iterator[Outage]:
    with outage_of(database_url) as outage:
        yield outage


@pytest.fixture
async def database(outage: Outage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """A database that can go away, and that says so sooner than in service."""
    # An outage here is shorter than the second in which a connection is trusted.
    monkeypatch.setattr(pool, "IDLE", 0.0)
    database = Database(outage.url)
    if database.is_sqlite:
        for engine in (database.engine, database._quick):
            event.listen(engine.sync_engine, "connect", lambda c, _: c.cursor().execute("PRAGMA busy_timeout=50"))
    yield database
    await database.close()


@pytest.fixture
def house(database: Database, cipher: Cipher, tmp_path: Path) -> House:
    return House(database, cipher, tmp_path / "spool")


async def turns_of(database: Database, conversation_id: str) -> list[tuple[int, str]]:
    query = select(TurnRow.number, TurnRow.message_id).where(TurnRow.conversation_id == conversation_id)
    async with database.reading() as session:
        return [(row.number, row.message_id) for row in await session.execute(query.order_by(TurnRow.id))]


async def _sequences(database: Database, conversation_id: str) -> list[int]:
    query = select(MessageRow.sequence).where(MessageRow.conversation_id == conversation_id)
    async with database.reading() as session:
        return list((await session.execute(query.order_by(MessageRow.sequence))).scalars())


async def test_a_conversation_goes_on_without_its_database_and_is_in_it_once_and_in_order(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    await house.say(conversation_id, "m1")
    outage.begin()
    for number in range(2, 6):
        await house.say(conversation_id, f"m{number}")
    outage.end()
    assert await house.replay.run() == {conversation_id}
    await house.say(conversation_id, "m6")
    assert await turns_of(database, conversation_id) == [(number, f"m{number}") for number in range(1, 7)]
    assert await _sequences(database, conversation_id) == list(range(1, 15))
    assert (await house.engine.state(conversation_id))[0] == {"said": [f"m{n}" for n in range(1, 7)]}


async def test_what_comes_after_goes_behind_what_waits_even_when_the_database_is_back(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    outage.begin()
    await house.gateway.vouch(conversation_id)
    await house.say(conversation_id, "m1")
    outage.end()
    await house.say(conversation_id, "m2")
    assert await turns_of(database, conversation_id) == []
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(1, "m1"), (2, "m2")]


async def test_a_message_sent_again_is_one_turn_wherever_the_first_went(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    before = await house.say(conversation_id, "before")
    outage.begin()
    assert [message.id for message in await house.say(conversation_id, "before")] == [each.id for each in before]
    during = await house.say(conversation_id, "during")
    assert [message.id for message in await house.say(conversation_id, "during")] == [each.id for each in during]
    outage.end()
    assert [message.id for message in await house.say(conversation_id, "during")] == [each.id for each in during]
    await house.replay.run()
    assert [message.wire() for message in await house.say(conversation_id, "during")] == [
        message.wire() for message in await house.gateway.messages_after(conversation_id, 5)
    ]
    assert [turn for _, turn in await turns_of(database, conversation_id)] == ["before", "during"]


async def test_a_message_that_a_forgetful_engine_answered_twice_is_one_turn(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    for number in range(6):
        await house.say(conversation_id, f"m{number}")
    outage.begin()
    turn = Turn(conversation_id, "m0", "Quel prix ?", messages=[Message(Author.BOT, "encore")])
    house.engine._spool.append(conversation_id, _entry(turn))
    outage.end()
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(number + 1, f"m{number}") for number in range(6)]
    assert (await house.engine.state(conversation_id))[0]["said"][-1] == "m5"


async def test_a_conversation_can_begin_without_a_database(house: House, outage: Outage, database: Database) -> None:
    outage.begin()
    conversation_id, token = await house.open()
    assert await house.gateway.recognise(conversation_id, token) == "fr"
    with pytest.raises(NotAllowed):
        await house.gateway.recognise(conversation_id, "another")
    with pytest.raises(Unavailable):
        await house.gateway.authenticate(conversation_id, token)
    await house.say(conversation_id, "m1")
    outage.end()
    with pytest.raises(Unavailable):  # "there is no such conversation" would be a lie
        await house.gateway.authenticate(conversation_id, token)
    await house.replay.run()
    assert (await house.gateway.authenticate(conversation_id, token)).messages == 4
    assert await _sequences(database, conversation_id) == [1, 2, 3, 4]
    assert await turns_of(database, conversation_id) == [(1, "m1")]


async def test_whoever_opened_a_conversation_is_known_when_the_database_goes_before_the_first_message(
    house: House, outage: Outage
) -> None:
    conversation_id, token = await house.open()
    outage.begin()
    assert await house.gateway.recognise(conversation_id, token) == "fr"


async def test_the_buttons_of_a_conversation_work_without_the_database(house: House, outage: Outage) -> None:
    conversation_id, _ = await house.open()
    offered = [Button(f"Choix {n}", Command("ask_delay", {"service": f"s{n}"})) for n in range(3)]
    await house.say(conversation_id, "m1", offered[0])
    outage.begin()
    await house.say(conversation_id, "m2", offered[1])
    assert await house.engine.command_of(conversation_id, offered[0].payload) == ("Choix 0", offered[0].command)
    assert await house.engine.command_of(conversation_id, offered[1].payload) == ("Choix 1", offered[1].command)
    another = await house.gateway.open("fr", None, opening("fr"))
    first = another[2][1].buttons[0]
    assert await house.engine.command_of(another[0], first.payload) == (first.title, first.command)


async def test_what_waits_is_known_after_a_restart_and_written_once(
    house: House, outage: Outage, database: Database, cipher: Cipher, tmp_path: Path
) -> None:
    outage.begin()
    conversation_id, token = await house.open()
    await house.say(conversation_id, "m1")
    restarted = House(database, cipher, tmp_path / "spool")
    assert await restarted.gateway.recognise(conversation_id, token) == "fr"
    await restarted.say(conversation_id, "m1")
    await restarted.say(conversation_id, "m2")
    outage.end()
    again = House(database, cipher, tmp_path / "spool")
    await again.replay.run()
    assert await turns_of(database, conversation_id) == [(1, "m1"), (2, "m2")]


async def test_a_replay_that_was_killed_before_its_end_begins_again_and_doubles_nothing(
    house: House, outage: Outage, database: Database, tmp_path: Path
) -> None:
    outage.begin()
    conversation_id, _ = await house.open()
    for number in range(3):
        await house.say(conversation_id, f"m{number}")
    await house.pending.keep(conversation_id, "m3", "Bonjour")
    waited = (tmp_path / "spool" / "waiting").read_bytes()
    outage.end()
    await house.replay.run()
    (tmp_path / "spool" / "waiting").write_bytes(waited)
    await house.replay.run()
    assert await turns_of(database, conversation_id) == [(number + 1, f"m{number}") for number in range(3)]
    assert await _sequences(database, conversation_id) == list(range(1, 9))
    assert [each.message_id for each in await house.pending.waiting()] == ["m3"]
    assert not house.replay.waits


async def test_a_database_that_stays_away_leaves_everything_in_the_spool(house: House, outage: Outage) -> None:
    conversation_id, _ = await house.open()
    outage.begin()
    await house.gateway.vouch(conversation_id)
    await house.say(conversation_id, "m1")
    assert await house.replay.run() == set()
    assert house.replay.waits
    assert (await house.engine.state(conversation_id, "m1"))[1]


async def test_a_full_spool_says_so_and_keeps_what_it_has(
    database: Database, outage: Outage, cipher: Cipher, tmp_path: Path
) -> None:
    small = House(database, cipher, tmp_path / "small", limit=7_000)
    conversation_id, _ = await small.open()
    await small.say(conversation_id, "m0")
    outage.begin()
    written = 1
    while small.engine._spool.size < 6_000:
        await small.say(conversation_id, f"m{written}")
        written += 1
    with pytest.raises(Unavailable) as caught:
        await small.say(conversation_id, "m" * 64)
    assert (caught.value.code, caught.value.data["retry_after"]) == ("spool-full", 30)
    with pytest.raises(Unavailable, match="later"):
        await small.pending.keep(conversation_id, "x" * 60, "y" * 2000)
    outage.end()
    await small.replay.run()
    assert await turns_of(database, conversation_id) == [(number + 1, f"m{number}") for number in range(written)]
    await small.say(conversation_id, f"m{written}")


async def test_a_conversation_that_only_the_gateway_knows_is_vouched_for_once(
    postgresql_url: str, cipher: Cipher, tmp_path: Path
) -> None:
    with cut(postgresql_url) as outage:
        database = Database(outage.url)
        house = House(database, cipher, tmp_path / "spool")
        fresh, _ = await house.open()
        known, _ = await house.open()
        await house.say(known, "m1")
        house.gateway.begun(known)
        outage.begin()
        with pytest.raises(Unavailable) as caught:
            await house.say(fresh, "m1")
        assert caught.value.code == "conversation-not-remembered"
        assert await house.gateway.vouch(fresh)
        await house.say(fresh, "m1")
        assert not await house.gateway.vouch(known)
        outage.end()
        await house.replay.run()
        assert await turns_of(database, fresh) == [(1, "m1")]
        assert await _sequences(database, fresh) == [1, 2, 3, 4]
        await database.close()


async def test_messages_wait_in_their_order_without_the_database(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    await house.pending.keep(conversation_id, "m1", "un")
    outage.begin()
    for message_id in ("m2", "m3", "m2"):
        await house.pending.keep(conversation_id, message_id, message_id)
    assert await house.pending.waits(conversation_id)
    outage.end()
    await house.replay.run()
    assert [each.message_id for each in await house.pending.waiting(conversation_id)] == ["m1", "m2", "m3"]


async def test_an_erased_conversation_does_not_come_back_from_the_spool(
    house: House, outage: Outage, database: Database
) -> None:
    conversation_id, _ = await house.open()
    await house.say(conversation_id, "m1")
    outage.begin()
    await house.say(conversation_id, "m2")
    outage.end()
    with pytest.raises(Unavailable):
        await house.gateway.forget(conversation_id)
    async with database.writing() as session:
        await erase(session, [conversation_id])  # by another machine
    await house.replay.run()
    assert not house.replay.waits
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM conversations"))).scalar_one() == 0
    with pytest.raises(Unavailable if house.replay.waits else NotAllowed):
        await house.gateway.authenticate(conversation_id, "")


async def test_an_sqlite_file_that_cannot_be_written_or_read_sends_everything_to_the_spool(
    sqlite_url: str, cipher: Cipher, tmp_path: Path
) -> None:
    readable = Database(sqlite_url)
    house = House(readable, cipher, tmp_path / "spool")
    conversation_id, _ = await house.open()
    await house.say(conversation_id, "m1")
    await readable.close()
    read_only = Database(f"sqlite+aiosqlite:///file:{tmp_path}/guichet.db?mode=ro&uri=true")
    damaged_file = tmp_path / "damaged.db"
    damaged_file.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    damaged = Database(f"sqlite+aiosqlite:///{damaged_file}")
    for number, broken in enumerate((read_only, damaged), start=2):
        for store in (house.gateway, house.engine):
            store.database = broken
        await house.say(conversation_id, f"m{number}")
        await broken.close()
    await house.replay.run()
    assert await turns_of(readable, conversation_id) == [(1, "m1"), (2, "m2"), (3, "m3")]
    await readable.close()


def _entry(turn: Turn) -> dict[str, Any]:
    return entries.of_turn(turn, {"said": ["lost"]}, "fr", "Quel prix ?")
