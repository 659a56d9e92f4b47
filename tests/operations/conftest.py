"""A place in which a service lived, and an empty one, on each kind of database."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.privacy.encryption import Cipher
from tests.operations.place import Place


@pytest.fixture
def place(database_url: str, cipher: Cipher, tmp_path: Path) -> Place:
    """Return a place with the tables and nothing in them."""
    folder = tmp_path / "old"
    folder.mkdir()
    return Place.at(folder, database_url, cipher)


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, database_url: str, cipher: Cipher, tmp_path: Path
) -> Callable[..., Place]:
    """Return an empty place with a database of the same kind, or of the other one."""

    def find(*, other_kind: bool = False) -> Place:
        folder = tmp_path / "new"
        folder.mkdir()
        if database_url.startswith("sqlite") is not other_kind:
            return Place.at(folder, f"sqlite+aiosqlite:///{folder / 'guichet.db'}", cipher)
        return Place.at(folder, request.getfixturevalue("empty_postgresql_url"), cipher)

    return find
