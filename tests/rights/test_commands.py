"""`guichet purge`, `erase`, `export` and `keys`, as an operator types them; and the purge that comes back by itself."""

import asyncio
import json
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from cryptography.fernet import Fernet

from bot.db import Database, now
from bot.privacy.encryption import Cipher, key_file
from bot.requests.model import State
from bot.settings import Settings
from bot.web.jobs import purge_job
from bot.web.keys import DATABASE, SETTINGS
from tests.conftest import ROOT
from tests.rights.citizen import Office
from tests.service import environment

KEY = Fernet.generate_key().decode()


def test_an_operator_purges_copies_erases_and_rotates(tmp_path: Path, sqlite_url: str) -> None:
    async def fill() -> tuple[str, str]:
        database = Database(sqlite_url)
        office = Office(database, Cipher(KEY))
        await office.talk(at=now() - timedelta(days=500))
        conversation = await office.talk()
        request = await office.request(conversation, State.REFUSED)
        await database.close()
        return conversation, request.reference

    conversation, reference = asyncio.run(fill())
    var = tmp_path / "var"
    var.mkdir()
    key_file(var).write_text(KEY)
    key_file(var).chmod(0o600)

    def guichet(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", *arguments]
        settings = environment(data_dir=var, database_url=sqlite_url)
        return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=120, check=False)

    assert guichet("purge", "--dry-run").stdout == "Would remove 1 conversations.\n"
    purged = json.loads(guichet("purge", "--json").stdout)
    assert purged == {
        "dry_run": False,
        "removed": {"drafts": 0, "requests": 0, "conversations": 1, "feedback": 0, "facts": 0},
    }
    assert guichet("purge").stdout == "Nothing is too old.\n"

    copy = tmp_path / "copy.json"
    assert guichet("export", conversation, "--output", str(copy)).stdout == ""
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert json.loads(copy.read_text())["requests"][0]["reference"] == reference
    refused = guichet("export", conversation, "--output", str(copy))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)

    assert "values encrypted again" in guichet("keys", "rotate").stdout
    assert json.loads(guichet("keys", "rotate", "--drop-old", "--json").stdout)["older"] == 0

    receipt = json.loads(guichet("erase", reference, "--json").stdout)
    assert receipt["erased"]["conversations"] == receipt["erased"]["requests"] == 1
    for command in ("erase", "export"):
        unknown = guichet(command, reference)
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert unknown.stderr == "guichet: No conversation and no request has that reference.\n"


async def test_the_gateway_purges_by_itself_and_says_what(office: Office) -> None:
    app = web.Application()
    app[DATABASE], app[SETTINGS] = office.database, Settings(conversation_days=10)
    job = purge_job(app)
    assert job.every <= timedelta(days=1)
    await office.talk(at=now() - timedelta(days=11))
    await office.talk(at=now() - timedelta(days=9))
    assert await job.run() == "1 conversations"
    assert await job.run() == ""
    assert await office.count("conversations") == 1
