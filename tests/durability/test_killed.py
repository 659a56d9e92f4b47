"""Engine and gateway are killed while several citizens talk: what was acknowledged is in the log, once."""

import asyncio
import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.service import Service, wait_for

from .conftest import GENEROUS
from .outage import Outage, all_written

PRICE = "combien coûte un passeport pour un adulte ?"
CITIZENS = 4
MESSAGES = 12
KILLED = ("gateway", "engine", "gateway")
BACK_WITHIN = 120
"""Seconds, on a busy machine."""


async def _talk(citizen: Citizen) -> list[str]:
    """Send messages as the widget does, each again until it is acknowledged; return their identifiers."""
    sent = [f"m{number}" for number in range(MESSAGES)]
    for message_id in sent:
        status = 0
        while status != 200:
            with suppress(aiohttp.ClientError):
                status, _ = await citizen.post({"id": message_id, "text": PRICE})
            await asyncio.sleep(0 if status == 200 else 0.2)
        await asyncio.sleep(random.uniform(0, 0.3))
    return sent


async def _kill(service: Service) -> None:
    for name in KILLED:
        await asyncio.sleep(random.uniform(0.1, 1.0))
        os.kill((await asyncio.to_thread(wait_for, lambda name=name: service.parts().get(name))), signal.SIGKILL)


@pytest.mark.slow
async def test_two_engines_on_one_sqlite_lose_and_double_nothing(new_service: Callable[..., Any]) -> None:
    with new_service(engines=2, **GENEROUS) as service:
        await _kill_under_load(service)


async def test_whoever_is_killed_under_load_loses_and_doubles_nothing(fragile: tuple[Service, Outage]) -> None:
    await _kill_under_load(fragile[0])


async def _kill_under_load(service: Service) -> None:
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(base_url=service.url, timeout=timeout) as session, asyncio.timeout(BACK_WITHIN):
        citizens = [await Citizen.arrive(session) for _ in range(CITIZENS)]
        *sent, _ = await asyncio.gather(*(_talk(citizen) for citizen in citizens), _kill(service))
        await asyncio.to_thread(wait_for, lambda: all_written(service), BACK_WITHIN)
        for citizen, acknowledged in zip(citizens, sent, strict=True):
            query = "SELECT number, message_id FROM turns WHERE conversation_id = ? ORDER BY number"
            turns = await asyncio.to_thread(service.rows, query, citizen.id)
            assert [(turn["number"], turn["message_id"]) for turn in turns] == [*enumerate(acknowledged, start=1)]
            copy = await citizen.copy()
            assert [each["client_id"] for each in copy if each["author"] == "citizen"] == acknowledged
            assert [each["sequence"] for each in copy] == list(range(1, len(copy) + 1))
        for citizen in citizens:
            await citizen.say("et pour mon fils de 8 ans ?")
            assert "17" in citizen.said, "the conversation goes on where it was"
