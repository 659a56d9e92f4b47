"""Keys: a rotation leaves nothing behind and may be interrupted; a missing or wrong key is refused in one line."""

import asyncio
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from bot.db import Database
from bot.errors import Misconfigured
from bot.privacy.encryption import CODES, Cipher, key_file, open_cipher, read_keys
from bot.requests.model import State
from bot.requests.tables import RequestRow
from bot.rights import keys
from bot.rights.export import export
from bot.rights.holdings import open_holdings
from bot.rights.keys import check, rotate
from bot.settings import Settings
from tests.conftest import ROOT
from tests.rights.citizen import ANSWERS, Office
from tests.service import environment

NEW = Fernet.generate_key().decode()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Return settings with a key file of their own."""
    settings = Settings(data_dir=tmp_path / "var", database_url=database_url)
    read_keys("", settings.data_dir)
    return settings


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    """Return an office whose keys are in the file."""
    return Office(database, open_cipher(settings), settings.data_dir)


async def _fill(office: Office, count: int = 3) -> list[str]:
    references = []
    for _ in range(count):
        request = await office.request(await office.talk(), State.FILED)
        references.append(request.reference)
    return references


async def test_after_a_rotation_nothing_needs_the_old_key_and_all_is_read(office: Office, settings: Settings) -> None:
    references = await _fill(office)
    old = key_file(settings.data_dir).read_text().split()
    done = await rotate(office.database, settings)
    assert (done.added, done.older) == (True, 1)
    # Answers, a seal, a summary and a message that waits for each of the three.
    assert done.renewed == 12
    new, *rest = key_file(settings.data_dir).read_text().split()
    assert rest == old
    only_new = Cipher(new)
    for reference in references:
        copy = await export(open_holdings(settings, office.database, only_new), reference)
        assert copy["requests"][0]["answers"] == ANSWERS
        assert copy["conversations"][0]["waiting"] == ["je suis Zéphyrine Quatrebarbes"]


async def test_a_service_that_runs_follows_a_rotation_without_a_restart(office: Office, settings: Settings) -> None:
    [reference] = await _fill(office, 1)
    await rotate(office.database, settings)
    await rotate(office.database, settings, drop_old=True)
    assert (await export(open_holdings(settings, office.database, office.cipher), reference))["requests"][0][
        "answers"
    ] == ANSWERS
    request = await office.request(await office.talk(), State.FILED)
    only_new = Cipher(key_file(settings.data_dir).read_text())
    assert (await export(open_holdings(settings, office.database, only_new), request.reference))["requests"][0][
        "answers"
    ] == ANSWERS


async def test_a_rotation_that_was_interrupted_goes_on_with_the_same_key(
    office: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _fill(office)
    monkeypatch.setattr(keys, "BATCH", 2)
    renew, calls = Cipher.renew, iter(range(4))

    def broken(cipher: Cipher, token: bytes) -> bytes | None:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return renew(cipher, token)

    monkeypatch.setattr(Cipher, "renew", broken)
    with pytest.raises(KeyboardInterrupt):
        await rotate(office.database, settings)
    monkeypatch.setattr(Cipher, "renew", renew)
    first = key_file(settings.data_dir).read_text()
    done = await rotate(office.database, settings)
    assert (done.added, 0 < done.renewed < 12) == (False, True)
    assert key_file(settings.data_dir).read_text() == first
    assert (await rotate(office.database, settings)).renewed == 0


async def test_access_codes_stay_what_they_were_when_the_old_key_is_dropped(office: Office, settings: Settings) -> None:
    request = await office.request(await office.talk(), State.FILED)
    code = office.requests.access_code(request.id)
    old = office.cipher.keys[0]
    await rotate(office.database, settings)
    done = await rotate(office.database, settings, drop_old=True)
    assert done.older == 0
    kept = key_file(settings.data_dir).read_text()
    assert old not in kept
    assert stat.S_IMODE(key_file(settings.data_dir).stat().st_mode) == 0o600
    assert open_cipher(settings).digits(f"access-code:{request.id}", 8) == code
    assert await office.requests.open_with_code(request.reference, code)
    # The next rotation keeps them as well.
    await rotate(office.database, settings)
    await rotate(office.database, settings, drop_old=True)
    assert open_cipher(settings).digits(f"access-code:{request.id}", 8) == code


async def test_keys_of_the_environment_are_rotated_by_who_sets_them(office: Office, settings: Settings) -> None:
    [reference] = await _fill(office, 1)
    old = key_file(settings.data_dir).read_text().strip()
    alone = replace(settings, secret_key=old)
    for refused in (False, True):
        with pytest.raises(Misconfigured) as caught:
            await rotate(office.database, alone, drop_old=refused)
        assert caught.value.code == "single-key"
    done = await rotate(office.database, replace(settings, secret_key=f"{NEW} {old}"), drop_old=True)
    assert done.codes.startswith(CODES)
    cipher = Cipher(f"{NEW} {done.codes}")
    assert cipher.digits("x", 8) == Cipher(old).digits("x", 8)
    assert (await export(open_holdings(settings, office.database, cipher), reference))["requests"][0][
        "answers"
    ] == ANSWERS


async def test_a_value_of_an_unknown_key_stops_the_rotation_and_drops_nothing(
    office: Office, settings: Settings
) -> None:
    await _fill(office, 1)
    await rotate(office.database, settings)
    foreign = Office(office.database, Cipher(NEW), office.folder)
    await foreign.request(None, State.FILED)
    before = key_file(settings.data_dir).read_text()
    with pytest.raises(Misconfigured, match=r"requests\.answers") as caught:
        await rotate(office.database, settings, drop_old=True)
    assert caught.value.code == "wrong-key"
    assert key_file(settings.data_dir).read_text() == before


async def test_files_are_encrypted_again_like_the_rest(office: Office, settings: Settings) -> None:
    path = settings.data_dir / "files" / "3f" / "3f2c"
    path.parent.mkdir(parents=True)
    path.write_bytes(office.cipher.encrypt("une photo"))
    assert (await rotate(office.database, settings)).renewed == 1
    assert Cipher(key_file(settings.data_dir).read_text().split()[0]).decrypt(path.read_bytes()) == "une photo"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["3f2c"]


async def test_the_old_key_stays_while_the_spool_needs_it(office: Office, settings: Settings) -> None:
    await rotate(office.database, settings)
    waiting = settings.data_dir / "spool" / "waiting"
    waiting.parent.mkdir()
    waiting.write_bytes(b"# 1\n")
    with pytest.raises(Misconfigured) as caught:
        await rotate(office.database, settings, drop_old=True)
    assert caught.value.code == "spool-waits"
    waiting.write_bytes(b"")
    assert (await rotate(office.database, settings, drop_old=True)).older == 0


async def test_every_binary_column_is_looked_at(database: Database) -> None:
    found = {f"{column.table.name}.{column.name}" for column in await keys._binary_columns(database)}
    assert {"requests.answers", "messages.secret", "pending_messages.text"} <= found
    assert not [name for name in found if name.startswith("turns_text")]


async def test_the_keys_are_checked_against_the_data(office: Office, settings: Settings) -> None:
    await check(office.database, settings)
    await _fill(office, 1)
    await check(office.database, settings)
    with pytest.raises(Misconfigured) as caught:
        await check(office.database, replace(settings, secret_key=NEW))
    assert caught.value.code == "wrong-key"
    key_file(settings.data_dir).unlink()
    with pytest.raises(Misconfigured, match="put it back") as caught:
        await check(office.database, settings)
    assert caught.value.code == "key-missing"
    assert not key_file(settings.data_dir).exists(), "no other key takes its place"


def test_the_commands_refuse_a_bad_key_in_one_line(tmp_path: Path, sqlite_url: str) -> None:
    async def fill() -> str:
        database = Database(sqlite_url)
        office = Office(database, Cipher(NEW), tmp_path / "office")
        request = await office.request(None, State.FILED)
        assert (await _answers(database)).startswith(b"gAAAA")
        await database.close()
        return request.reference

    reference = asyncio.run(fill())
    var = tmp_path / "var"
    var.mkdir()
    exposed = key_file(var)
    for content, mode, says in (
        (NEW.encode(), 0o644, "chmod 600"),
        (b"\xff\xfe", 0o600, "not a key file"),
        (b"mot de passe", 0o600, "not usable"),
        (Fernet.generate_key(), 0o600, "another key"),
    ):
        exposed.write_bytes(content)
        exposed.chmod(mode)
        refused = _run("export", reference, data_dir=var, database_url=sqlite_url)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert says in refused.stderr
        assert refused.stderr.count("\n") == 1, refused.stderr
    exposed.write_text(NEW)
    copied = _run("export", reference, data_dir=var, database_url=sqlite_url)
    assert copied.returncode == 0
    assert "Quatrebarbes" in copied.stdout


def _run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=120, check=False
    )


async def _answers(database: Database) -> bytes:
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))
        return bytes(await session.scalar(select(RequestRow.answers)))
