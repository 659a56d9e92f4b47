"""Requests in the database: filed once, opened with reference and code only, unreadable to whoever reads the tables."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.privacy.encryption import Cipher
from bot.requests import store as requests_store
from bot.requests.model import Request, State
from bot.requests.store import LOCKED_FOR, WRONG_CODES_ALLOWED, RequestStore
from bot.requests.tables import RequestRow

ANSWERS = {"name": "Hélène Lefèvre", "birth": "1985-04-03", "notes": None}


@pytest.fixture
def store(database: Database, cipher: Cipher) -> RequestStore:
    return RequestStore(database, cipher)


async def _draft(store: RequestStore, conversation_id: str | None = "c1") -> Request:
    draft = await store.start("birth-certificate", "fr", conversation_id)
    await store.answer(draft.id, ANSWERS)
    return await store.get(draft.id)


async def test_a_request_begins_as_an_empty_draft(store: RequestStore) -> None:
    draft = await store.start("birth-certificate", "fr", "c1")
    assert (draft.state, draft.answers, draft.filed_at, draft.due) == (State.DRAFT, {}, None, None)
    assert [event.state for event in draft.history] == [State.DRAFT]


async def test_answers_come_back_as_they_were_given(store: RequestStore) -> None:
    assert (await _draft(store)).answers == ANSWERS


async def test_a_filed_request_has_its_date_and_its_announced_delay(store: RequestStore) -> None:
    before = now()
    filed = await store.file((await _draft(store)).id, 10)
    assert filed.state is State.FILED
    assert filed.filed_at is not None
    assert before <= filed.filed_at <= now()
    assert filed.due == filed.filed_at + timedelta(days=10)
    assert filed.answers == ANSWERS


async def test_twenty_confirmations_at_once_file_once(store: RequestStore) -> None:
    draft = await _draft(store)
    filed = await asyncio.gather(*(store.file(draft.id, 10) for _ in range(20)))
    assert {(each.reference, each.filed_at, each.due) for each in filed} == {
        (filed[0].reference, filed[0].filed_at, filed[0].due)
    }
    assert [event.state for event in (await store.get(draft.id)).history] == [State.DRAFT, State.FILED]


async def test_confirming_again_later_changes_nothing(store: RequestStore) -> None:
    draft = await _draft(store)
    first = await store.file(draft.id, 10)
    assert await store.file(draft.id, 99) == first


async def test_a_filed_request_takes_no_more_answers(store: RequestStore) -> None:
    filed = await store.file((await _draft(store)).id, 10)
    with pytest.raises(Conflict):
        await store.answer(filed.id, {"name": "Autre"})
    assert (await store.get(filed.id)).answers == ANSWERS


async def test_a_request_that_does_not_exist_has_its_own_error(store: RequestStore) -> None:
    with pytest.raises(NotFound):
        await store.get("no-such-request")
    with pytest.raises(NotFound):
        await store.file("no-such-request", 10)


async def test_a_draft_given_up_loses_its_answers_at_once(store: RequestStore) -> None:
    draft = await _draft(store)
    await store.withdraw_draft(draft.id)
    withdrawn = await store.get(draft.id)
    assert (withdrawn.state, withdrawn.answers) == (State.WITHDRAWN, {})
    assert [event.state for event in withdrawn.history] == [State.DRAFT, State.WITHDRAWN]
    assert await store.latest_draft("c1") is None


async def test_a_filed_request_cannot_be_given_up_like_a_draft(store: RequestStore) -> None:
    filed = await store.file((await _draft(store)).id, 10)
    await store.withdraw_draft(filed.id)
    assert await store.get(filed.id) == filed


async def test_a_draft_given_up_is_not_filed_by_an_old_button(store: RequestStore) -> None:
    draft = await _draft(store)
    await store.withdraw_draft(draft.id)
    after = await store.file(draft.id, 10)
    assert (after.state, after.filed_at) == (State.WITHDRAWN, None)


async def test_reference_and_code_open_the_request(store: RequestStore) -> None:
    draft = await _draft(store)
    opened = await store.open_with_code(draft.reference, store.access_code(draft.id))
    assert opened is not None
    assert opened.id == draft.id


async def test_a_wrong_code_and_an_unknown_reference_reveal_the_same_nothing(store: RequestStore) -> None:
    draft = await _draft(store)
    assert await store.open_with_code(draft.reference, _other(store.access_code(draft.id))) is None
    assert await store.open_with_code("GU-2222-2222", store.access_code(draft.id)) is None


async def test_an_unknown_reference_costs_the_same_slow_hash(
    store: RequestStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await _draft(store)
    hashed: list[str] = []
    real = requests_store.same_code

    def counting(code: str, salt: str, expected: str) -> bool:
        hashed.append(code)
        return real(code, salt, expected)

    monkeypatch.setattr(requests_store, "same_code", counting)
    await store.open_with_code("GU-2222-2222", "00000000")
    await store.open_with_code(draft.reference, "11111111")
    assert hashed == ["00000000", "11111111"]


async def test_the_code_of_another_request_does_not_open(store: RequestStore) -> None:
    mine, another = await _draft(store), await _draft(store)
    assert await store.open_with_code(mine.reference, store.access_code(another.id)) is None


async def test_after_eight_wrong_codes_even_the_right_one_is_refused(store: RequestStore) -> None:
    draft = await _draft(store)
    code = store.access_code(draft.id)
    for _ in range(WRONG_CODES_ALLOWED):
        assert await store.open_with_code(draft.reference, _other(code)) is None
    assert await store.open_with_code(draft.reference, code) is None


async def test_wrong_codes_tried_at_once_are_all_counted(store: RequestStore) -> None:
    draft = await _draft(store)
    code = store.access_code(draft.id)
    await asyncio.gather(*(store.open_with_code(draft.reference, _other(code)) for _ in range(WRONG_CODES_ALLOWED)))
    assert await store.open_with_code(draft.reference, code) is None


async def test_a_closed_reference_opens_again_when_its_time_is_over(store: RequestStore, database: Database) -> None:
    draft = await _draft(store)
    code = store.access_code(draft.id)
    for _ in range(WRONG_CODES_ALLOWED):
        await store.open_with_code(draft.reference, _other(code))
    row = await _row(database, draft.id)
    assert now() < row.locked_until <= now() + LOCKED_FOR
    async with database.writing() as session:
        await session.execute(update(RequestRow).values(locked_until=now() - timedelta(seconds=1)))
    assert await store.open_with_code(draft.reference, code) is not None


async def test_the_right_code_starts_the_count_again(store: RequestStore) -> None:
    draft = await _draft(store)
    code = store.access_code(draft.id)
    for _ in range(3):
        for _ in range(WRONG_CODES_ALLOWED - 1):
            await store.open_with_code(draft.reference, _other(code))
        assert await store.open_with_code(draft.reference, code) is not None


async def test_one_reference_closed_closes_no_other(store: RequestStore) -> None:
    mine, another = await _draft(store), await _draft(store)
    for _ in range(WRONG_CODES_ALLOWED):
        await store.open_with_code(mine.reference, _other(store.access_code(mine.id)))
    assert await store.open_with_code(another.reference, store.access_code(another.id)) is not None


async def test_neither_answers_nor_code_can_be_read_in_the_table(store: RequestStore, database: Database) -> None:
    filed = await store.file((await _draft(store)).id, 10)
    async with database.reading() as session:
        raw = repr((await session.execute(text("SELECT * FROM requests"))).all())
    assert filed.reference in raw
    for secret in ("Hélène", "Lef", "1985", "name", store.access_code(filed.id)):
        assert secret not in raw


async def test_the_key_can_be_rotated_under_a_request(database: Database) -> None:
    from cryptography.fernet import Fernet

    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    before, after = RequestStore(database, Cipher(old)), RequestStore(database, Cipher(f"{new} {old}"))
    draft = await _draft(before)
    code = before.access_code(draft.id)
    assert after.access_code(draft.id) == code  # the one that "save for later" shows again
    opened = await after.open_with_code(draft.reference, code)
    assert opened is not None
    assert opened.answers == ANSWERS


async def test_the_latest_draft_is_the_one_touched_last_in_this_conversation(store: RequestStore) -> None:
    first, second = await _draft(store), await _draft(store)
    await _draft(store, "another conversation")
    latest = await store.latest_draft("c1")
    assert latest is not None
    assert latest.id == second.id
    await store.answer(first.id, {"name": "Anne"})
    latest = await store.latest_draft("c1")
    assert latest is not None
    assert latest.id == first.id


async def test_drafts_and_filed_requests_are_told_apart(store: RequestStore) -> None:
    draft, filed = await _draft(store), await _draft(store)
    await store.file(filed.id, 10)
    latest_draft, latest_filed = await store.latest_draft("c1"), await store.latest_filed("c1")
    assert latest_draft is not None
    assert latest_filed is not None
    assert (latest_draft.id, latest_filed.id) == (draft.id, filed.id)
    assert await store.latest_filed("another conversation") is None


async def test_a_request_goes_on_in_the_conversation_that_adopts_it(store: RequestStore) -> None:
    draft = await _draft(store)
    await store.adopt(draft.id, "c2")
    assert await store.latest_draft("c1") is None
    adopted = await store.latest_draft("c2")
    assert adopted is not None
    assert adopted.answers == ANSWERS


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


async def _row(database: Database, request_id: str) -> Any:
    async with database.reading() as session:
        query = select(RequestRow.locked_until, RequestRow.wrong_codes).where(RequestRow.id == request_id)
        return (await session.execute(query)).one()


async def test_how_many_wrong_codes_close_a_reference_is_a_setting(database: Database, cipher: Cipher) -> None:
    store = RequestStore(database, cipher, wrong_codes=2)
    draft = await _draft(store)
    code = store.access_code(draft.id)
    for _ in range(2):
        assert await store.open_with_code(draft.reference, _other(code)) is None
    assert await store.open_with_code(draft.reference, code) is None
