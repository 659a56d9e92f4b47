"""Signing in with the office's own provider: who comes in, and as what."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select, update

from bot.accounts.audit import AuditTrail
from bot.accounts.tables import AccountRow, SessionRow
from bot.db import Database
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, Office, with_accounts
from tests.console.conftest import _people as people
from tests.console.openid.conftest import row_of, settings_of, sign_in, somebody
from tests.console.provider import Provider


async def test_whoever_is_in_a_group_comes_in_with_its_role_and_offices(
    browser: Colleague, provider: Provider, office_database: Database, trail: AuditTrail
) -> None:
    provider.who = somebody("marie", "mairie agents", "caf agents", "choir")
    assert "Se connecter avec l'agglomération" in (await browser.open("/console/waiting")).words
    [way] = browser.page.links("/console/openid")
    assert way == "/console/openid?next=/console/waiting"
    await sign_in(browser, way)
    assert browser.page.path == "/console/waiting"
    assert "Marie" in browser.page.words
    account = await row_of(office_database, "marie")
    assert account is not None
    assert (account.role, account.administrations, account.password_hash) == ("agent", ["caf", "town-hall"], None)
    assert "marie" not in (account.openid_subject or "")
    assert (await browser.open("/admin/accounts")).status == 403
    assert {"created", "signed-in"} <= {each.action for each in await trail.entries(object_id=account.id)}
    asked = provider.asked
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "openid" in asked["scope"].split()


async def test_the_same_person_has_the_same_account_whatever_they_are_called_now(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = somebody("nadia", "mairie agents", email="nadia@ville.example")
    await sign_in(browser)
    provider.who |= {"preferred_username": "nadia.married", "email": "other@ville.example", "name": "Nadia M."}
    await sign_in(browser)
    assert await row_of(office_database, "nadia.married") is None
    assert await row_of(office_database, "nadia") is not None


@pytest.mark.parametrize("claim", ["preferred_username", "email"])
async def test_a_name_or_an_address_never_opens_the_account_of_somebody_else(
    browser: Colleague, provider: Provider, office_database: Database, claim: str
) -> None:
    provider.who = {"sub": f"impostor {claim}", claim: "ada", "email_verified": True, "groups": ["mairie agents"]}
    await sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 403
    ada = await row_of(office_database, "ada")
    assert ada is not None
    assert (ada.role, ada.openid_subject) == ("admin", None)


@pytest.mark.parametrize(
    "groups", [[], ["choir"], ["*"], ["caf agents"], "Guichet", None, {"mairie agents": True}, [["mairie agents"]]]
)
async def test_whoever_is_in_no_group_that_gives_a_role_gets_nothing(
    browser: Colleague, provider: Provider, office_database: Database, groups: Any
) -> None:
    provider.who = somebody("stranger") | {"groups": groups}
    shown = await sign_in(browser)
    assert shown.status == 403
    assert "aucun de vos groupes" in shown.words
    assert await row_of(office_database, "stranger") is None
    assert (await browser.open("/console")).path.startswith("/console/login")


async def test_groups_may_be_told_by_the_page_of_the_person_alone(browser: Colleague, provider: Provider) -> None:
    provider.who = {"sub": "paul", "preferred_username": "paul"}
    provider.aside = {"groups": ["Guichet Admins"]}
    await sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 200


async def test_the_page_of_somebody_else_is_not_believed(browser: Colleague, provider: Provider) -> None:
    provider.who = {"sub": "petra", "preferred_username": "petra"}
    provider.aside = {"sub": "ada", "groups": ["Guichet Admins"]}
    assert (await sign_in(browser)).status == 401


async def test_an_admin_sees_who_comes_from_the_provider(browser: Colleague, provider: Provider) -> None:
    provider.who = somebody("olga", "Guichet Admins")
    await sign_in(browser)
    shown = await browser.open("/admin/accounts")
    assert "Actif, par le fournisseur d'identité" in shown.words
    [own] = re.findall(r'href="(/admin/accounts/[0-9a-f]+)">olga<', shown.text)
    assert "suivent les groupes" in (await browser.open(own)).words


async def test_who_leaves_a_group_loses_its_rights_at_the_next_sign_in_and_every_session(
    browser: Colleague, provider: Provider, office: Office
) -> None:
    provider.who = somebody("remy", "Guichet Admins")
    await sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 200
    elsewhere = Colleague(office.url)
    provider.who = somebody("remy", "mairie agents")
    await sign_in(elsewhere)
    assert (await elsewhere.open("/admin/accounts")).status == 403
    assert (await browser.open("/admin/accounts")).path.startswith("/console/login")
    await elsewhere.close()


async def test_an_account_that_was_closed_here_stays_closed(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = somebody("sonia", "mairie agents")
    await sign_in(browser)
    async with office_database.writing() as session:
        await session.execute(update(AccountRow).where(AccountRow.name == "sonia").values(active=False))
    shown = await sign_in(browser)
    assert shown.status == 401
    assert "fermé" in shown.words


async def test_a_provider_that_changes_its_keys_is_followed(browser: Colleague, provider: Provider) -> None:
    provider.who = somebody("tom", "mairie agents")
    await sign_in(browser)
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    try:
        assert (await sign_in(browser)).status == 200
    finally:
        provider.key = old


async def test_signing_out_leads_out_of_the_provider_too(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = somebody("ugo", "mairie agents")
    await sign_in(browser)
    cookie = browser.cookie
    shown = await browser.send("/console/logout")
    [way] = set(shown.links(provider.issuer))
    before = provider.signed_out
    await browser.open(way.replace("&amp;", "&"))
    assert provider.signed_out == before + 1
    assert browser.page.path == "/console/login"
    browser.cookie = cookie
    assert (await browser.open("/console")).path.startswith("/console/login")
    async with office_database.reading() as session:
        marie = select(AccountRow.id).where(AccountRow.name == "ugo")
        left = list(await session.scalars(select(SessionRow.id).where(SessionRow.account_id.in_(marie))))
    assert left == []


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/console/../x", "javascript:alert(1)"])
async def test_the_way_over_the_provider_never_leads_elsewhere(
    browser: Colleague, provider: Provider, wanted: str
) -> None:
    provider.who = somebody("vera", "mairie agents")
    async with browser.client.get("/console/openid", params={"next": wanted}) as response:
        page = await response.text()
    assert "evil" not in page
    assert 'content="0; url=/console"' in page


async def test_what_the_provider_says_is_inert(browser: Colleague, provider: Provider) -> None:
    attack = '"><script>alert(1)</script>'
    provider.who = somebody("walter", "mairie agents") | {"name": attack}
    shown = await sign_in(browser)
    assert "<script>alert" not in shown.text
    assert "<script>alert" not in browser.page.text


async def test_the_cookies_of_the_way_back_are_out_of_reach_of_scripts(browser: Colleague, provider: Provider) -> None:
    async with browser.client.get("/console/openid", allow_redirects=False) as response:
        [way] = [each for each in response.headers.getall("Set-Cookie") if each.startswith("guichet-openid=")]
    assert "HttpOnly" in way
    assert "SameSite=Lax" in way
    provider.who = somebody("xenia", "mairie agents")
    async with browser.client.get("/console/openid") as response:
        cookies = response.headers.getall("Set-Cookie")
        assert response.headers["Cache-Control"] == "no-store"
    [session] = [each for each in cookies if each.startswith("guichet-session=")]
    assert "SameSite=Strict" in session
    assert "HttpOnly" in session
    assert any(each.startswith('guichet-openid=""') for each in cookies), "it served once"


async def test_local_accounts_still_open_with_their_password(browser: Colleague) -> None:
    await browser.sign_in("lea", PASSWORD)
    assert browser.page.path == "/console"
    assert "Léa, mairie" in browser.page.words


async def test_passwords_can_be_refused(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("no-passwords")
    running = await _in_thread(lambda: _open(folder, provider))
    browser = Colleague(running.url)
    try:
        await browser.open("/console/login")
        assert 'name="password"' not in browser.page.text
        assert (await browser.send("/console/login", name="lea", password=PASSWORD)).status == 403
        token = await _in_thread(lambda: with_accounts(running, lambda store: _invited(store)))
        assert (await browser.open(f"/console/invitation/{token}")).status == 403
        provider.who = somebody("yves", "mairie agents")
        await sign_in(browser)
        assert browser.page.path == "/console"
        await browser.open("/console/account")
        assert 'name="password"' not in browser.page.text
    finally:
        await browser.close()
        running.stop()


async def test_a_provider_that_is_away_is_told_and_local_accounts_still_work(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    nobody = Provider()  # never started
    running = await _in_thread(lambda: _open(tmp_path_factory.mktemp("away"), nobody, password_sign_in="yes"))
    browser = Colleague(running.url)
    try:
        shown = await browser.open("/console/openid")
        assert shown.status == 503
        assert "ne répond pas" in shown.words
        await browser.sign_in("lea", PASSWORD)
        assert browser.page.path == "/console"
    finally:
        await browser.close()
        running.stop()


async def _invited(store: Any) -> str:
    return await store.invite((await store.by_name("lea")).id)


def _open(folder: Any, provider: Provider, **settings: str) -> Office:
    running = Office(folder, **({"password_sign_in": "no"} | settings_of(provider) | settings))
    with_accounts(running, people)
    running.start()
    return running


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Do what runs an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(work)
