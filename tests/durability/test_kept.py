"""The engine is back before the database: what was kept is answered at once, and is in the log once in the end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.assistant import AWAY
from bot.db import Database
from bot.errors import Unavailable
from bot.privacy.encryption import Cipher
from bot.relay import Relay
from bot.web.hub import Hub
from bot.web.keeper import Keeper
from bot.web.metrics import Metrics

from .outage import Cut, cut
from .test_store import House, turns_of


class Engine:
    """The engine's side of the house; it can be away."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.away = True

    async def answer(self, conversation_id: str, message_id: str, text: str) -> list[dict[str, Any]]:
        if self.away:
            raise Unavailable("Nobody is there.", code=AWAY)
        return [message.wire() for message in await self.house.say(conversation_id, message_id)]


@pytest.fixture
def outage(postgresql_url: str) -> Iterator[Cut]:
    with cut(postgresql_url) as proxy:
        yield proxy


@pytest.fixture
async def house(outage: Cut, cipher: Cipher, tmp_path: Path) -> AsyncIterator[House]:
    database = Database(outage.url)
    yield House(database, cipher, tmp_path / "spool")
    await database.close()


def _keeper(house: House, engine: Engine) -> tuple[Keeper, Hub]:
    hub = Hub()
    return Keeper(house.gateway, house.pending, house.replay, engine, hub, Relay(house.database), Metrics()), hub  # type: ignore[arg-type]


async def _until_shown(hub: Hub, keeper: Keeper, conversation_id: str, count: int) -> list[str]:
    """Let the keeper work until a stream that listens was given so many messages; return their words."""
    work = asyncio.create_task(keeper.run())
    shown: list[dict[str, Any]] = []
    with hub.listening(conversation_id) as bell:
        async with asyncio.timeout(60):
            while len(shown) < count:
                await bell.wait()
                bell.clear()
                shown += bell.take()
    work.cancel()
    return [message["text"] for message in shown]


@pytest.mark.parametrize("kept_in", ["spool", "database"])
async def test_an_engine_that_is_back_before_the_database_answers_what_was_kept(
    house: House, outage: Cut, kept_in: str
) -> None:
    engine = Engine(house)
    keeper, hub = _keeper(house, engine)
    conversation_id, _ = await house.open()
    if kept_in == "database":
        [kept] = await keeper.send(conversation_id, "m1", "Quel prix ?", "fr")
        outage.begin()
    else:
        outage.begin()
        [kept] = await keeper.send(conversation_id, "m1", "Quel prix ?", "fr")
    assert "gardé" in kept["text"]
    await keeper.send(conversation_id, "m2", "Et le délai ?", "fr")
    engine.away = False

    assert await _until_shown(hub, keeper, conversation_id, 2) == ["Réponse à m1", "Réponse à m2"]
    assert not await house.pending.waits(conversation_id)
    [answer] = await keeper.send(conversation_id, "m3", "Merci", "fr")
    assert answer["text"] == "Réponse à m3", "nothing waits any more: the citizen is answered at once"

    outage.end()
    await house.replay.run()
    await keeper._answer_kept()
    assert await turns_of(house.database, conversation_id) == [(1, "m1"), (2, "m2"), (3, "m3")]
    assert await house.pending.waiting() == []


async def test_a_restarted_gateway_finds_in_the_spool_what_it_had_kept(
    house: House, outage: Cut, cipher: Cipher, tmp_path: Path
) -> None:
    outage.begin()
    conversation_id, _ = await house.open()
    keeper, _ = _keeper(house, Engine(house))
    await keeper.send(conversation_id, "m1", "Quel prix ?", "fr")
    again = House(house.database, cipher, tmp_path / "spool")
    engine = Engine(again)
    engine.away = False
    keeper, hub = _keeper(again, engine)
    assert await _until_shown(hub, keeper, conversation_id, 1) == ["Réponse à m1"]


async def test_what_cannot_be_answered_yet_goes_on_waiting(house: House, outage: Cut) -> None:
    outage.begin()
    conversation_id, _ = await house.open()
    keeper, _ = _keeper(house, Engine(house))
    await keeper.send(conversation_id, "m1", "Quel prix ?", "fr")
    await keeper._answer_kept()
    assert await house.pending.waits(conversation_id)
    assert [each.message_id for each in await house.pending.remembered()] == ["m1"]


async def test_what_a_gateway_kept_that_is_gone_is_answered_by_another(
    house: House, cipher: Cipher, tmp_path: Path
) -> None:
    conversation_id, _ = await house.open()
    gone, _ = _keeper(house, Engine(house))
    elsewhere = House(house.database, cipher, tmp_path / "another machine")
    engine = Engine(elsewhere)
    engine.away = False
    other, hub = _keeper(elsewhere, engine)
    await other._answer_kept()  # it knows that nothing waits
    assert not other._work.is_set()
    await gone.send(conversation_id, "m1", "Quel prix ?", "fr")
    work = asyncio.create_task(other.run())
    with hub.listening(conversation_id) as bell:
        await asyncio.wait_for(bell.wait(), 60)
    work.cancel()
    assert await turns_of(house.database, conversation_id) == [(1, "m1")]
    assert await elsewhere.pending.waiting() == []


async def test_an_engine_alone_on_its_machine_writes_what_waited_there(
    house: House, outage: Cut, cipher: Cipher, tmp_path: Path
) -> None:
    conversation_id, _ = await house.open()
    alone = House(house.database, cipher, tmp_path / "another machine")
    await alone.say(conversation_id, "m1")
    outage.begin()
    await alone.say(conversation_id, "m2")
    told = asyncio.Event()
    work = asyncio.create_task(alone.replay.go_on(lambda written: told.set()))
    outage.end()
    await asyncio.wait_for(told.wait(), 60)
    work.cancel()
    assert await turns_of(house.database, conversation_id) == [(1, "m1"), (2, "m2")]
