"""`guichet doctor` names what is wrong, says what to do, and changes nothing."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.db import Database, now
from bot.operations import checks_content, checks_database, checks_machine
from bot.operations.backup import LAST, back_up
from bot.operations.doctor import CHECKS, Check, examine
from bot.operations.finding import Finding, State
from bot.privacy.encryption import Cipher
from bot.settings import Settings
from tests.conftest import ROOT
from tests.operations.place import Place
from tests.requests.mail_server import MailServer


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """The settings of a service that could run."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "secret.key").touch(mode=0o600)
    (folder / "secret.key").write_bytes(Fernet.generate_key())
    return Settings(data_dir=folder, database_url=sqlite_url, models_dir=tmp_path / "models", port=_free())


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def found(check: Check, settings: Settings) -> list[Finding]:
    return [finding async for finding in check(settings)]


async def only(check: Check, settings: Settings) -> Finding:
    [finding] = await found(check, settings)
    assert (finding.state is State.FINE) == (finding.do == ""), "what is not fine says what to do"
    return finding


async def test_a_service_that_is_well_has_nothing_wrong_but_what_was_not_made(settings: Settings) -> None:
    by_name: dict[str, list[Finding]] = {}
    async for finding in examine(settings):
        by_name.setdefault(finding.what, []).append(finding)
    assert {name for name, _ in CHECKS} <= set(by_name)
    assert {name for name, each in by_name.items() if any(one.state is State.WRONG for one in each)} == {"model"}
    assert by_name["tables"][0].state is State.FINE
    assert by_name["key"][0].state is State.FINE


async def test_looking_changes_nothing(settings: Settings) -> None:
    def state() -> dict[str, float]:
        # SQLite's own companions come and go with whoever looks.
        paths = [path for path in settings.data_dir.parent.rglob("*") if not path.name.endswith(("-wal", "-shm"))]
        return {str(path): path.stat().st_mtime for path in paths if path.is_file()}

    before = state()
    async for _ in examine(settings):
        pass
    assert state() == before


async def test_a_key_that_others_may_read_is_wrong(settings: Settings) -> None:
    (settings.data_dir / "secret.key").chmod(0o644)
    finding = await only(checks_machine.key, settings)
    assert finding.state is State.WRONG
    assert "chmod 600" in finding.do


async def test_a_key_that_opens_nothing_is_wrong(settings: Settings) -> None:
    place = Place(settings, Cipher(Fernet.generate_key().decode()))
    async with place.office() as office:
        await office.talk()
    findings = [finding async for finding in examine(settings)]
    assert any(each.what == "database" and "another key" in each.said for each in findings)


async def test_a_folder_that_others_may_look_into_is_looked_at(settings: Settings) -> None:
    settings.data_dir.chmod(0o755)
    assert (await only(checks_machine.data_folder, settings)).state is State.LOOK


async def test_a_disk_that_fills_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    free = os.statvfs(settings.data_dir)
    room = free.f_bavail * free.f_frsize
    monkeypatch.setattr(checks_machine, "LITTLE", room * 2)
    assert (await found(checks_machine.disk, settings))[0].state is State.LOOK
    monkeypatch.setattr(checks_machine, "VERY_LITTLE", room * 2)
    assert (await found(checks_machine.disk, settings))[0].state is State.WRONG


async def test_a_time_zone_that_is_none_is_wrong(settings: Settings) -> None:
    assert (await only(checks_machine.time_zone, replace(settings, timezone="Europe/Nulle"))).state is State.WRONG
    assert (await only(checks_machine.time_zone, replace(settings, timezone="../etc"))).state is State.WRONG


async def test_a_port_of_somebody_else_is_wrong_and_a_free_one_is_looked_at(settings: Settings) -> None:
    assert (await only(checks_machine.port, settings)).state is State.LOOK
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", settings.port))
        assert (await only(checks_machine.port, settings)).state is State.WRONG


@pytest.mark.parametrize(
    ("host", "url", "state"),
    [
        ("127.0.0.1", "", State.LOOK),
        ("0.0.0.0", "", State.WRONG),
        ("127.0.0.1", "http://guichet.ville.example", State.WRONG),
        ("127.0.0.1", "guichet", State.WRONG),
    ],
)
async def test_the_public_address_is_encrypted(settings: Settings, host: str, url: str, state: State) -> None:
    given = replace(settings, host=host, public_url=url)
    assert (await only(checks_machine.public_address, given)).state is state


async def test_a_database_that_does_not_answer_is_wrong(settings: Settings) -> None:
    gone = replace(settings, database_url="postgresql://guichet:motdepasse@127.0.0.1:9/guichet")
    findings = [finding async for finding in examine(gone)]
    [said] = [each.said for each in findings if each.what == "database"]
    assert "does not answer (connection failed" in said, "why is what one can mend"
    assert "motdepasse" not in str(findings)


@pytest.mark.parametrize(("revision", "word"), [("0012", "older"), ("9999", "newer")])
async def test_tables_of_another_version_are_wrong(settings: Settings, revision: str, word: str) -> None:
    database = Database(settings.database)
    async with database.writing() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    await database.close()
    findings = await found(checks_database.database, settings)
    assert [each.state for each in findings if each.what == "tables" and word in each.said] == [State.WRONG]


async def test_what_is_left_in_the_spool_is_named(settings: Settings) -> None:
    assert (await only(checks_database.spool, settings)).state is State.FINE
    (settings.data_dir / "spool").mkdir()
    (settings.data_dir / "spool" / "waiting").write_bytes(b"x")
    assert (await only(checks_database.spool, settings)).state is State.LOOK
    (settings.data_dir / "spool" / "rejected").write_bytes(b"x")
    assert [each.state for each in await found(checks_database.spool, settings)] == [State.WRONG, State.LOOK]


async def test_a_backup_that_is_missing_or_old_is_named(settings: Settings) -> None:
    assert (await only(checks_database.backup, settings)).state is State.LOOK
    await back_up(settings, Cipher((settings.data_dir / "secret.key").read_text()))
    assert (await only(checks_database.backup, settings)).state is State.FINE
    old = {"at": (now() - timedelta(days=3)).isoformat()}
    (settings.data_dir / LAST).write_text(json.dumps(old))
    assert (await only(checks_database.backup, settings)).state is State.WRONG


async def test_the_mail_server_is_tried_and_gets_nothing(settings: Settings) -> None:
    assert (await only(checks_content.mail, settings)).state is State.LOOK
    server, port = MailServer(), _free()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    given = replace(settings, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none")
    assert (await only(checks_content.mail, given)).state is State.FINE
    assert server.received == []
    controller.stop()
    away = replace(settings, smtp_host="127.0.0.1", smtp_port=9, smtp_tls="none")
    assert (await only(checks_content.mail, away)).state is State.WRONG


async def test_a_damaged_model_is_wrong(settings: Settings, tmp_path: Path) -> None:
    settings.models_dir.mkdir()
    (settings.models_dir / "guichet-1.tar.gz").write_bytes(b"no archive")
    assert (await only(checks_content.model, settings)).state is State.WRONG


@pytest.mark.parametrize("what", ["fiches", "offices"])
async def test_content_that_was_never_imported_is_looked_at(settings: Settings, what: str) -> None:
    assert (await only(getattr(checks_content, what), settings)).state is State.LOOK


async def test_a_check_that_fails_keeps_no_other_from_being_heard(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("no disk")

    monkeypatch.setattr(checks_machine.shutil, "disk_usage", broken)
    findings = [finding async for finding in examine(settings)]
    assert any(each.what == "disk" and "RuntimeError" in each.said for each in findings)
    assert findings[-1].what == "offices"


def test_the_command_exits_1_and_speaks_json(settings: Settings, run: Callable[..., Any]) -> None:
    done = run("doctor", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert all(set(each) == {"what", "state", "said", "do"} for each in told)
    assert {"fine", "look", "wrong"} == {each["state"] for each in told}


def test_the_command_tells_its_findings_and_not_the_calls_that_it_made(run: Callable[..., Any]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as another:
        Thread(target=another.serve_forever, daemon=True).start()
        done = run("doctor", port=another.server_port)
        another.shutdown()
    assert "port" in done.stdout
    assert "HTTP Request" not in done.stderr


def test_a_backup_goes_through_the_commands_from_one_place_to_another(
    settings: Settings, run: Callable[..., Any], tmp_path: Path
) -> None:
    file, new = tmp_path / "one.guichet", tmp_path / "new"
    made = run("backup", str(file), "--json")
    assert made.returncode == 0, made.stderr
    assert run("restore", "--check", str(file)).returncode == 0
    refused = run("restore", str(file), data_dir=new)
    assert refused.returncode == 1
    assert "key is missing" in refused.stderr
    assert not new.exists()
    new.mkdir()
    (new / "secret.key").touch(mode=0o600)
    (new / "secret.key").write_bytes((settings.data_dir / "secret.key").read_bytes())
    done = run("restore", str(file), "--json", data_dir=new, database_url="")
    assert done.returncode == 0, done.stderr
    assert (new / "guichet.db").exists()
    assert json.loads(done.stdout)["revision"] == json.loads(made.stdout)["revision"]


@pytest.fixture
def run(settings: Settings) -> Callable[..., Any]:
    """Return what runs the command with the settings."""

    def command(*words: str, **other: Any) -> subprocess.CompletedProcess[str]:
        given = {"data_dir": settings.data_dir, "database_url": settings.database_url, "port": settings.port} | other
        given |= {"models_dir": settings.models_dir, "learned_file": settings.data_dir / "learned.yml"}
        own = {f"GUICHET_{name.upper()}": str(value) for name, value in given.items()}
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=os.environ | own,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return command
