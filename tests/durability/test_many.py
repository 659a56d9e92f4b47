"""Two gateways and three engines on one PostgreSQL: whoever dies, what was acknowledged is there once."""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest

from bot.db import Database
from bot.migrations import upgrade
from tests.citizen import Citizen, Message
from tests.conftest import created
from tests.journeys.player import file_request
from tests.service import wait_for

from .town import READY_WITHIN, Town

PRICE = "combien coûte un passeport pour un adulte ?"
TALKERS, FILERS = 4, 2
WITHIN = 300
"""Seconds, on a busy machine."""


class Patient(Citizen):
    """A citizen's program that sends a message again, through any gateway, until it is acknowledged and answered.

    Attributes:
        sent: the identifiers of what was said, in their order.
        kept: how many messages were acknowledged before they were answered.
    """

    doors: list[aiohttp.ClientSession]

    @classmethod
    async def comes(cls, doors: list[aiohttp.ClientSession]) -> "Patient":
        """Open a conversation through any gateway."""
        while True:
            with suppress(aiohttp.ClientError):
                patient = await cls.arrive(random.choice(doors))
                assert isinstance(patient, Patient)
                patient.doors, patient.sent, patient.kept = doors, [], 0
                return patient
            await asyncio.sleep(0.2)

    async def say(self, text: str, message_id: str | None = None) -> list[Message]:
        """Say something and return the answer."""
        message_id = message_id or str(uuid4())
        self.sent.append(message_id)
        acknowledged = False
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                self._session = random.choice(self.doors)
                status, body = await self.post({"id": message_id, "text": text})
                assert status in (200, 503), body
                if status == 200 and not any(each["id"].startswith("kept-") for each in body["messages"]):
                    break
                self.kept += status == 200 and not acknowledged
                acknowledged = acknowledged or status == 200
            await asyncio.sleep(0.2)
        self.answer = body["messages"]
        self._seen += self.answer
        await asyncio.sleep(0.1)  # they read
        return self.answer


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, archive: Path, postgresql: psycopg.Connection
) -> Iterator[tuple[Town, Path]]:
    """A town with two gateways and three engines, and the file of its letters (SMS)."""
    folder = tmp_path_factory.mktemp("town")
    letters = folder / "letters.jsonl"
    generous = {"messages_a_minute": 100_000, "conversations_an_hour": 100_000}
    with created(postgresql) as address:
        asyncio.run(_migrate(address))
        town = Town(
            folder / "project", archive, address, gateways=2, engines=3, sms_file=letters, engine_timeout=30, **generous
        )
        try:
            town.start()
            yield town, letters
        finally:
            town.stop()


async def _migrate(address: str) -> None:
    database = Database(address)
    await upgrade(database)
    await database.close()


@pytest.fixture
async def doors(town: tuple[Town, Path]) -> Any:
    """An HTTP client of each gateway."""
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=60)
        yield [
            await stack.enter_async_context(aiohttp.ClientSession(base_url=gateway.url, timeout=timeout))
            for gateway in town[0].gateways
        ]


async def test_what_is_said_at_one_gateway_is_pushed_at_the_other(doors: list[aiohttp.ClientSession]) -> None:
    here = await Citizen.arrive(doors[0])
    there = Citizen(doors[1], {"id": here.id, "token": here.token, "messages": []})
    pushed = there.listen()
    async with asyncio.timeout(15):  # a stream looks by itself after twenty
        assert await anext(pushed) == ("", {})
        said = await here.say(PRICE)
        texts = [(await anext(pushed))[1]["text"] for _ in range(len(said) + 1)]
    assert texts[1:] == [message["text"] for message in said]
    await pushed.aclose()


async def test_letters_are_sent_once_by_two_gateways(
    town: tuple[Town, Path], doors: list[aiohttp.ClientSession]
) -> None:
    running, letters = town
    filed = [await file_request(await Citizen.arrive(door), "Signaler", "Confirmer") for door in doors * 2]

    def sent() -> bool:
        return not running.rows("SELECT 1 FROM outbox WHERE status IN ('waiting', 'sending')")

    await asyncio.to_thread(wait_for, sent, 60)
    expected = running.rows("SELECT id FROM outbox WHERE channel = 'sms' AND status = 'sent'")
    assert len(expected) == len(filed)
    assert len(_letters(letters)) == len(filed)
    runs = running.rows("SELECT name FROM jobs WHERE done_at IS NOT NULL")
    assert {"notifications", "sessions", "purge"} <= {row["name"] for row in runs}


def _letters(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_whoever_is_killed_among_five_loses_and_doubles_nothing(
    town: tuple[Town, Path], doors: list[aiohttp.ClientSession]
) -> None:
    running, _ = town
    over = asyncio.Event()
    async with asyncio.timeout(WITHIN):
        talkers = [await Patient.comes(doors) for _ in range(TALKERS)]
        filers: list[Patient] = []
        await asyncio.gather(
            *(_talk(each, over) for each in talkers),
            *(_file(doors, filers, over) for _ in range(FILERS)),
            _kill(running, over),
        )
        await asyncio.to_thread(wait_for, lambda: not running.rows("SELECT 1 FROM pending_messages"), 60)
    for citizen in [*talkers, *filers]:
        query = "SELECT number, message_id FROM turns WHERE conversation_id = %s ORDER BY number"
        turns = await asyncio.to_thread(running.rows, query, citizen.id)
        assert [(turn["number"], turn["message_id"]) for turn in turns] == [*enumerate(citizen.sent, start=1)]
        copy = await citizen.copy()
        assert [each["client_id"] for each in copy if each["author"] == "citizen"] == citizen.sent
        assert [each["sequence"] for each in copy] == list(range(1, len(copy) + 1))
    for citizen in filers:
        requests = running.rows("SELECT reference, state FROM requests WHERE conversation_id = %s", citizen.id)
        assert requests == [{"reference": citizen.request["reference"], "state": "filed"}]
    assert len(filers) >= FILERS
    await talkers[0].say("et pour mon fils de 8 ans ?")
    assert "17" in talkers[0].said, "the conversation goes on where it was"


async def _talk(citizen: Patient, over: asyncio.Event) -> None:
    while not over.is_set():
        await citizen.say(PRICE)
        await asyncio.sleep(random.uniform(0, 1))


async def _file(doors: list[aiohttp.ClientSession], filers: list[Patient], over: asyncio.Event) -> None:
    while not over.is_set():
        citizen = await Patient.comes(doors)
        await file_request(citizen, "Signaler", "Confirmer")
        filers.append(citizen)


async def _kill(running: Town, over: asyncio.Event) -> None:
    one, two, three = running.engines
    for victim in (one, running.gateways[0], two, running.gateways[1], three):
        await asyncio.sleep(random.uniform(1, 2))
        victim.kill()
        await asyncio.sleep(1)
        victim.start()
        if victim.kind == "gateway":
            await asyncio.to_thread(wait_for, victim.is_ready, READY_WITHIN)
    for process in running.processes:
        await asyncio.to_thread(wait_for, process.is_ready, READY_WITHIN)
    over.set()
