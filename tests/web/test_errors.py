"""Every refusal has one shape, RFC 9457, with a code for programs and a sentence for people, whatever was sent."""

from typing import Any

import aiohttp
import pytest

from tests.citizen import Citizen

UNKNOWN = "0" * 24
MESSAGES = "/api/conversations/{id}/messages"


async def problem_of(response: aiohttp.ClientResponse, status: int) -> dict[str, Any]:
    """Check the shape of a refusal and return it."""
    assert response.status == status, await response.text()
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = await response.json(content_type=None)
    assert {"type", "title", "status", "detail", "code"} <= set(problem)
    assert problem["status"] == status
    assert problem["type"] == f"urn:guichet:error:{problem['code']}"
    assert problem["detail"][-1] in ".!?"
    assert "Traceback" not in str(problem)
    return problem


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"not json", b"\xff\xfe{", b"[" * 50_000, b'{"text": "bonjour"', b"NaN,"],
    ids=["open", "nothing", "words", "bytes", "deep", "cut", "nan"],
)
async def test_what_is_not_json_is_refused(citizen: Citizen, session: aiohttp.ClientSession, body: bytes) -> None:
    path = MESSAGES.format(id=citizen.id)
    async with session.post(path, data=body, headers=citizen.headers) as response:
        problem = await problem_of(response, 422 if body == b"" else 400)
        assert problem["code"] == ("empty-message" if body == b"" else "not-json")


@pytest.mark.parametrize("body", [b"[]", b'"bonjour"', b"12", b"null", b"true"])
async def test_what_is_not_an_object_is_refused(citizen: Citizen, session: aiohttp.ClientSession, body: bytes) -> None:
    for path in ("/api/conversations", MESSAGES.format(id=citizen.id)):
        async with session.post(path, data=body, headers=citizen.headers) as response:
            assert (await problem_of(response, 400))["code"] == "not-json"


@pytest.mark.parametrize(
    "text", ["", " ", "\n\t \u00a0", "\u200b", "\x00", None, 12, ["bonjour"], {"text": "bonjour"}, True]
)
async def test_an_empty_message_is_refused(citizen: Citizen, text: Any) -> None:
    status, problem = await citizen.post({"text": text})
    assert (status, problem["code"], problem["field"]) == (422, "empty-message", "text")


async def test_a_message_without_text_is_refused(citizen: Citizen) -> None:
    status, problem = await citizen.post({"id": "1"})
    assert (status, problem["code"]) == (422, "empty-message")


async def test_2000_characters_are_answered_and_2001_are_not(citizen: Citizen) -> None:
    status, _ = await citizen.post({"text": "é" * 2000})
    assert status == 200
    status, problem = await citizen.post({"text": "é" * 2001})
    assert (status, problem["code"], problem["limit"]) == (413, "message-too-long", 2000)


async def test_a_body_over_the_limit_is_refused(citizen: Citizen, session: aiohttp.ClientSession) -> None:
    for path in ("/api/conversations", MESSAGES.format(id=citizen.id)):
        async with session.post(path, data=b'{"text": "' + b"a" * 70_000 + b'"}', headers=citizen.headers) as response:
            assert (await problem_of(response, 413))["code"] == "too-large"


@pytest.mark.parametrize("message_id", [12, "x" * 65, ["1"], {}, "06 12 34 56 78", "lea@exemple.fr"])
async def test_an_identifier_of_a_message_is_a_short_text_of_plain_signs(citizen: Citizen, message_id: Any) -> None:
    status, problem = await citizen.post({"id": message_id, "text": "bonjour"})
    assert (status, problem["field"]) == (422, "id")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"language": "de"}, 422, "language"),
        ({"language": ["fr"]}, 422, "language"),
        ({"language": {"fr": 1}}, 422, "language"),
        ({"origin": 12}, 422, "origin"),
        ({"service": "hunting-licence"}, 404, None),
        ({"service": "../passport"}, 404, None),
    ],
)
async def test_a_conversation_that_makes_no_sense_is_not_opened(
    session: aiohttp.ClientSession, body: dict[str, Any], status: int, field: str | None
) -> None:
    async with session.post("/api/conversations", json=body) as response:
        assert (await problem_of(response, status)).get("field") == field


async def test_the_catalogue_is_in_french_or_english(session: aiohttp.ClientSession) -> None:
    async with session.get("/api/catalogue?language=de") as response:
        assert (await problem_of(response, 422))["field"] == "language"


ROUTES = [("GET", ""), ("DELETE", ""), ("POST", "/messages"), ("GET", "/events")]


@pytest.mark.parametrize(("method", "end"), ROUTES)
async def test_an_unknown_conversation_and_a_wrong_token_are_refused_with_the_same_bytes(
    citizen: Citizen, session: aiohttp.ClientSession, method: str, end: str
) -> None:
    other = await Citizen.arrive(session)
    bodies, number = set(), "1f" * 16  # the number of a call differs, and says nothing of the conversation
    for conversation_id, token in [(UNKNOWN, citizen.token), (citizen.id, other.token), (citizen.id, "x"), ("é", "é")]:
        headers = {"Authorization": f"Bearer {token}", "X-Request-Id": number}
        path = f"/api/conversations/{conversation_id}{end}"
        async with session.request(method, path, headers=headers, json={"text": "bonjour"}) as response:
            assert (await problem_of(response, 401))["code"] == "wrong-token"
            bodies.add(await response.read())
    assert len(bodies) == 1
    assert len(await citizen.copy()) == 2


@pytest.mark.parametrize(("method", "end"), ROUTES)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dTpw", "token"])
async def test_a_call_without_a_token_is_refused(
    citizen: Citizen, session: aiohttp.ClientSession, method: str, end: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with session.request(method, f"/api/conversations/{citizen.id}{end}", headers=headers) as response:
        assert (await problem_of(response, 401))["code"] == "token-missing"


@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/", "/api/nothing", "/api/conversations/", "/nothing", "/demo/nothing.js", "/widget/nothing.js"),
        *("/widget/..%2f..%2fsettings.py", "/demo/..%2fapp.py", "/widget/%2e%2e/app.py", "/static/", "/.env"),
        "/widget/%00",
    ],
)
async def test_nothing_is_at_other_addresses(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as response:
        await problem_of(response, 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/api/conversations"), ("PUT", "/api/conversations"), ("POST", "/api/catalogue")),
        *(("DELETE", "/health"), ("POST", "/"), ("PATCH", f"/api/conversations/{UNKNOWN}")),
        ("GET", f"/api/conversations/{UNKNOWN}/messages"),
    ],
)
async def test_a_wrong_method_says_which_are_right(session: aiohttp.ClientSession, method: str, path: str) -> None:
    async with session.request(method, path) as response:
        assert (await problem_of(response, 405))["code"] == "method-not-allowed"
        allowed = response.headers["Allow"].split(",")
    assert method not in allowed
    assert {"GET", "POST", "DELETE"} & set(allowed)


async def test_a_refusal_can_be_read_in_french_and_in_english(citizen: Citizen) -> None:
    details = set()
    for language in ("fr-FR,fr;q=0.9", "en"):
        headers = citizen.headers | {"Accept-Language": language}
        async with citizen._session.post(MESSAGES.format(id=citizen.id), json={"text": " "}, headers=headers) as answer:
            details.add((await problem_of(answer, 422))["detail"])
    assert details == {"Le message est vide.", "The message is empty."}
