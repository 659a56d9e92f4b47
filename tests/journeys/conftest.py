"""The tests of this folder talk to the running service of tests/service.py."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.casework import Casework


def pytest_configure(config: pytest.Config) -> None:
    # Registered once, whichever folder comes first: an imported fixture would start a service for each folder.
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")


@pytest.fixture
async def office(service: Any) -> AsyncIterator[Casework]:
    """The office, at work on the requests of the running service."""
    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
    yield Casework(database, Cipher(read_keys("", service.data_dir)))
    await database.close()
