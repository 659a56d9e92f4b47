"""The store of conversations on each database."""

import pytest

from bot.conversations.pending import PendingMessages
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher


@pytest.fixture
def pending(database: Database, cipher: Cipher) -> PendingMessages:
    return PendingMessages(database, cipher)


@pytest.fixture
def store(database: Database, cipher: Cipher) -> ConversationStore:
    return ConversationStore(database, cipher)
