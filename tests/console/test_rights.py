"""Every route of the console, for every role: what opens, what is refused, and what of other offices is hidden."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.accounts.model import RIGHTS, Right, Role
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.outbox import Status
from bot.requests.store import RequestStore
from bot.settings import Settings
from bot.web.app import create_gateway
from tests.conftest import ROOT
from tests.console.colleague import Colleague
from tests.console.conftest import PEOPLE
from tests.console.test_undelivered import News

SignIn = Callable[..., Awaitable[Colleague]]
ONE_OF_EACH = {"agnes": Role.AGENT, "tess": Role.TRAINER, "quentin": Role.QUALITY, "ada": Role.ADMIN}
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def routes() -> list[tuple[str, str, str]]:
    """Return every route of the console as (method, path, who may): a new one is tested without being listed."""
    settings = Settings(catalogue_dir=ROOT / "data", secret_key="A" * 43 + "=")
    app = create_gateway(settings, lambda: None)  # type: ignore[arg-type, return-value]
    found = []
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if path.startswith(("/console", "/admin")) and route.method != "HEAD":
            assert isinstance(route, web.ResourceRoute)
            found.append((route.method, path, str(getattr(route.handler, "guard", "")) or "FORGOTTEN"))
    return found


ROUTES = routes()
GUARDED = [route for route in ROUTES if route[2] != "anybody"]


def _filled(path: str) -> str:
    return re.sub(r"\{number\}", "1", re.sub(r"\{[a-z]+\}", "0123456789abcdef", path))


async def _try(browser: Colleague, method: str, path: str) -> int:
    if path == "/console/events":
        async with browser.client.get(path) as response:
            return response.status
    if path == "/console/logout":
        return 303  # it would end the session of the test; see test_signing_in
    if method == "GET":
        async with browser.client.get(path, allow_redirects=False) as response:
            return response.status
    await browser.open("/console/account")
    return (await browser.send(path, follow=False)).status


def test_no_route_was_forgotten() -> None:
    assert len(GUARDED) > 20
    assert [route for route in ROUTES if route[2] == "FORGOTTEN"] == []
    open_to_all = {path for _, path, guard in ROUTES if guard == "anybody"}
    assert open_to_all == {
        "/console/login",
        "/console/code",
        "/console/invitation/{token}",
        "/console/openid",
        "/console/openid/back",
        "/console/openid/logout",
        "/console/static/{name}",
    }


@pytest.mark.parametrize("name", ONE_OF_EACH)
async def test_each_role_opens_what_its_rights_say_and_nothing_else(colleague: SignIn, name: str) -> None:
    browser = await colleague(name)
    wrong = {}
    for method, path, guard in GUARDED:
        allowed = guard == "signed-in" or Right(guard) in RIGHTS[ONE_OF_EACH[name]]
        status = await _try(browser, method, _filled(path))
        # Allowed, the answer depends on what there is: never that one may not, never a fault.
        if (status == 403) == allowed or status >= 500:
            wrong[f"{method} {path}"] = (status, "allowed" if allowed else "refused")
    assert wrong == {}


async def test_who_is_not_signed_in_opens_nothing(stranger: Colleague) -> None:
    for method, path, _ in GUARDED:
        shown = await stranger.client.request(method, _filled(path), allow_redirects=False)
        expected = (303, "/console/login") if method == "GET" else (401, "")
        assert (shown.status, shown.headers.get("Location", "").split("?")[0]) == expected, path
        assert "no-store" in shown.headers["Cache-Control"]


async def test_every_form_is_refused_without_its_token_or_from_another_site(colleague: SignIn) -> None:
    browser = await colleague("ada")
    await browser.open("/console/account")
    token = re.search(r'name="form" value="([0-9a-f]+)"', browser.page.text)
    assert token is not None
    own = {"form": token[1]}
    for method, path, _ in ROUTES:
        if method != "POST" or path == "/console/openid/logout":
            continue  # the provider's announcement is no form: its signature counts (openid/test_signed_out.py)
        address = _filled(path)
        assert (await browser.post(address, {}, follow=False)).status == 403, path
        assert (await browser.post(address, {"form": "0" * 64}, follow=False)).status == 403, path
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await browser.post(address, own, follow=False, headers=headers)
            assert answer.status == 403, (path, headers)
    assert (await browser.open("/console")).path == "/console", "nothing of it was done: still signed in"


async def test_a_token_of_one_session_is_worth_nothing_in_another(colleague: SignIn) -> None:
    ada, lea = await colleague("ada"), await colleague("lea")
    await lea.open("/console/account")
    await ada.open("/console/account")
    lea.page = ada.page
    assert (await lea.send("/console/account/language", language="en", follow=False)).status == 403


async def test_pages_carry_the_headers_that_protect(colleague: SignIn) -> None:
    ada = await colleague("ada")
    for path in (
        "/console",
        "/console/waiting",
        "/console/samples",
        "/console/undelivered",
        "/console/account",
        "/admin/accounts",
        "/admin/audit",
        "/console/nowhere",
    ):
        shown = await ada.open(path)
        policy = shown.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        if shown.status == 200:
            assert "script-src 'self'" in policy
            assert shown.headers["Cache-Control"] == "no-store"
            assert not re.search(r"<script(?![^>]* src=)|style=|\son[a-z]+=", shown.text)


class Written:
    """A conversation of each kind in the office's database."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.store = ConversationStore(database, cipher)
        self.handoffs = HandoffStore(self.store, cipher)

    async def conversation(self, service: str | None, words: str = "Combien ça coûte ?") -> str:
        conversation_id, _, _ = await self.store.open("fr", ATTACK, opening("fr"))
        parse: dict[str, Any] = {"intent": {"name": "ask_price", "confidence": 0.42}, "intent_ranking": []}
        answer = Message(Author.BOT, f"Réponse {ATTACK}")
        turn = Turn(conversation_id, "m-1", words, parse=parse, messages=[answer], service=service, model="modèle")
        await self.store.record(turn, {}, language="fr", logged_text=words)
        return conversation_id


@pytest.fixture
async def written(office_database: Database, cipher_of: Cipher) -> Written:
    return Written(office_database, cipher_of)


async def test_what_belongs_to_another_office_does_not_exist(colleague: SignIn, written: Written) -> None:
    theirs = await written.conversation("housing-benefit")
    nobodys = await written.conversation(None)
    handoff = await written.handoffs.ask(theirs, "housing-benefit", "caf", "fr")
    lea, omar = await colleague("lea"), await colleague("omar")
    hidden = [
        ("GET", f"/console/transcripts/{theirs}"),
        ("POST", f"/console/transcripts/{theirs}/mark"),
        ("POST", f"/console/transcripts/{theirs}/tags"),
        ("POST", f"/console/transcripts/{theirs}/comments"),
        ("POST", f"/console/transcripts/{theirs}/turns/1/annotate"),
        ("GET", f"/console/talks/{handoff.id}"),
        ("GET", f"/console/notes/{handoff.id}"),
        ("POST", f"/console/waiting/{handoff.id}/claim"),
        ("POST", f"/console/talks/{handoff.id}/say"),
        ("POST", f"/console/talks/{handoff.id}/transfer"),
        ("POST", f"/console/talks/{handoff.id}/end"),
        ("POST", f"/console/notes/{handoff.id}/answered"),
        ("POST", f"/console/notes/{handoff.id}/mail"),
    ]
    for method, path in hidden:
        assert await _try(lea, method, path) == 404, path
    async with lea.client.get(f"/console/events?talk={handoff.id}") as response:
        assert response.status == 404
    await lea.open("/console/transcripts")
    assert theirs not in lea.page.text
    assert nobodys in lea.page.text
    await omar.open("/console/transcripts")
    assert theirs in omar.page.text
    assert (await omar.open(f"/console/transcripts/{theirs}")).status == 200


OF_NO_OFFICE = {
    "/console/account/sessions/{id}/end",  # one's own: tests/accounts/test_signing_in.py
    "/console/filters/{number}/drop",  # one's own: see below
    "/console/satisfaction/actions/{number}",  # figures of the whole service
}
"""Routes with an identifier that an agent may use, and whose object belongs to no office."""


async def test_no_route_shows_or_changes_an_object_of_another_office(
    colleague: SignIn, written: Written, office_database: Database, cipher_of: Cipher
) -> None:
    """Every route that takes an identifier, with that of an object which exists; a new route fails until it is told."""
    conversation = await written.conversation("birth-certificate")
    handoff = await written.handoffs.ask(conversation, "birth-certificate", "town-hall", "fr")
    requests = RequestStore(office_database, cipher_of)
    filed = await requests.file((await requests.start("birth-certificate", "fr", None)).id, 10)
    news = News(office_database, cipher_of)
    theirs = {
        "transcripts": conversation,
        "samples": conversation,
        **dict.fromkeys(("waiting", "talks", "notes"), handoff.id),
        "requests": filed.reference,
        "undelivered": await news.number(await news.lost(Status.UNCERTAIN)),
    }
    omar = await colleague("omar")
    fields = {"to": "accepted", "text": "x", "state": "anomaly", "reason": "tone", "verdict": "good"}
    answers = {}
    for method, path, guard in GUARDED:
        allowed = guard == "signed-in" or Right(guard) in RIGHTS[Role.AGENT]
        if "{" not in path or not allowed or path in OF_NO_OFFICE:
            continue
        kind = path.split("/")[2]
        assert kind in theirs, f"{path}: name an object of another office that it could show"
        address = _filled(re.sub(r"\{(id|reference)\}", theirs[kind], path, count=1))
        if method == "GET":
            async with omar.client.get(address, allow_redirects=False) as response:
                answers[f"{method} {path}"] = response.status
        else:
            await omar.open("/console/account")
            answers[f"{method} {path}"] = (await omar.send(address, follow=False, **fields)).status
    assert len(answers) > 15
    assert {path: status for path, status in answers.items() if status != 404} == {}
    lea = await colleague("lea")
    assert (await lea.open(f"/console/transcripts/{conversation}")).status == 200, "its own office may"
    assert (await lea.open(f"/console/requests/{filed.reference}")).status == 200


async def test_what_citizens_wrote_is_inert_everywhere(colleague: SignIn, written: Written) -> None:
    conversation_id = await written.conversation(None, ATTACK)
    ada = await colleague("ada")
    path = f"/console/transcripts/{conversation_id}"
    await ada.open(path)
    await ada.send(f"{path}/tags", tag=ATTACK[:40])
    await ada.send(f"{path}/comments", text=f"@ada {ATTACK}")
    await ada.send(f"{path}/turns/1/annotate", state="anomaly", reason="tone", expected=ATTACK)
    await ada.open("/console/transcripts")
    await ada.send("/console/filters", name=ATTACK[:60], text=ATTACK)
    for page in (path, "/console/transcripts", f"/console/transcripts?text={ATTACK}&tag={ATTACK}", "/admin/audit"):
        shown = await ada.open(page)
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
    await ada.open(path)
    assert ATTACK in ada.page.words
    assert "42 %" in ada.page.words


async def test_filters_of_others_cannot_be_dropped(colleague: SignIn) -> None:
    ada, lea = await colleague("ada"), await colleague("lea")
    await ada.open("/console/transcripts?fallback=1")
    await ada.send("/console/filters", name="les miens", fallback="1")
    [drop] = [link for link in ada.page.links("/console/filters/") if link.endswith("/drop")][-1:]
    await lea.open("/console/transcripts?fallback=1")
    await lea.send(drop)
    await ada.open("/console/transcripts")
    assert "les miens" in ada.page.words


async def test_an_admin_makes_changes_and_closes_accounts(colleague: SignIn) -> None:
    ada = await colleague("ada")
    await ada.open("/admin/accounts")
    await ada.send("/admin/accounts", name="nina", shown="Nina <b>", role="agent", administrations="caf")
    assert "/console/invitation/" in ada.page.text
    assert "<b>" not in ada.page.text.split("Nina", 1)[1][:10]
    await ada.open("/admin/accounts")
    assert "Invitation en attente" in ada.page.words
    assert (await ada.send("/admin/accounts", name="nina", role="agent")).status == 409
    await ada.open("/admin/accounts")
    own = re.search(r'href="(/admin/accounts/[0-9a-f]+)">ada<', ada.page.text)
    assert own is not None
    await ada.open(own[1])
    refused = await ada.send(own[1], role="agent", active="yes")
    assert refused.status == 409, "the last admin stays"
    assert set(PEOPLE) <= set(re.findall(r">(\w+)</a></th>", (await ada.open("/admin/accounts")).text))
