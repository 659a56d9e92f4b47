"""A program that goes too fast is told to wait, and for how long; nobody else is slowed down."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.engine.client import EngineClient
from bot.settings import Settings
from bot.web.app import create_gateway
from tests.citizen import Citizen
from tests.service import ROOT, Service
from tests.web.test_errors import problem_of


@pytest.fixture
async def strict(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    """A second gateway of the same service, with low limits."""
    settings = Settings(
        data_dir=service.data_dir, catalogue_dir=ROOT / "data", messages_a_minute=3, conversations_an_hour=3
    )
    url, token = service.engine()
    app = create_gateway(settings, lambda: EngineClient(url, token, settings.engine_timeout))
    async with TestClient(TestServer(app)) as client:
        yield client  # type: ignore[misc]


async def test_messages_that_come_too_fast_are_refused_with_the_time_to_wait(strict: aiohttp.ClientSession) -> None:
    hasty, calm = await Citizen.arrive(strict), await Citizen.arrive(strict)
    for _ in range(3):
        await hasty.say("bonjour")
    path = f"/api/conversations/{hasty.id}/messages"
    async with strict.post(path, json={"text": "bonjour"}, headers=hasty.headers) as response:
        problem = await problem_of(response, 429)
        assert problem["code"] == "slow-down"
        assert int(response.headers["Retry-After"]) == problem["retry_after"]
        assert 1 <= problem["retry_after"] <= 60
    await calm.say("bonjour")
    assert len([message for message in await hasty.copy() if message["author"] == "citizen"]) == 3


async def test_conversations_opened_too_fast_are_refused(strict: aiohttp.ClientSession) -> None:
    for _ in range(3):
        await Citizen.arrive(strict)
    async with strict.post("/api/conversations", json={}) as response:
        problem = await problem_of(response, 429)
    assert problem["retry_after"] <= 3600 / 3 + 1


async def test_what_is_refused_for_another_reason_does_not_count(strict: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(strict)
    for _ in range(10):
        status, _ = await citizen.post({"text": ""})
        assert status == 422
    await citizen.say("bonjour")
