"""How a citizen said that they like to be spoken to steers what they are told: the language, and by which way."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.casework import Casework
from bot.requests.delivery import Delivery
from bot.requests.model import Request, State, Way
from bot.requests.preferences import follow, tell
from bot.requests.same_contact import SameContact
from bot.requests.store import RequestStore
from bot.settings import Settings
from tests.requests.conftest import AGENT
from tests.requests.mail_server import serving

Told = Callable[..., Awaitable[dict[str, str]]]
ANSWERS = {"email": "zoe@exemple.fr", "phone": "+33612345678"}


@pytest.fixture
def told(database: Database, cipher: Cipher, catalogue: Catalogue, requests: RequestStore, tmp_path: Path) -> Told:
    """Return by which ways the citizen of a new request is told that it is examined, and with which subject."""
    casework, conversations = Casework(database, cipher), ConversationStore(database, cipher)

    async def tell_all(request: Request) -> dict[str, str]:
        path = tmp_path / f"{request.reference}.jsonl"
        with serving() as server:
            settings = Settings(smtp_host="127.0.0.1", smtp_port=server.port, smtp_tls="none", sms_file=str(path))
            delivery = Delivery(settings, database, cipher, catalogue, conversations, lambda each: None)
            await delivery.run()
            server.received.clear()
            path.unlink(missing_ok=True)
            await casework.advance(request.reference, State.EXAMINED, AGENT)
            await delivery.run()
            found = [("email", str(each["Subject"])) for each in server.received]
        found += [("sms", path.read_text())] if path.exists() else []
        shown = await conversations.messages_after(request.conversation_id or "", 0)
        return dict([*found, *(("chat", each.text) for each in shown if request.reference in each.text)])

    return tell_all


@pytest.fixture
async def filed(database: Database, cipher: Cipher, requests: RequestStore) -> Request:
    """A request with an e-mail address and a phone number, made in a French conversation."""
    return await _file(database, cipher, requests)


async def _file(database: Database, cipher: Cipher, requests: RequestStore) -> Request:
    conversation_id, _, _ = await ConversationStore(database, cipher).open("fr", None, [])
    draft = await requests.start("street-problem", "fr", conversation_id)
    await requests.answer(draft.id, ANSWERS)
    return await requests.file(draft.id, 10)


async def test_news_is_in_the_language_that_the_citizen_told_an_agent(
    database: Database, requests: RequestStore, filed: Request, told: Told
) -> None:
    await tell(database, [filed], "en", Way.PHONE)
    found = await told(await requests.get(filed.id))
    assert found["email"] == f"Your request {filed.reference} is moving on"
    assert "is under examination" in found["chat"]
    assert "There is news" in found["sms"]


@pytest.mark.parametrize(
    ("way", "ways"),
    [
        (Way.EMAIL, {"chat", "email"}),
        (Way.CHAT, {"chat"}),
        # The counter neither calls nor writes letters: an agent is told to, and the rest goes as ever.
        (Way.PHONE, {"chat", "email", "sms"}),
        (Way.LETTER, {"chat", "email", "sms"}),
    ],
)
async def test_news_goes_by_the_way_that_the_citizen_prefers(
    database: Database, requests: RequestStore, filed: Request, told: Told, way: Way, ways: set[str]
) -> None:
    await tell(database, [filed], "fr", way)
    assert set(await told(await requests.get(filed.id))) == ways


async def test_who_prefers_the_conversation_is_told_otherwise_once_it_is_gone(
    database: Database, requests: RequestStore, told: Told
) -> None:
    draft = await requests.start("street-problem", "fr", None)
    await requests.answer(draft.id, ANSWERS)
    request = await requests.file(draft.id, 10)
    await tell(database, [request], "fr", Way.CHAT)
    assert set(await told(await requests.get(request.id))) == {"email", "sms"}


async def test_what_a_request_only_shows_steers_nothing(
    database: Database,
    cipher: Cipher,
    catalogue: Catalogue,
    requests: RequestStore,
    filed: Request,
    told: Told,
) -> None:
    await SameContact(database, cipher, catalogue).note_new()
    request = await requests.get(filed.id)
    assert (request.preference.way, request.preference.told_at) == (Way.EMAIL, None)
    assert set(await told(request)) == {"chat", "email", "sms"}


async def test_who_chooses_another_language_in_the_conversation_is_written_to_in_it(
    database: Database, cipher: Cipher, requests: RequestStore, filed: Request, told: Told
) -> None:
    other = await _file(database, cipher, requests)
    await tell(database, [filed], "fr", Way.EMAIL)
    await follow(database, str(filed.conversation_id), "en")
    request = await requests.get(filed.id)
    assert (request.language, request.preference.language, request.preference.way) == ("en", "en", Way.EMAIL)
    assert (await told(request))["email"].startswith("Your request")
    assert (await requests.get(other.id)).language == "fr", "another conversation"


async def test_nobody_has_to_say_it_again_for_the_next_request(
    database: Database, cipher: Cipher, catalogue: Catalogue, requests: RequestStore, filed: Request
) -> None:
    same = SameContact(database, cipher, catalogue)
    await same.note_new()
    await tell(database, [filed], "en", Way.LETTER)
    later = await _file(database, cipher, requests)
    await same.note_new()
    known = await requests.get(later.id)
    assert (known.language, known.preference.way) == ("en", Way.LETTER)
    assert known.preference.told_at is not None
