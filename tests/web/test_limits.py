"""A program that goes too fast is told to wait, and for how long; nobody else is slowed down."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.engine.client import EngineClient
from bot.errors import TooManyRequests
from bot.settings import Settings
from bot.web import limits
from bot.web.app import create_gateway
from bot.web.keys import HUB
from tests.citizen import Citizen
from tests.service import ROOT, Service
from tests.web.gateway import gateway, until
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


async def test_ever_new_conversations_of_one_address_may_not_say_more_than_it_may(
    tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, address_messages_a_minute=3) as client:
        for _ in range(3):
            await (await Citizen.arrive(client)).say("bonjour")
        citizen = await Citizen.arrive(client)
        path = f"/api/conversations/{citizen.id}/messages"
        async with client.post(path, json={"text": "bonjour"}, headers=citizen.headers) as response:
            problem = await problem_of(response, 429)
        assert 1 <= problem["retry_after"] <= 20
        assert await citizen.copy(), "what was said before can still be read"


async def test_behind_our_proxy_each_person_has_their_own_limits(tmp_path: Path, migrated_file: Path) -> None:
    async with gateway(tmp_path, migrated_file, conversations_an_hour=1, trusted_hops=1) as client:

        async def opened(heard: str) -> int:
            async with client.post("/api/conversations", json={}, headers={"X-Forwarded-For": heard}) as response:
                return response.status

        assert [await opened("203.0.113.7"), await opened("203.0.113.7")] == [201, 429]
        assert await opened("198.51.100.1, 203.0.113.7") == 429, "what a caller writes at the left is not believed"
        assert await opened("203.0.113.8") == 201
        assert [await opened("2001:db8::1"), await opened("2001:db8::2")] == [201, 429]


async def test_without_a_proxy_of_ours_nobody_escapes_by_a_header(tmp_path: Path, migrated_file: Path) -> None:
    async with gateway(tmp_path, migrated_file, conversations_an_hour=1) as client:
        for number, status in ((1, 201), (2, 429)):
            headers = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
            async with client.post("/api/conversations", json={}, headers=headers) as response:
                assert response.status == status


@pytest.mark.parametrize(
    ("limit", "status"), [("streams_a_conversation", 429), ("streams_an_address", 429), ("streams", 503)]
)
async def test_streams_beyond_what_may_be_open_are_refused_until_one_ends(
    limit: str, status: int, tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, **{limit: 1}) as client:
        citizen = await Citizen.arrive(client)
        listening = citizen.listen()
        await anext(listening)
        path = f"/api/conversations/{citizen.id}/events"
        async with client.get(path, headers=citizen.headers) as response:
            problem = await problem_of(response, status)
        assert problem["code"] == "too-many-at-once"
        assert response.headers["Retry-After"] == str(problem["retry_after"])
        await listening.aclose()
        await until(lambda: not client.app[HUB].streams)
        again = citizen.listen()
        assert await anext(again) == ("", {})
        await again.aclose()


@pytest.mark.parametrize("path", ["/api/requests/GU-AAAA-AAAA/files", "/receipts/GU-AAAA-AAAA"])
async def test_access_codes_are_not_tried_for_ever_from_one_address(
    path: str, tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, codes_an_hour=2) as client:
        statuses = []
        for _ in range(3):
            call = (
                client.post(path, data={"code": "1234-5678"})
                if "receipts" in path
                else client.get(path, headers={"Authorization": "Code 1234-5678"})
            )
            async with call as response:
                statuses.append(response.status)
    assert statuses[:2] in ([401, 401], [403, 403])
    assert statuses[2] == 429


def test_callers_that_were_forgotten_first_are_those_whose_bucket_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_KEPT", 20)
    limiter = limits.Limiter(Settings(codes_an_hour=1, messages_a_minute=100_000))
    limiter.check("codes_an_hour", "guesser")
    for number in range(1000):
        # A thousandth of a second fills these buckets again: they are the ones to forget.
        limiter.check("messages_a_minute", str(number))
        time.sleep(0.001)
    with pytest.raises(TooManyRequests):
        limiter.check("codes_an_hour", "guesser")
    assert len(limiter._buckets) <= 20


def test_a_flood_from_ever_new_addresses_takes_no_more_memory_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_KEPT", 100)
    limiter = limits.Limiter(Settings())
    for number in range(1000):
        limiter.check("conversations_an_hour", str(number))
    assert len(limiter._buckets) <= 100
