"""Clients that drip or never read hold nothing for ever, and nobody else is kept waiting by them."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from bot.web.api.conversations import CLOSING
from bot.web.keys import CONVERSATIONS, HUB
from tests.citizen import Citizen
from tests.web.gateway import gateway, until

CALL = b"GET /health HTTP/1.1\r\nHost: h\r\n"
KINDS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


async def _ends(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes before the other end closes."""
    async with asyncio.timeout(30):
        return await reader.read()


@pytest.mark.parametrize("sent", [b"", CALL, CALL + b"\r\nGET /he"])
async def test_a_connection_that_never_says_a_whole_call_is_closed(
    sent: bytes, tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, idle_seconds=1) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(sent)
        await _ends(reader)
        writer.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_that_drips_is_refused_while_others_are_answered(
    kind: str, tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.slow.FILES_TAKE", 1)
    async with gateway(tmp_path, migrated_file, body_seconds=1) as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        head = f"POST /plain/start HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: 500\r\n\r\n--x\r\n"
        writer.write(head.encode())
        assert (await Citizen.arrive(client)).welcome  # type: ignore[arg-type]
        async with asyncio.timeout(30):
            head, problem = await reader.readuntil(b"\r\n\r\n"), await reader.readuntil(b"}")
        writer.close()
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(problem)["code"] == "too-slow"


async def test_a_stream_that_nobody_reads_is_cut_and_its_place_is_free_again(
    tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, reader_seconds=1, streams_a_conversation=1) as client:
        citizen = await Citizen.arrive(client)  # type: ignore[arg-type]
        other = await Citizen.arrive(client)  # type: ignore[arg-type]
        hub = client.app[HUB]
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", client.port))
            head = f"GET /api/conversations/{citizen.id}/events HTTP/1.1\r\nHost: h\r\n"
            deaf.sendall(f"{head}Authorization: Bearer {citizen.token}\r\n\r\n".encode())
            await until(lambda: hub.streams == 1)
            # What is pushed to it fills what the system keeps for it, and then its connection is cut.
            hub.show(citizen.id, [{"text": "x" * 100_000}] * 200)
            await until(lambda: not hub.streams)
            assert await other.copy(), "others are answered meanwhile"
        listening = citizen.listen()
        async with asyncio.timeout(30):
            assert await anext(listening) == ("", {})
            await client.app[CONVERSATIONS].mode(citizen.id)
        await listening.aclose()
        client.app[CLOSING].set()
        hub.wake_all()
