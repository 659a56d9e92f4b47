"""Every call that the contract describes for citizens, explored with values that fit it and values that do not."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import positive_data_acceptance

from tests.citizen import Citizen
from tests.web.gateway import gateway

CASES = 8
"""Cases tried for each call and each way."""
# A service or a conversation of that form may not exist; a stream is open and never ends.
EXCLUDED = [positive_data_acceptance]
OURS = "^/(api/(conversations|catalogue|banner|requests)|health|receipts|documents)"
ENDLESS = "/events$"
LIMITS = {"conversations_an_hour": 10**6, "codes_an_hour": 10**6}
LIMITS |= {"messages_a_minute": 10**6, "address_messages_a_minute": 10**6}


@pytest.mark.parametrize("way", schemathesis.GenerationMode)
async def test_whatever_is_sent_to_a_citizens_call_gets_an_answer_that_is_described(
    way: schemathesis.GenerationMode, tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, uploads_a_minute=10**6, **LIMITS) as client:
        citizen = await Citizen.arrive(client)  # type: ignore[arg-type]
        url = str(client.make_url("")).rstrip("/")
        tried = await asyncio.to_thread(_explore, url, citizen, way)
    assert len(tried) >= 8
    assert sum(tried.values()) >= 4 * CASES


def _explore(url: str, citizen: Citizen, way: schemathesis.GenerationMode) -> dict[str, int]:
    """Try cases of every call, half of them on a conversation that exists; return how many of each."""
    described = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    tried: dict[str, int] = {}
    for found in described.include(path_regex=OURS).exclude(path_regex=ENDLESS).get_all_operations():
        operation = found.ok()

        @seed(7)
        @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=way))
        def explore(case: schemathesis.Case) -> None:
            count = tried[operation.label] = tried.get(operation.label, 0) + 1  # noqa: B023 - it is called at once
            headers = {}
            if "{id}" in case.operation.path and count % 2 and case.method.upper() != "DELETE":
                case.path_parameters["id"] = citizen.id
                headers = citizen.headers
            response = case.call(headers=headers)
            assert response.status_code < 500 or response.status_code == 503, response.text
            if response.status_code != 413:
                case.validate_response(response, headers=headers, excluded_checks=EXCLUDED)

        with suppress(Unsatisfiable):  # a call without parameters cannot be made wrong
            explore()
    return tried


@pytest.fixture
async def counter(tmp_path: Path, migrated_file: Path) -> TestClient:  # type: ignore[type-arg, misc]
    async with gateway(tmp_path, migrated_file, **LIMITS) as client:
        yield client


async def test_whatever_names_the_last_event_a_stream_begins_or_is_refused(counter: TestClient) -> None:  # type: ignore[type-arg]
    citizen = await Citizen.arrive(counter)  # type: ignore[arg-type]
    path = f"/api/conversations/{citizen.id}/events"
    signs = st.characters(min_codepoint=33, max_codepoint=255)
    thrown: list[str] = []

    @settings(max_examples=60, deadline=None, database=None)
    @given(st.one_of(st.text(signs, max_size=30), st.integers(-5, 10**40).map(str)))
    def collect(text: str) -> None:
        thrown.append(text)

    await asyncio.to_thread(collect)
    for text in thrown:
        headers = citizen.headers | {"Last-Event-ID": text}
        async with counter.get(path, headers=headers) as response:
            assert response.status in (200, 400), text
            if response.status == 200:
                assert await response.content.readline() == b": open\n"
            response.close()


@pytest.mark.parametrize("path", ["/plain", "/plain/waiting", "/console/login", "/results", "/", "/widget/element.js"])
async def test_whatever_stands_behind_the_question_mark_a_page_answers(counter: TestClient, path: str) -> None:  # type: ignore[type-arg]
    for query in ("?language=%00", "?language=en&ticket=%ff%fe", "?" + "a=" * 3000, "?ticket=" + "1" * 5000, "?=&&;;"):
        async with counter.get(path + query) as response:
            assert response.status < 500, query
