"""What the actions work with: the catalogue and the stores, opened once by whoever runs them.

The engine opens the desk before its first message; `rasa run actions` opens it at the first action, from the settings.
"""

from dataclasses import dataclass

from bot.catalogue.load import Catalogue, load_catalogue
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.store import RequestStore
from bot.satisfaction.store import FeedbackStore
from bot.settings import Settings, read_settings


@dataclass(frozen=True)
class Desk:
    """The rooms that the actions need."""

    settings: Settings
    catalogue: Catalogue
    conversations: ConversationStore
    requests: RequestStore
    feedback: FeedbackStore


class _Opened:
    desk: Desk | None = None


def open_desk(settings: Settings, database: Database | None = None) -> Desk:
    """Open the desk for this process.

    Raises:
        Misconfigured: the catalogue, the key or the database address cannot be used.
    """
    database = database or Database(settings.database)
    cipher = Cipher(read_keys(settings.secret_key, settings.data_dir))
    _Opened.desk = Desk(
        settings,
        load_catalogue(settings.catalogue_dir),
        ConversationStore(database, cipher),
        RequestStore(database, cipher),
        FeedbackStore(database),
    )
    return _Opened.desk


def desk() -> Desk:
    """Return the open desk; opens it from the settings when nobody did."""
    return _Opened.desk or open_desk(read_settings())
