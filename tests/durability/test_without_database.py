"""The running service without its database: citizens keep talking, and everything is in it once when it is back."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import aiohttp

from tests.citizen import Citizen
from tests.service import Service, wait_for

from .outage import Outage, all_written

PRICE = "combien coûte un passeport pour un adulte ?"
BACK_WITHIN = 90
"""Seconds, on a busy machine."""


def _waiting(service: Service) -> Path:
    return service.data_dir / "spool" / "waiting"


async def _turns(service: Service, citizen: Citizen) -> list[str]:
    query = "SELECT number, message_id FROM turns WHERE conversation_id = ? ORDER BY number"
    rows = await asyncio.to_thread(service.rows, query, citizen.id)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    return [row["message_id"] for row in rows]


async def _places(citizen: Citizen) -> list[int]:
    return [message["sequence"] for message in await citizen.copy()]


async def test_citizens_keep_talking_while_the_database_is_away(fragile: tuple[Service, Outage]) -> None:
    service, outage = fragile
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(base_url=service.url, timeout=timeout) as session:
        known, fresh = await Citizen.arrive(session), await Citizen.arrive(session)
        await known.say(PRICE, "k1")
        offered = known.titles[0]

        outage.begin()
        both = await asyncio.gather(known.say(PRICE, "k2"), fresh.press("Parler à une personne"))
        assert all(message["author"] == "bot" for messages in both for message in messages)
        assert "86" in known.said
        assert await known.say(PRICE, "k2") == both[0], "sent again, it is the same answer"
        assert await known.say(PRICE, "k1")
        await known.press(offered)
        newcomer = await Citizen.arrive(session)
        await newcomer.say(PRICE, "m1")
        assert "86" in newcomer.said

        # A request is not taken without its database: the words wait, and what comes after waits behind them.
        await fresh.say("Bonjour, il y a un trou dans ma rue, je veux le signaler", "r1")
        assert "Votre message est gardé" in fresh.said
        await fresh.say(PRICE, "r2")
        assert "Votre message est gardé" in fresh.said
        assert b"changement" not in _waiting(service).read_bytes()

        # Neither process remembers anything now: what waits is told by the spool.
        for part in service.parts().values():
            os.kill(part, signal.SIGKILL)
        await _engine_is_back(session)
        await newcomer.say("et pour mon fils de 8 ans ?", "m2")
        assert "17" in newcomer.said

        outage.end()
        await asyncio.to_thread(wait_for, lambda: all_written(service), BACK_WITHIN)
        assert (await _turns(service, known))[:2] == ["k1", "k2"]
        assert len(await _turns(service, known)) == 3
        assert (await _turns(service, fresh))[1:] == ["r1", "r2"]
        assert await _turns(service, newcomer) == ["m1", "m2"]
        for citizen in (known, fresh, newcomer):
            places = await _places(citizen)
            assert places == list(range(1, len(places) + 1))
        await known.say(PRICE, "later")
        assert "86" in known.said


async def _engine_is_back(session: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(BACK_WITHIN):
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get("/ready") as response:
                    if (await response.json())["engine"]:
                        return
            await asyncio.sleep(0.3)
