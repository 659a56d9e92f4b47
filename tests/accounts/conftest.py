"""Accounts in a fresh database."""

import pytest

from bot.accounts.sessions import SessionStore
from bot.accounts.store import AccountStore
from bot.db import Database
from bot.privacy.encryption import Cipher


@pytest.fixture
def accounts(database: Database, cipher: Cipher) -> AccountStore:
    return AccountStore(database, cipher)


@pytest.fixture
def sessions(database: Database) -> SessionStore:
    return SessionStore(database)
