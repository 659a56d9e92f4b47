"""What the actions work with: the catalogue and the stores, opened once by whoever runs them.

The engine opens the desk before its first message; `rasa run actions` opens it at the first action, from the settings.
"""

from dataclasses import dataclass

from bot.catalogue.fiches_store import stamp as fiches_stamp
from bot.catalogue.fresh import Fresh
from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.offices import FOLDER as OFFICES
from bot.catalogue.offices import open_directory
from bot.catalogue.offices_store import Directory
from bot.catalogue.offices_store import stamp as offices_stamp
from bot.catalogue.search import FOLDER as FICHES
from bot.catalogue.search import Search, open_search
from bot.conversations.durable import DurableStore
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.hours import read_hours
from bot.conversations.presence import Presence
from bot.conversations.reception import Reception
from bot.conversations.spool import open_spool
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher, open_cipher
from bot.requests.casework import Casework
from bot.requests.files import FileStore, open_files
from bot.requests.recontact import Contacts
from bot.requests.store import RequestStore
from bot.satisfaction.store import FeedbackStore
from bot.settings import Settings, read_settings


@dataclass(frozen=True)
class Desk:
    """The rooms that the actions need; `search` and `directory` are opened when somebody first asks for them."""

    settings: Settings
    catalogue: Catalogue
    conversations: ConversationStore
    requests: RequestStore
    casework: Casework
    files: FileStore
    contacts: Contacts
    feedback: FeedbackStore
    reception: Reception
    search: Fresh[Search]
    directory: Fresh[Directory | None]


class _Opened:
    desk: Desk | None = None


def open_desk(
    settings: Settings,
    database: Database | None = None,
    *,
    catalogue: Catalogue | None = None,
    cipher: Cipher | None = None,
) -> Desk:
    """Open the desk for this process.

    Args:
        settings: the settings.
        database: opened already; that of the settings when left out.
        catalogue: read already.
        cipher: made already.

    Raises:
        Misconfigured: the catalogue, the key or the database address cannot be used.
    """
    database = database or Database(settings.database)
    cipher = cipher or open_cipher(settings)
    conversations = DurableStore(database, cipher, open_spool(settings, cipher))
    _Opened.desk = Desk(
        settings,
        catalogue or load_catalogue(settings.catalogue_dir),
        conversations,
        RequestStore(database, cipher, settings.wrong_codes),
        Casework(database, cipher),
        open_files(settings, database, cipher),
        Contacts(database, cipher),
        FeedbackStore(database),
        Reception(
            HandoffStore(conversations, cipher),
            Presence(database),
            read_hours(settings.person_hours, settings.person_closed, settings.timezone),
        ),
        Fresh(lambda: fiches_stamp(settings.data_dir / FICHES), lambda: open_search(settings)),
        Fresh(lambda: offices_stamp(settings.data_dir / OFFICES), lambda: open_directory(settings)),
    )
    return _Opened.desk


def desk() -> Desk:
    """Return the open desk; opens it from the settings when nobody did."""
    return _Opened.desk or open_desk(read_settings())
