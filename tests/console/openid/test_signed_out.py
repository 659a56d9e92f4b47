"""The provider announces that somebody signed out there: whose sessions end, and what is not believed."""

import json
import secrets
from collections.abc import Callable
from time import time
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from bot.accounts.audit import AuditTrail
from bot.accounts.openid_logout import EVENT
from bot.db import Database
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, Office
from tests.console.openid.conftest import row_of, sign_in, somebody
from tests.console.provider import CLIENT, SECRET, Provider

ADDRESS = "/console/openid/logout"


def claims_of(provider: Provider, **more: Any) -> dict[str, Any]:
    at = int(time())
    told = {"iss": provider.issuer, "aud": CLIENT, "iat": at, "exp": at + 120, "jti": secrets.token_hex(8)}
    return told | {"events": {EVENT: {}}} | more


async def announce(office: Office, token: str) -> int:
    """Send a logout token as a provider does: without a browser, a cookie or a form of ours."""
    provider = Colleague(office.url)
    try:
        shown = await provider.post(ADDRESS, {"logout_token": token}, headers={"User-Agent": "provider"})
        assert shown.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in shown.headers
        return shown.status
    finally:
        await provider.close()


async def is_in(browser: Colleague) -> bool:
    return (await browser.open("/console")).path == "/console"


async def test_who_signs_out_at_the_provider_is_signed_out_here(
    browser: Colleague, provider: Provider, office: Office, office_database: Database, trail: AuditTrail
) -> None:
    provider.who = somebody("alix", "mairie agents")
    await sign_in(browser)
    assert await is_in(browser)
    assert await announce(office, provider.signed(claims_of(provider, sub="alix"))) == 200
    assert not await is_in(browser)
    account = await row_of(office_database, "alix")
    assert account is not None
    assert "signed-out" in {each.action for each in await trail.entries(object_id=account.id)}


async def test_one_session_ends_where_the_provider_names_it_and_the_others_stay(
    browser: Colleague, provider: Provider, office: Office
) -> None:
    elsewhere, other = Colleague(office.url), Colleague(office.url)
    provider.who = somebody("bo", "mairie agents", sid="desk")
    await sign_in(browser)
    provider.who = somebody("bo", "mairie agents", sid="home")
    await sign_in(elsewhere)
    provider.who = somebody("cy", "mairie agents", sid="cy's")
    await sign_in(other)
    assert await announce(office, provider.signed(claims_of(provider, sid="desk"))) == 200
    assert [await is_in(each) for each in (browser, elsewhere, other)] == [False, True, True]
    assert await announce(office, provider.signed(claims_of(provider, sub="bo", sid="cy's"))) == 200
    assert [await is_in(each) for each in (elsewhere, other)] == [True, True], "a session of somebody else"
    assert await announce(office, provider.signed(claims_of(provider, sub="bo", sid="home"))) == 200
    assert [await is_in(each) for each in (elsewhere, other)] == [False, True]
    await elsewhere.close()
    await other.close()


async def test_what_nobody_is_signed_in_with_is_taken_all_the_same(provider: Provider, office: Office) -> None:
    token = provider.signed(claims_of(provider, sub="nobody here"))
    assert await announce(office, token) == 200


async def test_an_announcement_counts_once(browser: Colleague, provider: Provider, office: Office) -> None:
    provider.who = somebody("dov", "mairie agents")
    token = provider.signed(claims_of(provider, sub="dov"))
    assert await announce(office, token) == 200
    await sign_in(browser)
    assert await announce(office, token) == 400
    assert await is_in(browser), "who heard it cannot sign people out with it later"


async def test_keys_that_changed_are_read_again(browser: Colleague, provider: Provider, office: Office) -> None:
    provider.who = somebody("eli", "mairie agents")
    await sign_in(browser)
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "three", "use": "sig", "alg": "RS256"})
    try:
        assert await announce(office, provider.signed(claims_of(provider, sub="eli"))) == 200
        assert not await is_in(browser)
    finally:
        provider.key = old


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.pop(name)


LIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "no issuer": _without("iss"),
    "for another client": lambda claims: claims.update(aud="another"),
    "no audience": _without("aud"),
    "no time": _without("iat"),
    "of an hour ago": lambda claims: claims.update(iat=int(time()) - 3600),
    "from the future": lambda claims: claims.update(iat=int(time()) + 3600),
    "expired": lambda claims: claims.update(exp=int(time()) - 3600),
    "no end": _without("exp"),
    "no number": _without("jti"),
    "an empty number": lambda claims: claims.update(jti=""),
    "no event": _without("events"),
    "another event": lambda claims: claims.update(events={"http://schemas.example/login": {}}),
    "an event that is no object": lambda claims: claims.update(events={EVENT: "yes"}),
    "events as a list": lambda claims: claims.update(events=[EVENT]),
    "a nonce": lambda claims: claims.update(nonce="of a sign-in"),
    "nobody": _without("sub"),
    "a person that is no text": lambda claims: claims.update(sub=["fay"]),
    "an empty session": lambda claims: claims.update(sid=""),
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_says_the_wrong_thing_ends_nothing(
    browser: Colleague, provider: Provider, office: Office, lie: str
) -> None:
    provider.who = somebody("fay", "mairie agents")
    await sign_in(browser)
    claims = claims_of(provider, sub="fay")
    LIES[lie](claims)
    assert await announce(office, provider.signed(claims)) == 400
    assert await is_in(browser)


def _typed(provider: Provider, claims: dict[str, Any], kind: str) -> str:
    header = {"alg": "RS256", "kid": provider.key.kid, "typ": kind}
    return jws.serialize_compact(header, json.dumps(claims).encode(), provider.key)


async def test_a_token_of_another_kind_ends_nothing(browser: Colleague, provider: Provider, office: Office) -> None:
    provider.who = somebody("gil", "mairie agents")
    await sign_in(browser)
    assert await announce(office, _typed(provider, claims_of(provider, sub="gil"), "at+jwt")) == 400
    assert await is_in(browser)
    assert await announce(office, _typed(provider, claims_of(provider, sub="gil"), "logout+jwt")) == 200
    assert not await is_in(browser)


@pytest.mark.parametrize("forgery", ["", "no.token.at all", "unsigned", "another key", "our secret"])
async def test_a_token_that_the_provider_did_not_sign_ends_nothing(
    browser: Colleague, provider: Provider, office: Office, forgery: str
) -> None:
    from tests.console.openid.test_refused import _forged

    provider.who = somebody("hana", "mairie agents")
    await sign_in(browser)
    claims = claims_of(provider, sub="hana")
    made = {
        "unsigned": lambda: _forged(claims, "none"),
        "another key": lambda: provider.signed(claims, RSAKey.generate_key(2048, {"kid": "one"})),
        "our secret": lambda: _forged(claims, "HS256", SECRET.encode()),
    }
    assert await announce(office, made.get(forgery, lambda: forgery)()) == 400
    assert await is_in(browser)


async def test_an_identity_token_is_no_logout_token(browser: Colleague, provider: Provider, office: Office) -> None:
    provider.who = somebody("ida", "mairie agents")
    kept: list[dict[str, Any]] = []
    provider.lie = kept.append
    await sign_in(browser)
    assert await announce(office, provider.signed(kept[0] | {"jti": "1"})) == 400
    assert await is_in(browser)


async def test_a_session_that_a_password_began_stays(browser: Colleague, provider: Provider, office: Office) -> None:
    await browser.sign_in("lea", PASSWORD)
    assert await announce(office, provider.signed(claims_of(provider, sub="lea"))) == 200
    assert await is_in(browser)
