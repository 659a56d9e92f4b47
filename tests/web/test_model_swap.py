"""Another model is put in service while citizens talk: nothing is lost, and a bad one never gets there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import __version__
from bot.learning.models import promote
from bot.learning.promotion import put_back, put_in_service, wait_in_service
from tests.citizen import Citizen
from tests.service import Service


@pytest.fixture
async def engine(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of the engine, which knows its secret."""
    url, token = service.engine()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=headers, timeout=aiohttp.ClientTimeout(total=90)) as client:
        yield client


async def swap(engine: aiohttp.ClientSession, name: Any) -> tuple[int, dict[str, Any]]:
    async with engine.post("/model", json={"file": name}) as response:
        return response.status, await response.json(content_type=None)


async def in_service(engine: aiohttp.ClientSession) -> str:
    async with engine.get("/ready") as response:
        return str((await response.json())["model"])


@pytest.fixture
def other_model(service: Service, archive: Path) -> Iterator[str]:
    """The same model under another name."""
    # Without a pointer the newest serves, and here both are of the same second.
    promote(service.models, archive.name)
    link = service.models / "another.tar.gz"
    link.symlink_to(archive)
    yield link.name
    link.unlink()


async def test_a_swap_under_load_loses_nothing(
    service: Service,
    session: aiohttp.ClientSession,
    engine: aiohttp.ClientSession,
    other_model: str,
    archive: Path,
) -> None:
    citizens = [await Citizen.arrive(session) for _ in range(5)]
    swapped = asyncio.create_task(swap(engine, other_model))
    sent = 0
    while not swapped.done():
        await asyncio.gather(*(each.say("combien coûte un passeport pour un adulte ?") for each in citizens))
        assert all("86" in each.said for each in citizens)
        sent += 1
    assert await swapped == (200, {"ready": True, "model": other_model})
    assert sent > 1, "citizens were answered while the model was loaded"
    await asyncio.gather(*(each.say("et pour mon fils de 8 ans ?") for each in citizens))
    for citizen in citizens:
        assert "17 €" in citizen.said, "what was said before the swap is not forgotten"
        turns = service.rows("SELECT model FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
        assert len(turns) == sent + 1
        assert turns[0]["model"] == archive.name
        assert turns[-1]["model"] == other_model
    assert (await swap(engine, archive.name))[0] == 200


async def test_a_promotion_and_the_way_back_lose_nothing_under_load(
    service: Service,
    session: aiohttp.ClientSession,
    engine: aiohttp.ClientSession,
    other_model: str,
    archive: Path,
) -> None:
    card = service.models / other_model.replace(".tar.gz", ".card.json")
    card.symlink_to(archive.with_name(archive.name.replace(".tar.gz", ".card.json")))
    citizens = [await Citizen.arrive(session) for _ in range(3)]

    async def talk_until(served: asyncio.Task[bool]) -> None:
        while not served.done():
            await asyncio.gather(*(each.say("combien coûte un passeport pour un adulte ?") for each in citizens))
            assert all("86" in each.said for each in citizens)
        assert await served

    try:
        assert put_in_service(service.models, other_model) == archive.name
        await talk_until(asyncio.create_task(wait_in_service(service.models, other_model)))
        assert await in_service(engine) == other_model
        assert put_back(service.models) == archive.name
        await talk_until(asyncio.create_task(wait_in_service(service.models, archive.name)))
        assert await in_service(engine) == archive.name
    finally:
        card.unlink()


@pytest.mark.parametrize(
    "content", [b"", b"this is no archive", b"\x1f\x8b\x08\x00" + b"\x00" * 100], ids=["empty", "words", "cut"]
)
async def test_an_archive_that_is_no_model_is_refused_by_name_and_the_old_one_serves(
    service: Service, citizen: Citizen, engine: aiohttp.ClientSession, content: bytes
) -> None:
    before = await in_service(engine)
    bad = service.models / "bad-model.tar.gz"
    bad.write_bytes(content)
    try:
        status, problem = await swap(engine, bad.name)
    finally:
        bad.unlink()
    assert (status, problem["code"]) == (500, "bad-model")
    assert bad.name in problem["detail"]
    assert await in_service(engine) == before
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said


@pytest.mark.parametrize("name", ["nothing.tar.gz", "../secret.tar.gz", "/etc/passwd", "current", "", None, 12])
async def test_what_is_no_model_of_the_folder_is_refused(engine: aiohttp.ClientSession, name: Any) -> None:
    before = await in_service(engine)
    status, problem = await swap(engine, name)
    assert status in (422, 500)
    assert problem["code"] in ("unprocessable", "no-model")
    assert await in_service(engine) == before


async def test_an_engine_tells_its_version_to_who_upgrades_a_town_part_by_part(engine: aiohttp.ClientSession) -> None:
    async with engine.get("/ready") as response:
        told = await response.json()
    assert (told["ready"], told["version"]) == (True, __version__)


@pytest.mark.parametrize("call", ["POST /answer", "POST /parse", "POST /model", "GET /ready"])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}])
async def test_the_engine_answers_the_gateway_only(service: Service, call: str, header: dict[str, str]) -> None:
    method, path = call.split()
    async with (
        aiohttp.ClientSession(service.engine()[0]) as client,
        client.request(method, path, json={}, headers=header) as response,
    ):
        assert response.status == 401
        assert (await response.json(content_type=None))["code"] == "wrong-token"
