"""Tying an account that is here already to somebody at the provider: by its owner or an admin, never by a name."""

import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from bot.accounts.audit import AuditTrail
from bot.accounts.tables import AccountRow
from bot.db import Database
from tests.console.colleague import Colleague
from tests.console.conftest import PASSWORD, Office
from tests.console.openid.conftest import row_of, sign_in, somebody
from tests.console.provider import Provider

TIE, UNTIE = "/console/openid/tie", "/console/openid/untie"


@pytest.fixture
async def elsewhere(office: Office) -> AsyncIterator[Colleague]:
    one = Colleague(office.url)
    yield one
    await one.close()


@pytest.fixture(autouse=True)
async def _untied(office_database: Database) -> AsyncIterator[None]:
    yield
    async with office_database.writing() as session:
        local = AccountRow.password_hash.is_not(None)
        await session.execute(update(AccountRow).where(local).values(openid_subject=None))


async def test_its_owner_ties_an_account_with_the_password_and_signs_in_with_the_provider(
    browser: Colleague, elsewhere: Colleague, provider: Provider, office_database: Database, trail: AuditTrail
) -> None:
    provider.who = somebody("another name than lea", "mairie agents")
    await browser.sign_in("lea", PASSWORD)
    assert "Relier à l'agglomération" in (await browser.open("/console/account")).words
    shown = await browser.send(TIE, password=PASSWORD)
    [on] = re.findall('content="0; url=([^"]+)"', shown.text)
    assert "s'ouvre maintenant aussi" in (await browser.open(on)).words
    await sign_in(elsewhere)
    assert "Léa, mairie" in (await elsewhere.open("/console/account")).words
    lea = await row_of(office_database, "lea")
    assert lea is not None
    assert lea.password_hash is not None, "the password stays"
    assert "tied" in {each.action for each in await trail.entries(object_id=lea.id)}
    await browser.open("/console/account")
    await browser.send(UNTIE, password=PASSWORD)
    assert (await elsewhere.open("/console")).path.startswith("/console/login"), "what the provider began is over"
    assert (await browser.open("/console")).path == "/console", "what the password began goes on"
    await sign_in(elsewhere)
    assert "Léa, mairie" not in elsewhere.page.words, "a new account"


@pytest.mark.parametrize("path", [TIE, UNTIE])
async def test_a_session_alone_ties_and_unties_nothing(
    browser: Colleague, provider: Provider, office_database: Database, path: str
) -> None:
    """Whoever finds a desk unlocked must not keep the account."""
    provider.who = somebody("thief", "mairie agents")
    await browser.sign_in("omar", PASSWORD)
    before = await row_of(office_database, "omar")
    await browser.open("/console/account")
    assert (await browser.send(path, password="not the password at all")).status == 401
    await browser.open("/console/account")
    assert (await browser.send(path)).status == 401
    after = await row_of(office_database, "omar")
    assert before is not None
    assert after is not None
    assert after.openid_subject == before.openid_subject is None
    async with office_database.writing() as session:
        from bot.accounts.tables import LoginFailureRow

        await session.execute(LoginFailureRow.__table__.delete())  # type: ignore[attr-defined]


async def test_somebody_who_has_an_account_here_is_tied_to_no_second_one(
    browser: Colleague, elsewhere: Colleague, provider: Provider, office_database: Database
) -> None:
    provider.who = somebody("jo", "mairie agents")
    await sign_in(elsewhere)
    await browser.sign_in("lea", PASSWORD)
    await browser.open("/console/account")
    shown = await browser.send(TIE, password=PASSWORD)
    assert shown.status == 409
    assert "déjà un autre compte" in shown.words
    lea = await row_of(office_database, "lea")
    assert lea is not None
    assert lea.openid_subject is None


async def test_another_browser_cannot_come_back_in_its_place(
    browser: Colleague, elsewhere: Colleague, provider: Provider, office_database: Database
) -> None:
    """An attacker who gets the way back opened elsewhere, or opens somebody's, ties nothing."""
    provider.who = somebody("kim", "mairie agents")
    await browser.sign_in("lea", PASSWORD)
    await browser.open("/console/account")
    shown = await browser.send(TIE, password=PASSWORD, follow=False)
    async with browser.client.get(shown.headers["Location"], allow_redirects=False) as response:
        back = response.headers["Location"]
    await elsewhere.sign_in("omar", PASSWORD)
    assert (await elsewhere.open(back)).status == 401
    for name in ("lea", "omar"):
        row = await row_of(office_database, name)
        assert row is not None
        assert row.openid_subject is None


async def test_an_admin_ties_an_account_by_the_identifier_at_the_provider_and_unties_it(
    browser: Colleague, elsewhere: Colleague, provider: Provider
) -> None:
    await browser.sign_in("ada", PASSWORD)
    shown = await browser.open("/admin/accounts")
    [own] = re.findall(r'href="(/admin/accounts/[0-9a-f]+)">omar<', shown.text)
    await browser.open(own)
    assert "Ne plus relier" in (await browser.send(f"{own}/provider", subject="f:81-omar")).words
    assert (await browser.send(f"{own}/provider", subject="somebody else")).status == 409
    provider.who = somebody("o.dupont", "caf agents", "mairie agents") | {"sub": "f:81-omar"}
    await sign_in(elsewhere)
    assert "Omar, CAF" in (await elsewhere.open("/console/account")).words
    await browser.open(own)
    await browser.send(f"{own}/provider")
    assert (await elsewhere.open("/console")).path.startswith("/console/login")


async def test_an_agent_ties_nobody(browser: Colleague, provider: Provider, office_database: Database) -> None:
    await browser.sign_in("lea", PASSWORD)
    ada = await row_of(office_database, "ada")
    assert ada is not None
    await browser.open("/console/account")
    assert (await browser.send(f"/admin/accounts/{ada.id}/provider", subject="lea")).status == 403
