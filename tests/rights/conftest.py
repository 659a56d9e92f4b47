"""An office with an empty database, on each kind of server."""

import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher
from tests.rights.citizen import Office


@pytest.fixture
def office(database: Database, cipher: Cipher) -> Office:
    """Return an office in which nothing happened yet."""
    return Office(database, cipher)
