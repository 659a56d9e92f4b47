"""The store of conversations on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversations.pending import PendingMessages
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher
from tests.benchmarks.million import fill_postgresql, fill_sqlite
from tests.conftest import ROOT


@pytest.fixture
def pending(database: Database, cipher: Cipher) -> PendingMessages:
    return PendingMessages(database, cipher)


@pytest.fixture
def store(database: Database, cipher: Cipher) -> ConversationStore:
    return ConversationStore(database, cipher)


@pytest.fixture
async def filled(database_url: str) -> AsyncIterator[Database]:
    """A log of two thousand turns, of which the database knows how they are spread."""
    if database_url.startswith("sqlite"):
        fill_sqlite(Path(database_url.removeprefix("sqlite+aiosqlite:///")), ROOT, 2000)
    else:
        fill_postgresql(database_url.replace("+psycopg", ""), ROOT, 2000)
    database = Database(database_url)
    yield database
    await database.close()
