"""Requests in a database, for the tests of their life."""

from typing import Any

import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author, Casework
from bot.requests.lifecycle import Actor
from bot.requests.model import Request
from bot.requests.store import RequestStore

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
