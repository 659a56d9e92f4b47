"""Starting and stopping: nothing is left behind, and what cannot start says why at once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.learning.models import Card, code_digest, write_card
from tests.citizen import Citizen
from tests.service import environment, make_project, wait_for


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_ctrl_c_ends_every_process_and_every_stream(new_service: Callable[..., Any]) -> None:
    with new_service() as service:
        parts = service.parts()
        assert parts.keys() == {"engine", "gateway"}
        async with aiohttp.ClientSession(service.url) as session:
            citizen = await Citizen.arrive(session)
            listening = citizen.listen()
            await anext(listening)
            code = await asyncio.to_thread(service.stop, signal.SIGINT)
            assert [event async for event in listening] == [], "the stream ends, it does not break"
        assert code == 0
        assert not any(alive(pid) for pid in parts.values())
        assert "Traceback" not in service.log()
        assert "killed" not in service.log(), "each part stopped when it was asked"


async def test_answers_that_were_begun_are_given_before_the_service_stops(new_service: Callable[..., Any]) -> None:
    with new_service(messages_a_minute=100_000) as service:
        async with aiohttp.ClientSession(service.url) as session:
            citizens = [await Citizen.arrive(session) for _ in range(8)]
            await citizens[0].say("bonjour")
            said = [asyncio.create_task(each.say("combien coûte un passeport pour un adulte ?")) for each in citizens]
            await asyncio.wait(said, return_when=asyncio.FIRST_COMPLETED)
            code = await asyncio.to_thread(service.stop, signal.SIGTERM)
            answers = await asyncio.gather(*said)
        assert code == 0
        assert all("86" in answer[0]["text"] for answer in answers)
        assert "killed" not in service.log()
        turns = service.rows("SELECT count(*) AS n FROM turns")
        assert turns == [{"n": 9}], "each is in the log, once"


@pytest.mark.slow
async def test_a_supervisor_that_is_killed_leaves_no_process_behind(new_service: Callable[..., Any]) -> None:
    with new_service() as service:
        parts = service.parts()
        await asyncio.to_thread(service.stop, signal.SIGKILL)
        await asyncio.to_thread(wait_for, lambda: not any(alive(pid) for pid in parts.values()))


def test_a_model_that_cannot_be_used_is_named_at_once(tmp_path: Path) -> None:
    project = tmp_path / "project"
    make_project(project)
    (project / "models").mkdir()
    bad = project / "models" / "bad-model.tar.gz"
    bad.write_bytes(b"this is no archive")
    write_card(bad, Card(code_digest(), "2026-11-22T10:00:00+00:00", 1.0))
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "up", "--port", "0"],
        cwd=project,
        env=environment(data_dir=project / "var"),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode == 1
    assert "bad-model.tar.gz cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Guichet is ready" not in ended.stdout
