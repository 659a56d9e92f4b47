"""Answers of a provider, or of somebody in its place, that are not believed."""

import base64
import hmac
import json
from collections.abc import Callable
from time import time
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from bot.accounts.tables import AccountRow
from bot.db import Database
from tests.console.colleague import Colleague
from tests.console.conftest import Office
from tests.console.openid.conftest import row_of, sign_in, somebody
from tests.console.provider import CLIENT, SECRET, Provider


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
    provider.who = somebody("liar", "Guichet Admins")
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
    provider.who = somebody("liar", "Guichet Admins")
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
    provider.who = somebody("liar", "Guichet Admins")
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
    provider.who = somebody("liar", "Guichet Admins")
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
    shown = await sign_in(browser)
    assert shown.status == 401
    assert "n'a pas abouti" in shown.words
    assert await row_of(database, "liar") is None
    assert (await browser.open("/console")).path.startswith("/console/login")
