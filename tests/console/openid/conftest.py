"""An office whose people sign in with its own provider, beside accounts of its own."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts.audit import AuditTrail
from bot.accounts.tables import AccountRow
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from tests.console.colleague import Colleague, Shown
from tests.console.conftest import Office, with_accounts
from tests.console.conftest import _people as people
from tests.console.provider import CLIENT, SECRET, Provider

GROUPS = "mairie agents=agent; Guichet Admins=admin"
OFFICES = "mairie agents=town-hall; caf agents=caf; Guichet Admins=*"


@pytest.fixture(scope="package")
def running_provider() -> Iterator[Provider]:
    running = Provider()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def provider(running_provider: Provider) -> Provider:
    running_provider.honest()
    return running_provider


def settings_of(provider: Provider) -> dict[str, str]:
    return {
        "openid_issuer": provider.issuer,
        "openid_client_id": CLIENT,
        "openid_client_secret": SECRET,
        "openid_name": "l'agglomération",
        "openid_roles": GROUPS,
        "openid_offices": OFFICES,
    }


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory, running_provider: Provider) -> Iterator[Office]:
    """An office that has a provider, and accounts of its own beside it."""
    # One machine signs everybody in, faster than people do.
    settings = settings_of(running_provider) | {"sign_ins_a_minute": "100000"}
    running = Office(tmp_path_factory.mktemp("with-provider"), **settings)
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


def somebody(subject: str, *groups: str, **claims: Any) -> dict[str, Any]:
    return {"sub": subject, "preferred_username": subject, "name": subject.title(), "groups": list(groups), **claims}


async def sign_in(browser: Colleague, path: str = "/console/openid") -> Shown:
    shown = await browser.open(path)
    if 'http-equiv="refresh"' in shown.text:
        [on] = re.findall('content="0; url=([^"]+)"', shown.text)
        await browser.open(on)
    return shown


async def row_of(database: Database, name: str) -> AccountRow | None:
    async with database.reading() as session:
        return (await session.scalars(select(AccountRow).where(AccountRow.name == name))).one_or_none()
