"""Requests in a database, for the tests of their life."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from actions.desk import Desk
from bot.catalogue.load import Catalogue
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author, Casework
from bot.requests.lifecycle import Actor
from bot.requests.model import Request
from bot.requests.store import RequestStore
from tests.requests.filling import desk_at

AGENT = Author(Actor.AGENT, "camille")
ANSWERS: dict[str, Any] = {"birth_name": "Quatrebarbes", "email": "zephyrine@exemple.fr"}


@pytest.fixture
def requests(database: Database, cipher: Cipher) -> RequestStore:
    return RequestStore(database, cipher)


@pytest.fixture
def casework(database: Database, cipher: Cipher) -> Casework:
    return Casework(database, cipher)


async def filed(requests: RequestStore, service: str = "birth-certificate", **answers: Any) -> Request:
    """Return a request that a citizen has filed."""
    draft = await requests.start(service, "fr", "c1")
    await requests.answer(draft.id, ANSWERS | answers)
    return await requests.file(draft.id, 10)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, catalogue: Catalogue) -> AsyncIterator[Desk]:
    async with desk_at(database_url, tmp_path, catalogue) as opened:
        yield opened
