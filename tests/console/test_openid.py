"""Signing in with the office's own provider: who comes in, as what, and which answers are not believed."""

import base64
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from time import time
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select, update

from bot.accounts.audit import AuditTrail
from bot.accounts.tables import AccountRow, SessionRow
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from tests.console.colleague import Colleague, Shown
from tests.console.conftest import PASSWORD, Office, with_accounts
from tests.console.conftest import _people as people
from tests.console.provider import CLIENT, SECRET, Provider

GROUPS = "mairie agents=agent; Guichet Admins=admin"
OFFICES = "mairie agents=town-hall; caf agents=caf; Guichet Admins=*"


@pytest.fixture(scope="module")
def running_provider() -> Iterator[Provider]:
    running = Provider()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    running_provider.honest()
    return running_provider


def _settings(provider: Provider) -> dict[str, str]:
    return {
        "openid_issuer": provider.issuer,
        "openid_client_id": CLIENT,
        "openid_client_secret": SECRET,
        "openid_name": "l'agglomération",
        "openid_roles": GROUPS,
        "openid_offices": OFFICES,
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, running_provider: Provider) -> Iterator[Office]:
    """An office that has a provider, and accounts of its own beside it."""
    running = Office(tmp_path_factory.mktemp("with-provider"), **_settings(running_provider))
    with_accounts(running, people)
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def browser(office: Office) -> AsyncIterator[Colleague]:
    one = Colleague(office.url)
    yield one
    await one.close()


@pytest.fixture
async def trail(office_database: Database, office: Office) -> AuditTrail:
    return AuditTrail(office_database, Cipher(read_keys("", office.data_dir)))


def _somebody(subject: str, *groups: str, **claims: Any) -> dict[str, Any]:
    return {"sub": subject, "preferred_username": subject, "name": subject.title(), "groups": list(groups), **claims}


async def _sign_in(browser: Colleague, path: str = "/console/openid") -> Shown:
    shown = await browser.open(path)
    if 'http-equiv="refresh"' in shown.text:
        [on] = re.findall('content="0; url=([^"]+)"', shown.text)
        await browser.open(on)
    return shown


async def _row(database: Database, name: str) -> AccountRow | None:
    async with database.reading() as session:
        return (await session.scalars(select(AccountRow).where(AccountRow.name == name))).one_or_none()


async def test_whoever_is_in_a_group_comes_in_with_its_role_and_offices(
    browser: Colleague, provider: Provider, office_database: Database, trail: AuditTrail
) -> None:
    provider.who = _somebody("marie", "mairie agents", "caf agents", "choir")
    assert "Se connecter avec l'agglomération" in (await browser.open("/console/waiting")).words
    [way] = browser.page.links("/console/openid")
    assert way == "/console/openid?next=/console/waiting"
    await _sign_in(browser, way)
    assert browser.page.path == "/console/waiting"
    assert "Marie" in browser.page.words
    account = await _row(office_database, "marie")
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
    provider.who = _somebody("nadia", "mairie agents", email="nadia@ville.example")
    await _sign_in(browser)
    provider.who |= {"preferred_username": "nadia.married", "email": "other@ville.example", "name": "Nadia M."}
    await _sign_in(browser)
    assert await _row(office_database, "nadia.married") is None
    assert await _row(office_database, "nadia") is not None


@pytest.mark.parametrize("claim", ["preferred_username", "email"])
async def test_a_name_or_an_address_never_opens_the_account_of_somebody_else(
    browser: Colleague, provider: Provider, office_database: Database, claim: str
) -> None:
    provider.who = {"sub": f"impostor {claim}", claim: "ada", "email_verified": True, "groups": ["mairie agents"]}
    await _sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 403
    ada = await _row(office_database, "ada")
    assert ada is not None
    assert (ada.role, ada.openid_subject) == ("admin", None)


@pytest.mark.parametrize(
    "groups", [[], ["choir"], ["*"], ["caf agents"], "Guichet", None, {"mairie agents": True}, [["mairie agents"]]]
)
async def test_whoever_is_in_no_group_that_gives_a_role_gets_nothing(
    browser: Colleague, provider: Provider, office_database: Database, groups: Any
) -> None:
    provider.who = _somebody("stranger") | {"groups": groups}
    shown = await _sign_in(browser)
    assert shown.status == 403
    assert "aucun de vos groupes" in shown.words
    assert await _row(office_database, "stranger") is None
    assert (await browser.open("/console")).path.startswith("/console/login")


async def test_groups_may_be_told_by_the_page_of_the_person_alone(browser: Colleague, provider: Provider) -> None:
    provider.who = {"sub": "paul", "preferred_username": "paul"}
    provider.aside = {"groups": ["Guichet Admins"]}
    await _sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 200


async def test_the_page_of_somebody_else_is_not_believed(browser: Colleague, provider: Provider) -> None:
    provider.who = {"sub": "petra", "preferred_username": "petra"}
    provider.aside = {"sub": "ada", "groups": ["Guichet Admins"]}
    assert (await _sign_in(browser)).status == 401


async def test_an_admin_sees_who_comes_from_the_provider(browser: Colleague, provider: Provider) -> None:
    provider.who = _somebody("olga", "Guichet Admins")
    await _sign_in(browser)
    shown = await browser.open("/admin/accounts")
    assert "Actif, par le fournisseur d'identité" in shown.words
    [own] = re.findall(r'href="(/admin/accounts/[0-9a-f]+)">olga<', shown.text)
    assert "suivent les groupes" in (await browser.open(own)).words


async def test_who_leaves_a_group_loses_its_rights_at_the_next_sign_in_and_every_session(
    browser: Colleague, provider: Provider, office: Office
) -> None:
    provider.who = _somebody("remy", "Guichet Admins")
    await _sign_in(browser)
    assert (await browser.open("/admin/accounts")).status == 200
    elsewhere = Colleague(office.url)
    provider.who = _somebody("remy", "mairie agents")
    await _sign_in(elsewhere)
    assert (await elsewhere.open("/admin/accounts")).status == 403
    assert (await browser.open("/admin/accounts")).path.startswith("/console/login")
    await elsewhere.close()


async def test_an_account_that_was_closed_here_stays_closed(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = _somebody("sonia", "mairie agents")
    await _sign_in(browser)
    async with office_database.writing() as session:
        await session.execute(update(AccountRow).where(AccountRow.name == "sonia").values(active=False))
    shown = await _sign_in(browser)
    assert shown.status == 401
    assert "fermé" in shown.words


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def lie(claims: dict[str, Any]) -> None:
        del claims[name]

    return lie


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another nonce": lambda claims: claims.update(nonce="of another browser"),
    "no nonce": _without("nonce"),
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "for another client": lambda claims: claims.update(aud="another"),
    "for us and another that may use it": lambda claims: claims.update(aud=[CLIENT, "another"], azp="another"),
    "expired": lambda claims: claims.update(exp=int(time()) - 3600),
    "no end": _without("exp"),
    "from the future": lambda claims: claims.update(iat=int(time()) + 3600),
    "no subject": _without("sub"),
    "no audience": _without("aud"),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_says_the_wrong_thing_is_refused(
    browser: Colleague, provider: Provider, office_database: Database, lie: str
) -> None:
    provider.who = _somebody("liar", "Guichet Admins")
    provider.lie = LIES[lie]
    await _refused(browser, office_database)


def _forged(claims: dict[str, Any], algorithm: str, secret: bytes = b"") -> str:
    """A token as an attacker makes it: unsigned, or signed with something that others know too."""
    header = {"alg": algorithm, "kid": "one"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    body = b".".join(parts)
    mark = base64.urlsafe_b64encode(hmac.digest(secret, body, "sha256")).rstrip(b"=") if secret else b""
    return (body + b"." + mark).decode()


@pytest.mark.parametrize(
    "forgery", ["none", "another key", "public key as a secret", "our secret", "spoilt", "no token"]
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    browser: Colleague, provider: Provider, office_database: Database, forgery: str
) -> None:
    provider.who = _somebody("liar", "Guichet Admins")
    public = provider.key.as_pem(private=False)
    makers: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": lambda claims: _forged(claims, "none"),
        "another key": lambda claims: provider.signed(claims, RSAKey.generate_key(2048, {"kid": "one"})),
        "public key as a secret": lambda claims: _forged(claims, "HS256", public),
        "our secret": lambda claims: _forged(claims, "HS256", SECRET.encode()),
        "spoilt": lambda claims: provider.signed(claims)[:-8] + "AAAAAAAA",
        "no token": lambda claims: "",
    }
    provider.sign = makers[forgery]
    await _refused(browser, office_database)


@pytest.mark.parametrize(
    "answer",
    [
        {"state": "of another browser"},
        {"state": ""},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"code": "that was never given"},
    ],
    ids=str,
)
async def test_an_answer_that_is_not_that_of_this_browser_and_this_provider_is_refused(
    browser: Colleague, provider: Provider, office_database: Database, answer: dict[str, str]
) -> None:
    provider.who = _somebody("liar", "Guichet Admins")
    provider.answer = lambda parameters: parameters.update(answer)
    await _refused(browser, office_database)


async def test_who_refuses_at_the_provider_is_told_so(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    await _refused(browser, office_database)


async def test_a_way_back_that_another_browser_began_opens_nothing(
    browser: Colleague, provider: Provider, office: Office, office_database: Database
) -> None:
    """An attacker sends their own code to somebody: that browser has not left from here."""
    provider.who = _somebody("liar", "Guichet Admins")
    async with browser.client.get("/console/openid", allow_redirects=False) as response:
        to_provider = response.headers["Location"]
    async with browser.client.get(to_provider, allow_redirects=False) as response:
        back = response.headers["Location"]
    victim = Colleague(office.url)
    await victim.open(back)
    assert victim.page.status == 401
    await victim.close()
    again = await browser.open(back)
    assert again.status == 200, "its own browser may"
    assert (await browser.open(back)).status == 401, "once"
    async with office_database.writing() as session:
        await session.execute(AccountRow.__table__.delete().where(AccountRow.name == "liar"))  # type: ignore[attr-defined]


async def _refused(browser: Colleague, database: Database) -> None:
    shown = await _sign_in(browser)
    assert shown.status == 401
    assert "n'a pas abouti" in shown.words
    assert await _row(database, "liar") is None
    assert (await browser.open("/console")).path.startswith("/console/login")


async def test_a_provider_that_changes_its_keys_is_followed(browser: Colleague, provider: Provider) -> None:
    provider.who = _somebody("tom", "mairie agents")
    await _sign_in(browser)
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "two", "use": "sig", "alg": "RS256"})
    try:
        assert (await _sign_in(browser)).status == 200
    finally:
        provider.key = old


async def test_signing_out_leads_out_of_the_provider_too(
    browser: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = _somebody("ugo", "mairie agents")
    await _sign_in(browser)
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
    provider.who = _somebody("vera", "mairie agents")
    async with browser.client.get("/console/openid", params={"next": wanted}) as response:
        page = await response.text()
    assert "evil" not in page
    assert 'content="0; url=/console"' in page


async def test_what_the_provider_says_is_inert(browser: Colleague, provider: Provider) -> None:
    attack = '"><script>alert(1)</script>'
    provider.who = _somebody("walter", "mairie agents") | {"name": attack}
    shown = await _sign_in(browser)
    assert "<script>alert" not in shown.text
    assert "<script>alert" not in browser.page.text


async def test_the_cookies_of_the_way_back_are_out_of_reach_of_scripts(browser: Colleague, provider: Provider) -> None:
    async with browser.client.get("/console/openid", allow_redirects=False) as response:
        [way] = [each for each in response.headers.getall("Set-Cookie") if each.startswith("guichet-openid=")]
    assert "HttpOnly" in way
    assert "SameSite=Lax" in way
    provider.who = _somebody("xenia", "mairie agents")
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
        provider.who = _somebody("yves", "mairie agents")
        await _sign_in(browser)
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
    running = Office(folder, **({"password_sign_in": "no"} | _settings(provider) | settings))
    with_accounts(running, people)
    running.start()
    return running


async def _in_thread(work: Callable[[], Any]) -> Any:
    """Do what runs an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(work)
