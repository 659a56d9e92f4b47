"""An office with an empty database, on each kind of server."""

from pathlib import Path

import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher
from tests.rights.citizen import Office


@pytest.fixture
def office(database: Database, cipher: Cipher, tmp_path: Path) -> Office:
    """Return an office in which nothing happened yet."""
    return Office(database, cipher, tmp_path / "office")
