"""The chain of events shows whatever was done to it behind our back."""

import asyncio
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, insert, select, text, update

from bot.db import Database
from bot.migrations import downgrade, upgrade
from bot.privacy.encryption import Cipher
from bot.requests.casework import CITIZEN, Casework
from bot.requests.events import commitment, digest
from bot.requests.journal import Fault
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestEventRow, RequestRow
from tests.requests.conftest import AGENT, filed

EVENT = RequestEventRow


@pytest.fixture
async def request_(requests: RequestStore, casework: Casework) -> Request:
    """A request with a life: draft, filed, a message, examined, refused."""
    request = await filed(requests)
    await casework.send_message(request.reference, CITIZEN, "Bonjour")
    await casework.advance(request.reference, State.EXAMINED, AGENT)
    await casework.advance(request.reference, State.REFUSED, AGENT, reason="Hors délai")
    return request


async def _faults(casework: Casework) -> list[Fault]:
    count, faults = await casework.verify()
    assert count == 1
    return list(faults)


async def _tamper(database: Database, *statements: Any) -> None:
    async with database.writing() as session:
        for statement in statements:
            await session.execute(statement)


@pytest.mark.usefixtures("request_")
async def test_a_chain_that_nobody_touched_holds(casework: Casework) -> None:
    assert await _faults(casework) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "accepted"},
        {"actor": "citizen"},
        {"by": "dominique"},
        {"kind": "message"},
        {"commitment": "0" * 64},
        {"digest": "0" * 64},
        {"at": "earlier"},
    ],
    ids=lambda changed: next(iter(changed)),
)
@pytest.mark.usefixtures("request_")
async def test_a_changed_event_is_found(casework: Casework, database: Database, changed: dict[str, Any]) -> None:
    if "at" in changed:
        async with database.reading() as session:
            at = (await session.scalars(select(EVENT.at).where(EVENT.number == 1))).one()
        changed = {"at": at}
    await _tamper(database, update(EVENT).where(EVENT.number == 4).values(**changed))
    faults = await _faults(casework)
    assert any(fault.number == 4 for fault in faults)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.usefixtures("request_")
async def test_a_removed_event_is_found_the_last_one_too(casework: Casework, database: Database, number: int) -> None:
    await _tamper(database, delete(EVENT).where(EVENT.number == number))
    assert await _faults(casework)


@pytest.mark.usefixtures("request_")
async def test_a_removed_event_is_found_when_the_others_were_renumbered(casework: Casework, database: Database) -> None:
    await _tamper(
        database,
        delete(EVENT).where(EVENT.number == 3),
        update(EVENT).where(EVENT.number == 4).values(number=3),
        update(EVENT).where(EVENT.number == 5).values(number=4),
    )
    assert await _faults(casework)


@pytest.mark.usefixtures("request_")
async def test_two_events_that_changed_places_are_found(casework: Casework, database: Database) -> None:
    await _tamper(
        database,
        *(update(EVENT).where(EVENT.number == a).values(number=b) for a, b in ((3, 99), (4, 3), (99, 4))),
    )
    assert await _faults(casework)


async def test_an_event_that_was_added_with_a_right_digest_is_found(
    casework: Casework, database: Database, request_: Request
) -> None:
    async with database.reading() as session:
        last = (await session.scalars(select(EVENT).where(EVENT.number == 5))).one()
    row = {"request_id": request_.id, "number": 6, "kind": "state", "state": "accepted", "actor": "agent", "by": None}
    row |= {"at": last.at}
    forged = digest(last.digest, committed=None, **row)
    await _tamper(
        database,
        insert(EVENT).values(**row, details=None, commitment=None, digest=forged),
        update(RequestRow).values(state="accepted"),
    )
    [fault] = await _faults(casework)
    assert "seal" in fault.what, "only who holds the key can seal a chain"


@pytest.mark.usefixtures("request_")
async def test_words_that_were_changed_are_found(casework: Casework, database: Database, cipher: Cipher) -> None:
    forged = cipher.encrypt(["0" * 32, {"reason": "Vous avez tort"}])
    await _tamper(database, update(EVENT).where(EVENT.number == 5).values(details=forged))
    [fault] = await _faults(casework)
    assert (fault.number, "words" in fault.what) == (5, True)


@pytest.mark.usefixtures("request_")
async def test_a_state_that_was_changed_alone_is_found(casework: Casework, database: Database) -> None:
    await _tamper(database, update(RequestRow).values(state="accepted"))
    [fault] = await _faults(casework)
    assert "state" in fault.what


@pytest.mark.usefixtures("request_")
async def test_a_seal_that_was_taken_away_is_found(casework: Casework, database: Database) -> None:
    await _tamper(database, update(RequestRow).values(seal=None))
    [fault] = await _faults(casework)
    assert "seal" in fault.what


@pytest.mark.usefixtures("request_")
async def test_the_chain_holds_after_a_rotation_of_the_key(database: Database, cipher: Cipher) -> None:
    new = Cipher(Fernet.generate_key().decode())

    async def renew(row: Any, name: str) -> None:
        setattr(row, name, new.encrypt(cipher.decrypt(getattr(row, name))))

    async with database.writing() as session:
        for event in await session.scalars(select(EVENT).where(EVENT.details.is_not(None))):
            await renew(event, "details")
        for request in await session.scalars(select(RequestRow)):
            await renew(request, "seal")
    assert await _faults(Casework(database, new)) == []


async def test_the_chain_holds_when_its_words_are_erased(
    casework: Casework, database: Database, request_: Request
) -> None:
    await _tamper(database, update(EVENT).values(details=None))
    assert await _faults(casework) == []
    history = await casework.history(request_.reference)
    assert [event.erased for event in history] == [False, False, True, False, True]
    assert all(event.reason is None and event.text is None for event in history)


def test_a_digest_does_not_let_one_guess_the_words() -> None:
    words = {"reason": "Hors délai"}
    assert commitment("a" * 32, words) != commitment("b" * 32, words)


async def test_two_processes_that_write_together_keep_one_chain(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    await asyncio.gather(*(casework.send_message(request.reference, CITIZEN, f"Message {n}") for n in range(20)))
    assert [event.number for event in await casework.history(request.reference)] == list(range(1, 23))
    assert await _faults(casework) == []


async def test_requests_of_an_older_version_are_chained_by_the_migration_and_sealed_by_their_next_event(
    empty_database: Database, cipher: Cipher
) -> None:
    await upgrade(empty_database)
    await downgrade(empty_database, "0002")
    at = "2026-11-01 10:00:00+00:00"
    async with empty_database.writing() as session:
        await session.execute(
            text(
                "INSERT INTO requests (id, reference, service, state, language, answers, code_hash, wrong_codes, "
                "created_at, updated_at, filed_at, due_at) VALUES ('r1', 'GU-2345-6789', 'birth-certificate', 'filed', "
                f"'fr', :answers, '', 0, '{at}', '{at}', '{at}', '{at}')"
            ),
            {"answers": cipher.encrypt({})},
        )
        for state in ("draft", "filed"):
            await session.execute(
                text(f"INSERT INTO request_events (request_id, state, at) VALUES ('r1', '{state}', '{at}')")
            )
    await upgrade(empty_database)
    casework = Casework(empty_database, cipher)
    [fault] = await _faults(casework)
    assert "no seal" in fault.what
    await casework.advance("GU-2345-6789", State.EXAMINED, AGENT)
    assert await _faults(casework) == []
