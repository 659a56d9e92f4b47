"""A workshop on each kind of database."""

from pathlib import Path

import pytest

from bot.db import Database
from tests.learning.workshop import Workshop


@pytest.fixture
def workshop(database: Database, tmp_path: Path) -> Workshop:
    """Return a small project with a champion and nothing accepted yet."""
    return Workshop(tmp_path / "workshop", database)
