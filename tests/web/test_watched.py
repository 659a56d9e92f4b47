"""A service that is watched: JSON logs, one number from the browser to the engine, spans, figures behind a token."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.service import ROOT, Service, environment, wait_for
from tests.web.receiver import Receiver

TOKEN = "only-for-the-operator"
SAID = "combien coûte un passeport pour Zéphyrine Quatrebarbes ?"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture(scope="module")
def watched(new_service: Callable[..., Any], receiver: Receiver) -> Iterator[Service]:
    """A service with everything on that an operator can put on; the last test stops it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        with new_service(log_format="json", log_level="debug", metrics_token=TOKEN) as running:
            yield running


def lines(service: Service) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.log().splitlines() if line.startswith("{")]


async def test_one_number_goes_from_the_browser_to_the_engine_and_back(watched: Service) -> None:
    mine = str(uuid4())
    async with aiohttp.ClientSession(watched.url) as session:
        citizen = await Citizen.arrive(session)
        async with session.post(
            f"/api/conversations/{citizen.id}/messages",
            json={"text": SAID},
            headers=citizen.headers | {"X-Request-Id": mine},
        ) as response:
            assert response.status == 200
            number = response.headers["X-Request-Id"]
    assert number == mine.replace("-", "")

    def parts() -> set[str]:
        return {line["part"] for line in lines(watched) if line.get("request_id") == number}

    wait_for(lambda: parts() == {"gateway", "engine"})
    assert {"at", "level", "logger", "message", "part"} <= set(lines(watched)[-1])


async def test_a_number_that_could_hold_a_name_is_replaced(watched: Service) -> None:
    async with aiohttp.ClientSession(watched.url) as session:
        for given in ("Zephyrine-Quatrebarbes", "GU-7K3M-9QXD", "a" * 4000, "zz" * 16):
            async with session.get("/api/nothing", headers={"X-Request-Id": given}) as response:
                problem = await response.json(content_type=None)
                assert given not in response.headers["X-Request-Id"]
                assert problem["request_id"] == response.headers["X-Request-Id"]
                assert len(problem["request_id"]) == 32


async def test_the_span_of_the_engine_is_part_of_the_one_of_the_gateway(watched: Service, receiver: Receiver) -> None:
    async with aiohttp.ClientSession(watched.url) as session:
        citizen = await Citizen.arrive(session)
        foreign = {"traceparent": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"}
        async with session.post(
            f"/api/conversations/{citizen.id}/messages", json={"text": SAID}, headers=citizen.headers | foreign
        ) as response:
            number = response.headers["X-Request-Id"]

    def mine() -> dict[str, dict[str, Any]]:
        return {span["part"]: span for span in receiver.spans if span["request_id"] == number}

    await asyncio.to_thread(wait_for, lambda: len(mine()) == 2)
    gateway, engine = mine()["guichet-gateway"], mine()["guichet-engine"]
    assert (engine["parent"], engine["trace"]) == (gateway["id"], gateway["trace"])
    assert gateway["name"] == "POST /api/conversations/{id}/messages"
    assert engine["name"] == "POST /answer"
    assert gateway["trace"] != "ab" * 16, "a browser does not say what is traced here"
    for span in receiver.spans:
        assert citizen.id not in span["all"]
        assert "passeport" not in span["all"]


async def test_the_figures_want_the_token(watched: Service) -> None:
    async with aiohttp.ClientSession(watched.url) as session:
        for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN[:-1]}):
            async with session.get("/metrics", headers=headers) as response:
                assert response.status == 401
                assert "guichet_" not in await response.text()
        async with session.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
            assert response.status == 200


async def test_a_backup_of_the_running_service_holds_every_answer_that_was_given_before_it(
    watched: Service, tmp_path: Path
) -> None:
    async with aiohttp.ClientSession(watched.url) as session:
        citizens = [await Citizen.arrive(session) for _ in range(5)]
        for citizen in citizens:
            await citizen.say("quels papiers pour un passeport ?")
        writing = asyncio.create_task(_talk_on(session))
        made = await asyncio.to_thread(_guichet, watched.data_dir, "backup", tmp_path / "one.guichet")
        writing.cancel()
    assert made.returncode == 0, made.stderr
    refused = await asyncio.to_thread(_guichet, watched.data_dir, "restore", "--replace", tmp_path / "one.guichet")
    assert "stop the service" in refused.stderr
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(watched.data_dir / "secret.key", new)
    restored = await asyncio.to_thread(_guichet, new, "restore", tmp_path / "one.guichet")
    assert restored.returncode == 0, restored.stderr
    with closing(sqlite3.connect(new / "guichet.db")) as database:
        rows = database.execute("SELECT conversation_id, count(*) FROM turns GROUP BY 1").fetchall()
    assert {citizen.id for citizen in citizens} <= {conversation for conversation, _ in rows}


async def _talk_on(session: aiohttp.ClientSession) -> None:
    while True:
        await (await Citizen.arrive(session)).say("bonjour")


def _guichet(data_dir: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, words)],
        cwd=ROOT,
        env=environment(data_dir=data_dir),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


async def test_what_was_begun_is_answered_before_the_service_ends(watched: Service) -> None:
    """Stops the service of this file: it comes last."""
    async with aiohttp.ClientSession(watched.url) as session:
        citizens = [await Citizen.arrive(session) for _ in range(10)]
        engine = watched.parts()["engine"]
        os.kill(engine, signal.SIGSTOP)  # it takes its time
        said = [asyncio.create_task(each.post({"text": "quels papiers pour une carte grise ?"})) for each in citizens]
        await asyncio.sleep(1)  # they have reached the gateway, which waits for the engine
        os.kill(watched.pid, signal.SIGTERM)
        await asyncio.to_thread(wait_for, lambda: not _takes_calls(watched))
        os.kill(engine, signal.SIGCONT)
        answers = await asyncio.gather(*said)
    assert [status for status, _ in answers] == [200] * 10
    assert {body["messages"][-1]["author"] for _, body in answers} == {"bot"}
    assert await asyncio.to_thread(watched.stop, signal.SIGTERM) == 0
    assert "killed" not in watched.log()


def _takes_calls(service: Service) -> bool:
    host, port = service.url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), 1).close()
    except OSError:
        return False
    return True


def test_no_line_of_the_log_holds_what_was_said(watched: Service) -> None:
    said = watched.log()
    assert "Quatrebarbes" not in said
    assert "carte grise" not in said
    assert "Zephyrine" not in said
