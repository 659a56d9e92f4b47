"""A backup taken while people write, restored elsewhere: the same rows, the same files, and nothing half."""

import asyncio
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.conversations.model import Author, Message
from bot.db import Database
from bot.errors import Conflict, GuichetError, Misconfigured, Unavailable
from bot.migrations import downgrade, upgrade
from bot.operations import sealed
from bot.operations.backup import LAST, back_up, remove_old
from bot.operations.restore import Restored, check, restore
from bot.privacy.encryption import Cipher
from bot.rights.erasure import erase
from tests.operations.place import Place
from tests.rights.citizen import Office

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


async def put_back(path: Path, place: Place, **options: object) -> Restored:
    with path.open("rb") as source:
        return await restore(source, place.settings, place.cipher, **options)  # type: ignore[arg-type]


async def test_what_is_restored_elsewhere_is_what_was_backed_up(place: Place, elsewhere: Callable[..., Place]) -> None:
    await place.live()
    made = await back_up(place.settings, place.cipher)
    new = elsewhere()
    done = await put_back(made.path, new)
    assert await new.digests() == await place.digests()
    assert new.files() == place.files()
    assert (done.rows, done.files) == ({k: v for k, v in made.rows.items() if v}, 1)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert not [*new.settings.data_dir.glob(".*")], "nothing is left of the work"
    # And it lives on: what comes next gets numbers of its own.
    async with new.office() as office:
        conversation = await office.talk()
        await office.rate(conversation)


async def test_a_backup_of_one_kind_of_database_is_restored_into_the_other(
    place: Place, elsewhere: Callable[..., Place]
) -> None:
    await place.live()
    made = await back_up(place.settings, place.cipher)
    new = elsewhere(other_kind=True)
    await put_back(made.path, new)
    assert await new.digests() == await place.digests()


async def test_a_backup_under_load_holds_all_that_was_acknowledged_before_it_and_no_half_of_what_came_after(
    place: Place, elsewhere: Callable[..., Place]
) -> None:
    async with place.office() as office:
        acknowledged: list[str] = []
        enough, stop = asyncio.Event(), asyncio.Event()

        async def write() -> None:
            # A talk is several transactions; each appended pair is one.
            while not stop.is_set():
                conversation, _, _ = await office.conversations.open("fr", None, [])
                await _append_two(office, conversation)
                acknowledged.append(conversation)
                if len(acknowledged) >= 40:
                    enough.set()

        writers = [asyncio.create_task(write()) for _ in range(4)]
        await enough.wait()
        before = set(acknowledged)
        made = await back_up(place.settings, place.cipher)
        stop.set()
        await asyncio.gather(*writers)
        assert set(acknowledged) > before, "they went on meanwhile"
    new = elsewhere()
    await put_back(made.path, new)
    async with new.office() as office, office.database.reading() as session:
        counts = dict((await session.execute(text("SELECT conversation_id, count(*) FROM messages GROUP BY 1"))).all())
    assert before <= set(counts)
    assert set(counts.values()) == {2}


async def _append_two(office: Office, conversation: str) -> None:
    said = [Message(Author.SYSTEM, "un"), Message(Author.SYSTEM, "deux")]
    async with office.database.writing() as session:
        await office.conversations.append_in(session, conversation, said)


@ON_SQLITE
async def test_what_waited_in_the_spool_is_in_the_backup(place: Place, elsewhere: Callable[..., Place]) -> None:
    spool = place.settings.data_dir / "spool"
    spool.mkdir()
    (spool / "waiting").write_bytes(b"# 1\nc gAAAA\n")
    made = await back_up(place.settings, place.cipher)
    new = elsewhere()
    await put_back(made.path, new)
    assert (new.settings.data_dir / "spool" / "waiting").read_bytes() == b"# 1\nc gAAAA\n"


async def test_what_a_citizen_erased_does_not_come_back(place: Place, elsewhere: Callable[..., Place]) -> None:
    gone = await place.live()
    async with place.office() as office:
        stays = await office.talk()
    made = await back_up(place.settings, place.cipher)
    async with place.office() as office:
        await erase(office.holdings, gone)
    new = elsewhere()
    done = await put_back(made.path, new, journals=[place.settings.data_dir / "erasures.jsonl"])
    assert done.erased_again == 1
    async with new.office() as office:
        raw = await office.raw()
    assert gone not in raw
    assert stays in raw


async def test_the_journal_of_the_place_is_kept_and_replayed(place: Place) -> None:
    gone = await place.live()
    made = await back_up(place.settings, place.cipher)
    async with place.office() as office:
        await erase(office.holdings, gone)
    assert (await put_back(made.path, place, replace=True)).erased_again == 1
    async with place.office() as office:
        assert gone not in await office.raw()
        assert len(office.holdings.erasures.digests()) == 1


async def test_a_place_that_holds_something_is_not_restored_over_unless_told(place: Place) -> None:
    await place.live()
    made = await back_up(place.settings, place.cipher)
    kept = await place.digests()
    async with place.office() as office:
        await office.talk()
    with pytest.raises(Conflict) as refused:
        await put_back(made.path, place)
    assert refused.value.code == "not-empty"
    assert await place.digests() != kept
    done = await put_back(made.path, place, replace=True)
    assert await place.digests() == kept
    assert [aside for aside in done.aside if not os.path.exists(aside)] == []  # noqa: ASYNC240 - a test waits for nobody


async def test_a_service_that_runs_is_not_restored_over(place: Place) -> None:
    made = await back_up(place.settings, place.cipher)
    async with place.office() as office:
        await office.database.ping()
        with pytest.raises(Conflict) as refused:
            await put_back(made.path, place, replace=True)
    assert refused.value.code == "in-use"


@ON_SQLITE
async def test_another_key_is_named_and_nothing_is_touched(place: Place, elsewhere: Callable[..., Place]) -> None:
    await place.live()
    made = await back_up(place.settings, place.cipher)
    new = elsewhere()
    new.cipher = Cipher(Fernet.generate_key().decode())
    with pytest.raises(Misconfigured) as refused:
        await put_back(made.path, new)
    assert refused.value.code == "wrong-key"
    assert list(new.settings.data_dir.iterdir()) == []


@ON_SQLITE
async def test_the_key_of_its_day_opens_it_after_a_rotation(place: Place, elsewhere: Callable[..., Place]) -> None:
    made = await back_up(place.settings, place.cipher)
    new = elsewhere()
    new.cipher = Cipher(f"{Fernet.generate_key().decode()} {place.cipher.keys[0]}")
    assert (await put_back(made.path, new)).revision == made.revision


@pytest.mark.parametrize("share", [0.4, 0.99])
async def test_a_file_that_was_cut_off_restores_nothing(
    place: Place, elsewhere: Callable[..., Place], share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "FRAME", 2000)  # many parts, as a large backup has
    await place.live()
    made = await back_up(place.settings, place.cipher)
    whole = made.path.read_bytes()
    made.path.write_bytes(whole[: int(len(whole) * share)])
    new = elsewhere()
    with pytest.raises(Misconfigured) as refused:
        await put_back(made.path, new)
    assert refused.value.code == "backup-damaged"
    assert list(new.settings.data_dir.iterdir()) == []
    if new.settings.database.startswith("postgresql"):
        assert await _tables(new) == 0


async def _tables(place: Place) -> int:
    database = Database(place.settings.database)
    async with database.reading() as session:
        count = await session.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
    await database.close()
    return int(count or 0)


async def test_an_older_version_is_restored_and_then_brought_up_to_date(
    place: Place, elsewhere: Callable[..., Place]
) -> None:
    async with place.office() as office:
        conversation = await office.talk()
        await downgrade(office.database, "0012")
    made = await back_up(place.settings, place.cipher)
    # The database of this place is that of other tests too.
    async with place.office() as office:
        await upgrade(office.database)
    assert made.revision == "0012"
    new = elsewhere()
    assert (await put_back(made.path, new)).upgraded
    async with new.office() as office:
        assert conversation in await office.raw()


@ON_SQLITE
async def test_a_newer_version_is_refused(place: Place, elsewhere: Callable[..., Place]) -> None:
    async with place.office() as office, office.database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made = await back_up(place.settings, place.cipher)
    new = elsewhere()
    with pytest.raises(Misconfigured) as refused:
        await put_back(made.path, new)
    assert refused.value.code == "backup-newer"


@ON_SQLITE
async def test_a_backup_is_read_through_without_a_place_to_restore_it(place: Place) -> None:
    await place.live()
    made = await back_up(place.settings, place.cipher)
    manifest = check(io.BytesIO(made.path.read_bytes()), place.cipher)
    assert {name: told["rows"] for name, told in manifest["tables"].items()} == made.rows


@ON_SQLITE
async def test_parts_of_two_backups_do_not_make_one(place: Place) -> None:
    await place.live()
    one = io.BytesIO()
    first, second = sealed.Sealer(one, place.cipher), sealed.Sealer(io.BytesIO(), place.cipher)
    first.write(b"a" * (sealed.FRAME + 1))
    second._target = one
    second._place = 1
    second.finish()
    one.seek(0)
    unsealer = sealed.Unsealer(one, place.cipher)
    with pytest.raises(Misconfigured, match="not in its place"):
        unsealer.finish()


@ON_SQLITE
async def test_nothing_a_citizen_wrote_and_no_key_can_be_read_in_the_file(place: Place) -> None:
    conversation = await place.live()
    content = (await back_up(place.settings, place.cipher)).path.read_bytes()
    for word in (conversation, "Quatrebarbes", "naissance", place.cipher.keys[0]):
        assert word.encode() not in content


@ON_SQLITE
async def test_a_backup_never_writes_over_another_and_leaves_no_half(place: Place, tmp_path: Path) -> None:
    made = await back_up(place.settings, place.cipher, tmp_path / "one")
    with pytest.raises(Conflict):
        await back_up(place.settings, place.cipher, made.path)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        await back_up(place.settings, place.cipher, tmp_path / "file" / "two")
    empty = Place.at(tmp_path / "empty", f"sqlite:///{tmp_path / 'nothing.db'}", place.cipher)
    with pytest.raises(GuichetError):
        await back_up(empty.settings, empty.cipher, tmp_path / "three")
    assert [name for name in os.listdir(tmp_path) if "three" in name or ".part" in name] == []


@ON_SQLITE
async def test_the_time_of_the_last_backup_is_kept_and_old_ones_can_go(place: Place) -> None:
    folder = place.settings.data_dir / "backups"
    folder.mkdir()
    for day in ("20260101", "20260102"):
        (folder / f"guichet-{day}T020000Z.guichet").write_bytes(b"")
    made = await back_up(place.settings, place.cipher)
    told = json.loads((place.settings.data_dir / LAST).read_text(encoding="utf-8"))
    assert told["file"] == str(made.path)
    remove_old(place.settings, 2)
    assert [path.name for path in sorted(folder.iterdir())] == ["guichet-20260102T020000Z.guichet", made.path.name]


@ON_SQLITE
async def test_another_file_is_no_backup(place: Place, tmp_path: Path) -> None:
    for content in (b"", b"SQLite format 3\0", sealed.MAGIC):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(Misconfigured) as refused:
            await put_back(tmp_path / "other", place)
        assert refused.value.code == ("backup-damaged" if content == sealed.MAGIC else "not-a-backup")
