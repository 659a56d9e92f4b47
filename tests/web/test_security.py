"""What protects the citizen's browser: headers on every page and answer, and which pages of other sites may call."""

from pathlib import Path

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.service import ALLOWED_ORIGIN
from tests.web.gateway import gateway

PAGES = ["/", "/console", "/admin"]
FILES = ["/widget.js", "/widget/element.js", "/demo/demo.css", "/demo/emblem.svg"]
CALLS = ["/api/catalogue", "/api/openapi.json", "/api/nothing", "/health", "/ready", "/metrics"]
FOREIGN = ["https://evil.example", "null", "http://127.0.0.1", "https://www.ville.example.evil.example", "file://"]


@pytest.mark.parametrize("path", PAGES + FILES + CALLS)
async def test_every_answer_carries_the_headers_that_protect(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as response:
        headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy, "nothing comes from elsewhere"


@pytest.mark.parametrize("path", PAGES)
async def test_pages_run_their_own_scripts_only(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as response:
        assert response.status == 200
        policy, page = response.headers["Content-Security-Policy"], await response.text()
    assert "script-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "<script>" not in page
    assert "style=" not in page
    assert " onclick" not in page


async def test_nothing_of_a_conversation_is_kept_by_caches(citizen: Citizen, session: aiohttp.ClientSession) -> None:
    async with session.get(f"/api/conversations/{citizen.id}", headers=citizen.headers) as response:
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_pages_of_other_sites_may_not_call(session: aiohttp.ClientSession, origin: str, method: str) -> None:
    path = "/api/catalogue" if method == "GET" else "/api/conversations"
    async with session.request(method, path, headers={"Origin": origin}) as response:
        assert response.status == 403
        assert (await response.json(content_type=None))["code"] == "origin-refused"
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_an_allowed_site_may_call_and_read_even_refusals(session: aiohttp.ClientSession) -> None:
    for path, status in (("/api/catalogue", 200), ("/api/catalogue?language=de", 422), ("/api/conversations/x", 401)):
        async with session.get(path, headers={"Origin": ALLOWED_ORIGIN}) as response:
            assert response.status == status
            assert response.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
            assert response.headers["Vary"] == "Origin"
            assert "Access-Control-Allow-Credentials" not in response.headers


async def test_the_preflight_of_an_allowed_site_names_what_the_widget_sends(session: aiohttp.ClientSession) -> None:
    asked = {
        "Origin": ALLOWED_ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    async with session.options("/api/conversations/x/messages", headers=asked) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
        assert {"POST", "DELETE"} <= set(response.headers["Access-Control-Allow-Methods"].split(", "))
        allowed = response.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "content-type", "last-event-id"} <= set(allowed)


async def test_the_page_of_the_service_itself_may_call(session: aiohttp.ClientSession) -> None:
    own = str(session._base_url).rstrip("/")
    async with session.post("/api/conversations", json={}, headers={"Origin": own}) as response:
        assert response.status == 201


async def test_events_are_streamed_to_an_allowed_site(session: aiohttp.ClientSession, citizen: Citizen) -> None:
    headers = citizen.headers | {"Origin": ALLOWED_ORIGIN}
    async with session.get(f"/api/conversations/{citizen.id}/events", headers=headers) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED_ORIGIN
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/widget.js", "/widget/element.js"])
async def test_the_widget_can_be_loaded_by_other_sites(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as response:
        assert response.content_type == "text/javascript"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_behind_a_proxy_that_speaks_tls_our_own_pages_may_call_and_a_liar_may_not(
    tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, public_url="https://guichet.example/", trusted_hops=1) as client:
        own, liar = "https://guichet.example", "https://guichet.example.evil.example"
        for origin, status in ((own, 201), (liar, 403), ("", 403)):
            async with client.post("/api/conversations", json={}, headers={"Origin": origin}) as response:
                assert response.status == status, origin


@pytest.mark.parametrize(("hops", "secure"), [(0, False), (1, True)])
async def test_that_a_call_came_by_https_is_believed_of_our_own_proxy_only(
    hops: int, secure: bool, tmp_path: Path, migrated_file: Path
) -> None:
    told = {"X-Forwarded-Proto": "https"}
    async with (
        gateway(tmp_path, migrated_file, trusted_hops=hops) as client,
        client.get("/console/login", headers=told) as response,
    ):
        [cookie] = response.headers.getall("Set-Cookie")
    assert cookie.startswith("__Host-") is secure
