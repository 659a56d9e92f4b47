"""Signing in over HTTP: what opens, what does not, and what an attacker learns from the answers."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pyotp
import pytest

from bot.accounts.model import FREE_FAILURES, Role
from bot.db import now
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, Office, with_accounts

SignIn = Callable[..., Awaitable[Colleague]]
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/console",
    "/\\evil.example",
    "/console/../../evil",
    "/console\\@evil.example",
    "javascript:alert(1)",
    "/consolevil",
    "/\t/evil.example",
    "http:/console",
    "/console/é",
]


async def test_a_right_password_leads_to_the_page_that_was_wanted(stranger: Colleague) -> None:
    await stranger.open("/console/waiting?x=1")
    assert stranger.page.path.startswith("/console/login?next=")
    wanted = re.search(r'name="next" value="([^"]*)"', stranger.page.text)
    assert wanted is not None
    await stranger.send("/console/login", name="lea", password=PASSWORD, next=wanted[1])
    assert stranger.page.path == "/console/waiting?x=1"
    assert "Léa, mairie" in stranger.page.words


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_signing_in_never_leads_elsewhere(stranger: Colleague, wanted: str) -> None:
    await stranger.open("/console/login")
    shown = await stranger.send("/console/login", follow=False, name="lea", password=PASSWORD, next=wanted)
    assert shown.status == 303
    assert shown.headers["Location"] == "/console"


async def test_an_unknown_name_and_a_wrong_password_look_the_same(stranger: Colleague) -> None:
    pages = []
    for name in ("agnes", "nobody"):
        await stranger.open("/console/login")
        shown = await stranger.send("/console/login", name=name, password="wrong password indeed")
        assert shown.status == 401
        pages.append(re.sub(r'value="[0-9a-f]{64}"', "", shown.text))
    assert pages[0] == pages[1]


async def test_who_tries_too_often_must_wait_and_is_told_how_long(stranger: Colleague) -> None:
    for _ in range(FREE_FAILURES + 1):
        await stranger.open("/console/login")
        await stranger.send("/console/login", name="brute", password="wrong password indeed")
    await stranger.open("/console/login")
    shown = await stranger.send("/console/login", name="brute", password=PASSWORD)
    assert shown.status == 429
    assert int(shown.headers["Retry-After"]) > 0
    assert "Trop d'essais" in shown.words


async def test_a_cookie_set_before_signing_in_opens_nothing_after_it(stranger: Colleague, office: Office) -> None:
    stranger.cookie = fixed = "a-token-that-the-attacker-knows"
    await stranger.sign_in("lea", PASSWORD)
    assert stranger.page.path == "/console"
    assert stranger.cookie != fixed
    attacker = Colleague(office.url)
    attacker.cookie = fixed
    assert (await attacker.open("/console")).path.startswith("/console/login")
    await attacker.close()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stranger: Colleague) -> None:
    await stranger.open("/console/login")
    shown = await stranger.send("/console/login", follow=False, name="lea", password=PASSWORD)
    cookie = shown.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie, "this machine itself, without TLS"


async def test_on_any_other_host_the_cookie_goes_encrypted_only(stranger: Colleague) -> None:
    async with stranger.client.get("/console/login", headers={"Host": "guichet.ville.example"}) as response:
        assert "Secure" in response.headers["Set-Cookie"]


async def test_a_link_on_another_site_signs_nobody_out(colleague: SignIn, office: Office) -> None:
    """A browser does not send a strict cookie with such a link: nothing may be written over it."""
    lea = await colleague("lea")
    for path in ("/console", "/console/login", "/console/openid/back"):
        stranger = Colleague(office.url)
        async with stranger.client.get(path, headers={"Sec-Fetch-Site": "cross-site"}) as response:
            set_there = response.headers.getall("Set-Cookie", [])
        assert [each for each in set_there if each.startswith("guichet-session=")] == [], path
        await stranger.close()
    assert (await lea.open("/console")).path == "/console"


async def test_signing_out_ends_the_session(colleague: SignIn, office: Office) -> None:
    lea = await colleague("lea")
    cookie = lea.cookie
    await lea.send("/console/logout")
    assert "Vous n'êtes plus connecté" in lea.page.words
    again = Colleague(office.url)
    again.cookie = cookie
    assert (await again.open("/console")).path.startswith("/console/login")
    await again.close()


async def test_an_invitation_is_used_once_and_its_password_opens(stranger: Colleague, office: Office) -> None:
    async def invite(store: object) -> str:
        account = await store.add(f"new-{now():%H%M%S%f}", Role.QUALITY)  # type: ignore[attr-defined]
        return f"{account.name} {await store.invite(account.id)}"  # type: ignore[attr-defined]

    name, token = (await _in_thread(lambda: with_accounts(office, invite))).split()
    await stranger.open(f"/console/invitation/{token}")
    path = stranger.page.path
    refused = await stranger.send(path, password="azertyuiop12", again="azertyuiop12")
    assert "trop facilement" in refused.words
    differ = await stranger.send(path, password=PASSWORD, again=PASSWORD + "!")
    assert "pas les mêmes" in differ.words
    await stranger.send(path, password=PASSWORD, again=PASSWORD)
    assert stranger.page.path.startswith("/console/login")
    await stranger.send("/console/login", name=name, password=PASSWORD)
    assert stranger.page.path == "/console"
    assert (await stranger.open(path)).status == 404


async def test_the_second_factor_is_turned_on_and_nothing_opens_without_its_code(
    stranger: Colleague, office: Office
) -> None:
    async def add(store: object) -> str:
        account = await store.add(f"two-{now():%H%M%S%f}", Role.AGENT)  # type: ignore[attr-defined]
        await store.accept(await store.invite(account.id), PASSWORD)  # type: ignore[attr-defined]
        return account.name

    name = await _in_thread(lambda: with_accounts(office, add))
    await stranger.sign_in(name, PASSWORD)
    await stranger.open("/console/account/second-factor")
    secret = re.search(r'name="secret" value="([A-Z0-9]+)"', stranger.page.text)
    assert secret is not None
    assert "data:image/svg+xml" in stranger.page.text
    wrong = await stranger.send("/console/account/second-factor", secret=secret[1], code="000000")
    assert wrong.status == 422
    code = pyotp.TOTP(secret[1])
    await stranger.send("/console/account/second-factor", secret=secret[1], code=code.now())
    assert "est activée" in stranger.page.words
    await stranger.send("/console/logout")

    await stranger.send("/console/login", name=name, password=PASSWORD)
    assert stranger.page.path == "/console/code"
    halfway = stranger.cookie
    for path in ("/console", "/console/waiting", "/console/account"):
        assert (await stranger.open(path)).path == "/console/code", "a password alone opens nothing"
    await stranger.send("/console/code", code=code.at(now() + timedelta(seconds=30)))
    assert stranger.page.path == "/console"
    assert stranger.cookie != halfway


async def test_one_changes_ones_password_with_the_old_one_and_others_are_signed_out(
    colleague: SignIn, office: Office
) -> None:
    async def add(store: object) -> str:
        account = await store.add(f"pw-{now():%H%M%S%f}", Role.AGENT)  # type: ignore[attr-defined]
        await store.accept(await store.invite(account.id), PASSWORD)  # type: ignore[attr-defined]
        return account.name

    name = await _in_thread(lambda: with_accounts(office, add))
    here, elsewhere = await colleague(name), await colleague(name)
    await here.open("/console/account")
    new = "six tortues lisent Proust"
    refused = await here.send("/console/account/password", old="wrong password indeed", password=new, again=new)
    assert refused.status == 401
    await here.open("/console/account")
    await here.send("/console/account/password", old=PASSWORD, password=new, again=new)
    assert (await here.open("/console")).path == "/console"
    assert (await elsewhere.open("/console")).path.startswith("/console/login")


async def test_without_any_account_the_page_says_which_command_makes_one(tmp_path_factory: object) -> None:
    empty = await _in_thread(lambda: _empty(tmp_path_factory))
    try:
        stranger = Colleague(empty.url)
        await stranger.open("/console")
        assert "guichet user add VOTRE-NOM --role admin" in stranger.page.words
        await stranger.close()
    finally:
        empty.stop()


def _empty(tmp_path_factory: object) -> Office:
    office = Office(tmp_path_factory.mktemp("empty"))  # type: ignore[attr-defined]
    office.start()
    return office


async def _in_thread(work: Callable[[], object]) -> object:
    """Do what runs an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(work)
