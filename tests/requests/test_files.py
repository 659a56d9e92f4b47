"""Files in the house: encrypted on the disk, counted, claimed by one request, and gone when they must be."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from bot.conversations.store import ConversationStore
from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.privacy.encryption import Cipher
from bot.requests.files import UNCLAIMED_FOR, FileStore, file_ids
from bot.requests.files_check import Examined
from bot.requests.files_tables import RequestFileRow
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow

LETTER = Examined("lettre de Zéphyrine.pdf", "application/pdf", b"%PDF- Quatrebarbes " * 10)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(database: Database, cipher: Cipher, folder: Path) -> FileStore:
    return FileStore(database, cipher, folder, quota=1000)


@pytest.fixture
async def conversation(database: Database, cipher: Cipher) -> str:
    return (await ConversationStore(database, cipher).open("fr", None, []))[0]


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_file_comes_back_as_it_was_sent(store: FileStore, conversation: str) -> None:
    kept = await store.keep(conversation, LETTER)
    assert (kept.name, kept.type, kept.size) == (LETTER.name, LETTER.type, len(LETTER.content))
    assert await store.content(await store.get(kept.id)) == LETTER.content


async def test_neither_the_disk_nor_the_table_can_be_read(
    store: FileStore, conversation: str, folder: Path, database: Database
) -> None:
    kept = await store.keep(conversation, LETTER)
    [path] = contents(folder)
    assert path.name == kept.id
    assert path.stat().st_mode & 0o077 == 0
    assert b"Quatrebarbes" not in path.read_bytes()
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT * FROM request_files"))).all()
    assert "Zéphyrine" not in str(rows)
    assert "lettre" not in str(rows)


async def test_a_file_answers_one_request_and_no_other(store: FileStore, conversation: str) -> None:
    kept = await store.keep(conversation, LETTER)
    claimed = await store.claim(kept.id, conversation, "r1", "letter")
    assert (claimed.request_id, claimed.field) == ("r1", "letter")
    assert await store.claim(kept.id, conversation, "r1", "letter") == claimed
    with pytest.raises(NotFound):
        await store.claim(kept.id, conversation, "r2", "letter")
    assert await store.of_request("r1") == [claimed]


async def test_a_file_of_another_conversation_cannot_be_claimed(
    store: FileStore, conversation: str, database: Database, cipher: Cipher
) -> None:
    stranger, _, _ = await ConversationStore(database, cipher).open("fr", None, [])
    kept = await store.keep(conversation, LETTER)
    with pytest.raises(NotFound):
        await store.claim(kept.id, stranger, "r1", "letter")


async def test_a_conversation_holds_so_much_and_no_more_even_at_once(
    store: FileStore, conversation: str, folder: Path
) -> None:
    big = Examined("a.pdf", "application/pdf", b"x" * 400)
    results = await asyncio.gather(*(store.keep(conversation, big) for _ in range(5)), return_exceptions=True)
    assert [type(each) for each in results if isinstance(each, Exception)] == [Conflict] * 3
    assert len(contents(folder)) == 2, "nothing of the refused ones stays"


async def test_nothing_is_kept_for_a_conversation_that_was_erased(store: FileStore, folder: Path) -> None:
    with pytest.raises(NotFound):
        await store.keep("0" * 24, LETTER)
    assert not contents(folder)


async def test_removing_the_files_of_a_request_leaves_nothing_and_no_one_elses(
    store: FileStore, conversation: str, folder: Path
) -> None:
    mine, other = await store.keep(conversation, LETTER), await store.keep(conversation, LETTER)
    await store.claim(mine.id, conversation, "r1", "letter")
    await store.claim(other.id, conversation, "r2", "letter")
    assert await store.delete_files("r1") == 1
    assert await store.delete_files("r1") == 0
    with pytest.raises(NotFound):
        await store.get(mine.id)
    with pytest.raises(NotFound):
        await store.content(mine)
    assert [path.name for path in contents(folder)] == [other.id]


async def test_only_what_still_answers_is_kept(store: FileStore, conversation: str) -> None:
    old, new = await store.keep(conversation, LETTER), await store.keep(conversation, LETTER)
    for each in (old, new):
        await store.claim(each.id, conversation, "r1", "letter")
    assert await store.keep_only("r1", [new.id]) == 1
    assert [each.id for each in await store.of_request("r1")] == [new.id]


async def test_the_sweep_removes_what_nothing_needs(
    store: FileStore, conversation: str, folder: Path, database: Database, cipher: Cipher
) -> None:
    requests = RequestStore(database, cipher)
    draft, gone = [await requests.start("street-problem", "fr", conversation) for _ in range(2)]
    forgotten, fresh, kept, orphan = [
        await store.keep(conversation, Examined("a.pdf", "application/pdf", b"x")) for _ in range(4)
    ]
    await store.claim(kept.id, conversation, draft.id, "photo")
    await store.claim(orphan.id, conversation, gone.id, "photo")
    lost = folder / "00" / ("0" * 32)
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"a crash came between the content and its row")
    long_ago = now() - UNCLAIMED_FOR - timedelta(minutes=1)
    os.utime(lost, (long_ago.timestamp(), long_ago.timestamp()))
    async with database.writing() as session:
        await session.execute(delete(RequestRow).where(RequestRow.id == gone.id))
        row = update(RequestFileRow).where(RequestFileRow.id.in_([forgotten.id, kept.id]))
        await session.execute(row.values(at=long_ago))
    assert await store.sweep() == "3 files removed"
    assert {path.name for path in contents(folder)} == {fresh.id, kept.id}
    assert await store.sweep() == ""


async def test_the_files_that_answer_nothing_go_with_their_conversation(store: FileStore, conversation: str) -> None:
    loose, claimed = await store.keep(conversation, LETTER), await store.keep(conversation, LETTER)
    await store.claim(claimed.id, conversation, "r1", "letter")
    assert await store.delete_unclaimed(conversation) == 1
    assert (await store.get(claimed.id)).id == claimed.id
    with pytest.raises(NotFound):
        await store.get(loose.id)


def test_payloads_are_found_in_a_text_and_nothing_else_is() -> None:
    one, two = "0" * 32, "f" * 32
    assert file_ids(f"f-{one}") == [one]
    assert file_ids(f"f-{one} ; f-{two}") == [one, two]
    assert file_ids("f-123, photo.jpg, " + one) == []


async def test_a_document_of_the_office_is_no_answer_of_the_citizen_and_goes_with_the_request(
    store: FileStore, database: Database, cipher: Cipher, folder: Path
) -> None:
    requests = RequestStore(database, cipher)
    request = await requests.start("birth-certificate", "fr", None)
    given = await store.attach(request.id, LETTER)
    assert given.is_document
    assert await store.of_request(request.id) == []
    assert await store.keep_only(request.id, []) == 0
    assert await store.content(await store.get(given.id)) == LETTER.content
    with pytest.raises(NotFound):
        await store.attach("another", LETTER)
    for _ in range(1000 // given.size - 1):
        await store.attach(request.id, LETTER)
    with pytest.raises(Conflict):
        await store.attach(request.id, LETTER)
    async with database.writing() as session:
        await session.execute(delete(RequestRow))
    assert await store.delete_orphans() > 0
    assert contents(folder) == []
