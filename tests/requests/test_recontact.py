"""Who comes back about the same thing within seven days is noticed; who they are is soon forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Service
from bot.conversations.store import ConversationStore
from bot.conversations.tables import TurnRow
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.recontact import Contacts
from bot.requests.store import RequestStore
from tests.requests.conftest import filed

NOON = now()


@pytest.fixture
def contacts(database: Database, cipher: Cipher) -> Contacts:
    return Contacts(database, cipher)


@pytest.fixture
def service(catalogue: Catalogue) -> Service:
    return catalogue.service("birth-certificate")


@pytest.mark.parametrize(
    ("later", "hours"),
    [
        (timedelta(minutes=10), None),
        (timedelta(hours=5), 5.0),
        (timedelta(days=6, hours=23), 167.0),
        (timedelta(days=7, minutes=1), None),
    ],
)
async def test_coming_back_within_seven_days_but_not_in_the_same_visit_is_a_recontact(
    contacts: Contacts, service: Service, later: timedelta, hours: float | None
) -> None:
    assert await contacts.notice(service, "c1", at=NOON) is None
    assert await contacts.notice(service, "c1", at=NOON + later) == hours
    assert len(await contacts.since(NOON)) == (hours is not None)


async def test_another_service_or_another_person_is_no_recontact(
    contacts: Contacts, service: Service, catalogue: Catalogue
) -> None:
    await contacts.notice(service, "c1", at=NOON)
    later = NOON + timedelta(days=1)
    assert await contacts.notice(service, "c2", at=later) is None
    assert await contacts.notice(catalogue.service("street-problem"), "c1", at=later) is None


async def test_the_same_address_is_the_same_citizen_in_another_conversation(
    contacts: Contacts, service: Service, requests: RequestStore
) -> None:
    first, second = await filed(requests), await filed(requests, email="ZEPHYRINE@exemple.fr")
    stranger = await filed(requests, email="autre@exemple.fr")
    await contacts.notice(service, "c1", first, NOON)
    later = NOON + timedelta(days=2)
    assert await contacts.notice(service, "c3", stranger, later) is None
    assert await contacts.notice(service, "c2", second, later) == 48.0
    [recontact] = await contacts.since(NOON)
    assert (recontact.service, recontact.request_id) == (service.id, second.id)


async def test_a_question_asked_again_days_later_in_the_same_conversation_is_a_recontact(
    contacts: Contacts, service: Service, catalogue: Catalogue, database: Database, cipher: Cipher
) -> None:
    store = ConversationStore(database, cipher)
    first, _, _ = await store.open("fr", None, [])
    other, _, _ = await store.open("fr", None, [])

    async def ask(conversation_id: str, message_id: str, about: str | None, ago: timedelta) -> None:
        turn = Turn(conversation_id, message_id, "", model="m", service=about)
        await store.record(turn, {}, language="fr", logged_text="Quel prix ?")
        async with database.writing() as session:
            mine = (TurnRow.conversation_id == conversation_id, TurnRow.message_id == message_id)
            await session.execute(update(TurnRow).where(*mine).values(at=now() - ago))

    minutes = timedelta(minutes=1)
    await contacts.notice(service, first, at=now() - timedelta(days=2))
    for number in range(3):
        await ask(first, f"m{number}", service.id, number * minutes)
    await ask(first, "m3", catalogue.service("street-problem").id, minutes)
    await ask(first, "m4", None, minutes)
    await ask(other, "m1", service.id, minutes)
    assert await contacts.gather() == "1 came back"
    assert await contacts.gather() == "", "what was noticed is not noticed again"
    [recontact] = await contacts.since(NOON - timedelta(days=7))
    assert (recontact.service, recontact.request_id, round(recontact.hours_since)) == (service.id, None, 48)


async def test_only_a_keyed_hash_is_kept_and_it_is_forgotten(
    contacts: Contacts, service: Service, requests: RequestStore, database: Database
) -> None:
    request = await filed(requests)
    month_ago = now() - timedelta(days=30)
    await contacts.notice(service, "c1", request, month_ago)
    await contacts.notice(service, "c1", request, month_ago + timedelta(days=1))
    assert "zephyrine" not in await _kept(database)
    assert await contacts.forget(now() - timedelta(days=60), dry_run=True) == 5
    assert await contacts.forget(now() - timedelta(days=60)) == 5
    [recontact] = await contacts.since(month_ago)
    assert recontact.hours_since == 24.0
    assert "None" in await _kept(database)
    assert await contacts.forget(now()) == 1, "a figure too is too old one day"


async def test_an_erased_request_or_conversation_leaves_at_most_a_figure(
    contacts: Contacts, service: Service, requests: RequestStore, database: Database
) -> None:
    request = await filed(requests)
    await contacts.notice(service, "c1", request, NOON - timedelta(days=1))
    await contacts.notice(service, "c1", request, NOON)
    await contacts.notice(service, "stranger", at=NOON)
    async with database.writing() as session:
        assert await contacts.erase(session, ["c1"]) == 2
        assert await contacts.erase(session, request_ids=[request.id]) == 4
    [recontact] = await contacts.since(NOON - timedelta(days=2))
    assert (recontact.request_id, recontact.hours_since) == (None, 24.0)
    assert (await _kept(database)).count("'") == 2, "the stranger alone is known"


async def _kept(database: Database) -> str:
    async with database.engine.connect() as connection:
        return str((await connection.exec_driver_sql("SELECT person FROM request_contacts")).all())
