"""`guichet requests`, from the outside: what it prints, what it changes, its exit codes."""

import json
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.cli.requests import ORDERS, PROBLEMS, SCOPES, STATES
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.api_tokens import Scope
from bot.requests.events import Problem
from bot.requests.listing import Order
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from tests.conftest import ROOT
from tests.requests.conftest import filed

Run = Any


@pytest.fixture
def data_dir(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "guichet.db").write_bytes(migrated_file.read_bytes())
    monkeypatch.setenv("GUICHET_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GUICHET_CATALOGUE_DIR", str(ROOT / "data"))
    monkeypatch.delenv("GUICHET_DATABASE_URL", raising=False)
    monkeypatch.delenv("GUICHET_SECRET_KEY", raising=False)
    return tmp_path


@pytest.fixture
async def request_(data_dir: Path) -> AsyncIterator[Request]:
    database = Database(f"sqlite+aiosqlite:///{data_dir / 'guichet.db'}")
    yield await filed(RequestStore(database, Cipher(read_keys("", data_dir))))
    await database.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    async def call(*arguments: str, code: int = 0) -> str:
        # The command has an event loop of its own, so it runs in another thread than the test's.
        import asyncio

        def command() -> int:
            with pytest.raises(SystemExit) as ended:
                main(["requests", *arguments])
            return int(str(ended.value.code))

        assert await asyncio.to_thread(command) == code
        printed = capsys.readouterr()
        return printed.out + printed.err

    return call


def test_the_words_that_it_takes_are_those_of_the_product() -> None:
    assert list(State) == STATES
    assert list(Problem) == PROBLEMS
    assert set(Scope) == set(SCOPES)
    assert set(Order) == set(ORDERS)


async def test_a_request_is_listed_shown_completed_answered_and_decided(run: Run, request_: Request) -> None:
    reference = request_.reference
    page = json.loads(await run("list", "--json"))
    assert [line["reference"] for line in page["requests"]] == [reference]
    assert reference in await run("list", "--state", "filed")
    assert reference not in await run("list", "--late")
    done = json.loads(
        await run("complete", reference, "-i", "wrong:birth_date:Relisez.", "-i", "missing:Livret", "--json")
    )
    assert [(item["field"], item["label"]) for item in done["items"]] == [("birth_date", ""), (None, "Livret")]
    await run("message", reference, "Bonjour", "--by", "dominique")
    await run("advance", reference, "closed", "--reason", "Sans réponse")
    shown = json.loads(await run("show", reference, "--json"))
    assert (shown["state"], shown["history"][-1]["reason"]) == ("closed", "Sans réponse")
    assert "dominique" in await run("show", reference)


async def test_what_is_refused_is_one_line_and_exit_1(run: Run, request_: Request) -> None:
    said = await run("advance", request_.reference, "refused", code=1)
    assert said.strip().count("\n") == 0
    assert "Say why" in said
    assert "no request" in await run("message", "GU-2345-6789", "Bonjour", code=1)
    assert "expected PROBLEM:WHAT" in await run("complete", request_.reference, "-i", "lost:Livret", code=2)


async def test_verify_finds_what_was_changed(run: Run, data_dir: Path, request_: Request) -> None:
    assert "1 requests looked at, 0 faults." in await run("verify")
    connection = sqlite3.connect(data_dir / "guichet.db")
    with connection:
        connection.execute("UPDATE request_events SET actor = 'agent' WHERE number = 2")
    connection.close()
    found = json.loads(await run("verify", "--json", code=1))
    assert found["faults"][0]["reference"] == request_.reference
    assert found["faults"][0]["number"] == 2


async def test_an_export_is_a_line_for_each_request_that_only_its_owner_reads(
    run: Run, data_dir: Path, request_: Request
) -> None:
    path = data_dir / "export.jsonl"
    await run("export", str(path))
    [line] = [json.loads(line) for line in path.read_text().splitlines()]
    assert (line["reference"], line["answers"]["birth_name"]) == (request_.reference, "Quatrebarbes")
    assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0


async def test_tokens_are_shown_once_and_revoked(run: Run, data_dir: Path) -> None:
    token = (await run("token", "add", "software", "--scope", "read", "--scope", "change")).strip()
    assert token.startswith("guichet_")
    listed = await run("token", "list")
    assert "software" in listed
    assert token not in listed
    assert "already" in await run("token", "add", "software", "--scope", "read", code=1)
    await run("token", "revoke", "software")
    assert "revoked" in await run("token", "list")
    assert "No token" in await run("token", "revoke", "software", code=1)


async def test_the_outbox_says_what_waits(run: Run, request_: Request) -> None:
    assert json.loads(await run("outbox", "--json"))["counts"] == {"waiting": 2}
    assert "no dead letter" in await run("outbox", "--send-again", "999", code=1)
