"""Where something of a citizen lies: the database, the folder of files, and the journal of what was erased."""

from dataclasses import dataclass
from functools import cached_property

from bot.accounts.audit import AuditTrail
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.files import FileStore, open_files
from bot.requests.recontact import Contacts
from bot.rights.erasures import Erasures, open_erasures
from bot.settings import Settings


@dataclass(frozen=True)
class Holdings:
    """All that an erasure or a purge has to reach.

    Attributes:
        database: the tables.
        cipher: makes the keyed hashes by which a citizen is known again.
        files: what citizens sent, on the disk.
        erasures: the journal of what was erased on demand.
    """

    database: Database
    cipher: Cipher
    files: FileStore
    erasures: Erasures

    @cached_property
    def contacts(self) -> Contacts:
        """Who came about what, in the last seven days."""
        return Contacts(self.database, self.cipher)

    @cached_property
    def trail(self) -> AuditTrail:
        """What colleagues read and changed."""
        return AuditTrail(self.database, self.cipher)


def open_holdings(settings: Settings, database: Database, cipher: Cipher) -> Holdings:
    """Return the holdings that the settings describe."""
    return Holdings(database, cipher, open_files(settings, database, cipher), open_erasures(settings, cipher))
