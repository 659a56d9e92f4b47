"""A link as an e-mail carries it, to the opinion about the outcome of a request of a running service."""

from bot.catalogue.load import load_catalogue
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.store import RequestStore
from bot.satisfaction.surveys import PATH, VALID, Surveys
from tests.conftest import ROOT
from tests.service import Service


async def opinion_link(service: Service) -> str:
    """File a request and return the path of its link."""
    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
    cipher = Cipher(read_keys("", service.data_dir))
    try:
        requests = RequestStore(database, cipher)
        draft = await requests.start("birth-certificate", "fr", None)
        await requests.file(draft.id, 10)
    finally:
        await database.close()
    surveys = Surveys(database, cipher, load_catalogue(ROOT / "data"))
    return PATH + surveys.token(draft.id, Moment.OUTCOME, (now() + VALID).date())
