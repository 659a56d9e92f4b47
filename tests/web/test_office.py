"""`/api/office`: what the office's own software may do, with which token, and what it is told."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import positive_data_acceptance

from bot.db import Database
from bot.requests.api_tokens import ApiTokens, Scope
from bot.requests.webhooks import sign
from tests.citizen import Citizen
from tests.journeys.player import file_request
from tests.service import Service, wait_for

REPORT = {
    "kind": "lighting",
    "place": "12 rue des Lilas, 35000 Rennes",
    "description": "Le lampadaire ne marche plus.",
    "danger": "non",
}


@pytest.fixture
async def tokens(service: Service) -> AsyncIterator[ApiTokens]:
    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
    yield ApiTokens(database)
    await database.close()


@pytest.fixture
async def token(tokens: ApiTokens) -> AsyncIterator[str]:
    """A token with every scope, for the length of a test."""
    yield await tokens.add("software", list(Scope))
    await tokens.revoke("software")
    _forget(tokens)


def _forget(tokens: ApiTokens) -> None:
    connection = sqlite3.connect(tokens._database.engine.url.database or "", timeout=10)
    with connection:
        connection.execute("DELETE FROM api_tokens")
    connection.close()


class Caller:
    """The office's software: it calls with a token."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self.session = session
        self.headers = {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        url = f"/api/office{path}"
        async with self.session.request(method, url, json=body, headers=self.headers) as response:
            return response.status, await response.json(content_type=None)


@pytest.fixture
def software(session: aiohttp.ClientSession, token: str) -> Caller:
    return Caller(session, token)


async def test_a_request_is_listed_read_completed_answered_and_decided(
    session: aiohttp.ClientSession, software: Caller
) -> None:
    citizen = await Citizen.arrive(session)
    reference = (await file_request(citizen, "Acte de naissance", "Confirmer"))["reference"]
    path = f"/requests/{reference}"
    status, page = await software.call("GET", "/requests?order=newest&limit=1")
    assert (status, page["requests"][0]["reference"]) == (200, reference)
    status, case = await software.call("GET", path)
    assert (status, case["state"]) == (200, "filed")
    assert case["answers"]["birth_name"]
    items = [{"problem": "wrong", "field": "birth_date", "note": "Relisez."}]
    assert (await software.call("POST", f"{path}/completion", {"items": items}))[0] == 200
    assert (await software.call("POST", f"{path}/messages", {"text": "Bonjour"}))[0] == 201
    await citizen.say("où en est ma demande ?")
    assert "Relisez." in citizen.said
    assert "Bonjour" in citizen.said
    await citizen.press("Compléter")
    await citizen.say("03/04/1985")
    status, case = await software.call("GET", path)
    assert (case["state"], case["answers"]["birth_date"], case["missing"]) == ("under_examination", "1985-04-03", [])
    assert (await software.call("POST", f"{path}/state", {"state": "refused"}))[0] == 422
    status, event = await software.call("POST", f"{path}/state", {"state": "accepted"})
    assert (status, event["actor"], event["by"]) == (200, "office", "software")
    status, problem = await software.call("POST", f"{path}/state", {"state": "accepted"})
    assert (status, problem["code"]) == (409, "wrong-state")


async def test_a_request_is_filed_for_a_citizen_who_can_follow_it(
    session: aiohttp.ClientSession, software: Caller
) -> None:
    status, case = await software.call("POST", "/requests", {"service": "street-problem", "answers": {}})
    assert (status, case["code"]) == (422, "answer-missing")
    answers: dict[str, str] = {}
    while status == 422:
        # The error names the field that is missing: a program can ask its user and go on.
        assert case["code"] == "answer-missing"
        answers[case["field"]] = _answer(case["field"])
        status, case = await software.call("POST", "/requests", {"service": "street-problem", "answers": answers})
    assert status == 201
    citizen = await Citizen.arrive(session)
    await citizen.say(f"où en est ma demande {case['reference']} code {case['access_code']} ?")
    assert citizen.request["state"] == "filed"


def _answer(field: str) -> str:
    return REPORT[field]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/requests", "read"),
        ("GET", "/requests/GU-2345-6789", "read"),
        ("POST", "/requests", "create"),
        ("POST", "/requests/GU-2345-6789/state", "change"),
        ("POST", "/requests/GU-2345-6789/completion", "change"),
        ("POST", "/requests/GU-2345-6789/messages", "change"),
        ("POST", "/requests/GU-2345-6789/read", "change"),
        ("GET", "/webhooks", "webhooks"),
        ("POST", "/webhooks", "webhooks"),
        ("DELETE", "/webhooks/1", "webhooks"),
    ],
)
async def test_each_call_needs_its_own_scope(
    session: aiohttp.ClientSession, tokens: ApiTokens, method: str, path: str, scope: str
) -> None:
    others = [each for each in Scope if each != scope]
    refused = Caller(session, await tokens.add("others", others))
    status, problem = await refused.call(method, path, {})
    assert (status, problem["code"], problem["scope"]) == (403, "scope-missing", scope)
    await tokens.revoke("others")
    status, problem = await refused.call(method, path, {})
    assert (status, problem["code"]) == (401, "wrong-token")
    _forget(tokens)
    status, problem = await Caller(session, "guichet_nothing").call(method, path, {})
    assert (status, problem["code"]) == (401, "wrong-token")


async def test_only_the_hash_of_a_token_is_kept(service: Service, token: str) -> None:
    assert token not in str(service.rows("SELECT * FROM api_tokens"))


class _Receiver(BaseHTTPRequestHandler):
    received: list[tuple[dict[str, str], bytes]] = []  # noqa: RUF012 - one for the class, as the server makes many
    answers: list[int] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((dict(self.headers), body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    _Receiver.received, _Receiver.answers = [], []
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/events"
    server.shutdown()
    server.server_close()


async def test_a_webhook_is_told_about_events_signed_and_without_anything_personal(
    session: aiohttp.ClientSession, software: Caller, receiver: str
) -> None:
    status, hook = await software.call("POST", "/webhooks", {"url": receiver, "services": ["birth-certificate"]})
    assert status == 201
    assert "secret" not in json.dumps((await software.call("GET", "/webhooks"))[1])
    citizen = await Citizen.arrive(session)
    receipt = await file_request(citizen, "Acte de naissance", "Confirmer")
    wait_for(lambda: _Receiver.received)
    headers, body = _Receiver.received[0]
    told = json.loads(body)
    assert (told["reference"], told["state"], told["type"]) == (receipt["reference"], "filed", "request.state")
    assert set(told) == {"id", "type", "reference", "service", "number", "state", "actor", "at"}
    seconds = int(headers["Guichet-Signature"].split(",")[0].removeprefix("t="))
    assert headers["Guichet-Signature"] == sign(hook["secret"], body, seconds)
    assert (await software.call("DELETE", f"/webhooks/{hook['id']}"))[0] == 200
    assert (await software.call("DELETE", f"/webhooks/{hook['id']}"))[0] == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/",
        "http://localhost/",
        "ftp://127.0.0.1/",
        "http://[",
        "http://127.0.0.1@evil.example/",
        "",
    ],
)
async def test_webhooks_go_only_where_the_operator_allows(software: Caller, url: str) -> None:
    status, problem = await software.call("POST", "/webhooks", {"url": url})
    assert (status, problem["code"]) == (422, "webhook-refused")


def test_a_signature_depends_on_the_secret_the_body_and_the_time() -> None:
    made = {sign(secret, body, at) for secret in ("a", "b") for body in (b"1", b"2") for at in (1, 2)}
    assert len(made) == 8


# Words that fit the description may still name a service that does not exist.
EXCLUDED = [positive_data_acceptance]
CASES = 12
"""Cases tried for each operation and each way (what fits the description, and what does not)."""


@pytest.mark.parametrize("way", schemathesis.GenerationMode)
async def test_whatever_a_program_sends_it_gets_an_answer_that_is_described(
    service: Service, software: Caller, token: str, way: schemathesis.GenerationMode
) -> None:
    filed = [await software.call("POST", "/requests", {"service": "street-problem", "answers": REPORT}) for _ in "ab"]
    known = [case["reference"] for _, case in filed]
    tried = await asyncio.to_thread(_explore, service.url, token, way, known)
    logging.getLogger(__name__).info("%s: %d cases, %s", way, sum(tried.values()), tried)
    assert len(tried) >= 8


def _explore(url: str, token: str, way: schemathesis.GenerationMode, known: list[str]) -> dict[str, int]:
    """Try cases of every operation, on requests that exist where the case names one; return how many of each."""
    described = schemathesis.openapi.from_url(f"{url}/api/openapi.json")
    headers = {"Authorization": f"Bearer {token}"}
    tried: dict[str, int] = {}
    for found in described.include(path_regex="^/api/office").get_all_operations():
        operation = found.ok()

        @seed(7)
        @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=way))
        def explore(case: schemathesis.Case) -> None:
            tried[operation.label] = tried.get(operation.label, 0) + 1  # noqa: B023 - it is called at once
            if way is schemathesis.GenerationMode.POSITIVE and "reference" in case.path_parameters:
                case.path_parameters["reference"] = known[sum(tried.values()) % len(known)]
            response = case.call(headers=headers)
            # The tool does not know that a body may be refused for its size before it is looked at.
            if response.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                case.validate_response(response, headers=headers, excluded_checks=EXCLUDED)

        with suppress(Unsatisfiable):  # a call without parameters cannot be made wrong
            explore()
    return tried
