"""The engine dies under a citizen's hands: they are told, their message is kept, and it is answered by itself, once."""

import asyncio
import os
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.citizen import Citizen, Message
from tests.service import Service, wait_for

BACK_WITHIN = 90
"""Seconds in which the engine must be back, on a busy machine."""


@pytest.fixture
async def killed(service: Service) -> AsyncIterator[int]:
    """Kill the engine, and leave a service that answers behind."""
    engine = service.parts()["engine"]
    os.kill(engine, signal.SIGKILL)
    yield engine
    await asyncio.to_thread(wait_for, lambda: is_ready(service), BACK_WITHIN)


def is_ready(service: Service) -> bool:
    try:
        with urllib.request.urlopen(f"{service.url}/ready", timeout=5):
            return True
    except urllib.error.URLError:
        return False


async def test_a_message_to_a_dead_engine_is_kept_and_answered_by_itself_once(
    citizen: Citizen, service: Service, killed: int
) -> None:
    listening = citizen.listen()
    async with asyncio.timeout(BACK_WITHIN):
        await anext(listening)
        await citizen.say("combien coûte un passeport pour un adulte ?", "m1")
        [notice] = citizen.answer
        assert notice["author"] == "system"
        assert "Votre message est gardé" in citizen.said
        waiting = await citizen.copy()
        assert waiting[-1]["client_id"] == "m1", "the citizen's own words are not lost from their copy"

        # Sent again, as a program does that got no answer, it is still the one message.
        await citizen.say("combien coûte un passeport pour un adulte ?", "m1")
        assert citizen.answer == [notice]
        # What comes after waits for its turn.
        await citizen.say("et pour mon fils de 8 ans ?", "m2")

        pushed: list[Message] = []
        while not any("17" in message["text"] for message in pushed):
            pushed.append((await anext(listening))[1])
    await listening.aclose()
    said = [message.get("client_id") for message in pushed if message["author"] == "citizen"]
    assert said == ["m1", "m2"]
    copy = await citizen.copy()
    assert [message for message in copy if message["sequence"] > 2] == pushed
    turns = service.rows("SELECT message_id FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
    assert [turn["message_id"] for turn in turns] == ["m1", "m2"]
    assert service.rows("SELECT 1 FROM pending_messages") == []
    assert service.parts()["engine"] != killed
    answer = await citizen.say("combien coûte un passeport pour un adulte ?", "m1")
    assert answer == pushed[1 : 1 + len(answer)], "asked again afterwards, it is the answer that was given"


async def test_while_the_engine_is_away_it_is_said_and_the_rest_goes_on(
    session: aiohttp.ClientSession, service: Service, killed: int
) -> None:
    async with session.get("/ready") as response:
        assert (response.status, (await response.json())["engine"]) == (503, False)
    async with session.get("/health") as response:
        assert response.status == 200
    citizen = await Citizen.arrive(session, "en")
    assert "a machine, not a person" in citizen.said
    await citizen.say("hello")
    assert "Your message is kept" in citizen.said
    kept = service.rows("SELECT * FROM pending_messages WHERE conversation_id = ?", citizen.id)
    assert len(kept) == 1
    assert b"hello" not in kept[0]["text"]
    assert await citizen.erase()
    assert service.rows("SELECT 1 FROM pending_messages WHERE conversation_id = ?", citizen.id) == []


async def test_an_engine_that_dies_under_load_loses_and_doubles_nothing(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizens = [await Citizen.arrive(session) for _ in range(10)]

    async def talk(citizen: Citizen) -> None:
        for number in range(8):
            await citizen.say("combien coûte un passeport pour un adulte ?", f"m{number}")

    talks = [asyncio.create_task(talk(citizen)) for citizen in citizens]
    await asyncio.sleep(0.3)
    os.kill(service.parts()["engine"], signal.SIGKILL)
    await asyncio.gather(*talks)
    await asyncio.to_thread(wait_for, lambda: not service.rows("SELECT 1 FROM pending_messages"), BACK_WITHIN)
    for citizen in citizens:
        said = [message for message in await citizen.copy() if message["author"] == "citizen"]
        assert [message["client_id"] for message in said] == [f"m{number}" for number in range(8)]
