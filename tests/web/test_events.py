"""Server-sent events: everything new reaches whoever listens, once, also after a connection that broke."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import event

from bot.conversations.model import Author
from bot.conversations.model import Message as Said
from bot.web.keys import CONVERSATIONS, DATABASE
from tests.citizen import Citizen, Message
from tests.web.gateway import gateway


async def collect(citizen: Citizen, count: int, last_event_id: str = "") -> list[tuple[str, Message]]:
    """Listen until so many events came."""
    events: list[tuple[str, Message]] = []
    async with asyncio.timeout(30):
        async for event_id, message in citizen.listen(last_event_id):
            if event_id:
                events.append((event_id, message))
            if len(events) == count:
                break
    return events


async def test_what_is_said_and_answered_is_pushed_to_a_window_that_listens(citizen: Citizen) -> None:
    listening = citizen.listen()
    async with asyncio.timeout(30):
        assert await anext(listening) == ("", {})
        answer = await citizen.say("combien coûte un passeport pour un adulte ?", "m1")
        pushed = [await anext(listening) for _ in range(1 + len(answer))]
    assert [message["author"] for _, message in pushed] == ["citizen", *["bot"] * len(answer)]
    assert pushed[0][1]["client_id"] == "m1"
    assert [message for _, message in pushed[1:]] == answer
    assert [event_id for event_id, _ in pushed] == [str(message["sequence"]) for _, message in pushed]
    await listening.aclose()


async def test_a_stream_begins_with_what_is_new_and_not_with_what_was(citizen: Citizen) -> None:
    await citizen.say("bonjour")
    listening = citizen.listen()
    async with asyncio.timeout(30):
        await anext(listening)
        await citizen.say("merci")
        _, first = await anext(listening)
    assert first["text"] == "merci"
    await listening.aclose()


async def test_a_stream_goes_on_after_the_last_event_without_loss_or_double(citizen: Citizen) -> None:
    for words in ("bonjour", "combien coûte un passeport pour un adulte ?", "merci"):
        await citizen.say(words)
    copy = await citizen.copy()
    for last in ("0", "2", "5"):
        missed = [message for message in copy if message["sequence"] > int(last)]
        events = await collect(citizen, len(missed), last)
        assert [message for _, message in events] == missed


async def test_what_is_said_while_nobody_listens_is_not_lost(citizen: Citizen) -> None:
    seen: list[tuple[str, Message]] = []
    for number in range(4):
        answer = await citizen.say("bonjour", str(number))
        seen += await collect(citizen, 1 + len(answer), seen[-1][0] if seen else "2")
    copy = await citizen.copy()
    assert [message for _, message in seen] == copy[2:]
    assert len({event_id for event_id, _ in seen}) == len(seen)


async def test_two_windows_get_the_same(citizen: Citizen) -> None:
    both = [asyncio.create_task(collect(citizen, 2, "2")) for _ in range(2)]
    await citizen.say("bonjour")
    first, second = await asyncio.gather(*both)
    assert first == second


async def test_a_window_never_gets_what_is_said_in_another_conversation(
    citizen: Citizen, session: aiohttp.ClientSession
) -> None:
    other = await Citizen.arrive(session)
    listening = asyncio.create_task(collect(citizen, 2, "2"))
    await other.say("combien coûte un passeport pour un adulte ?")
    await citizen.say("bonjour")
    assert {message["text"] for _, message in await listening} == {
        message["text"] for message in (await citizen.copy())[2:]
    }


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "٣", "1 2"])
async def test_a_number_that_is_none_is_refused(citizen: Citizen, session: aiohttp.ClientSession, last: str) -> None:
    headers = citizen.headers | {"Last-Event-ID": last}
    async with session.get(f"/api/conversations/{citizen.id}/events", headers=headers) as response:
        assert response.status == 400
        assert (await response.json(content_type=None))["field"] == "Last-Event-ID"


async def test_a_number_of_the_future_loses_nothing(citizen: Citizen) -> None:
    """The service was put back from a backup: it knows fewer events than the browser has seen."""
    listening = asyncio.create_task(collect(citizen, 2, "9" * 30))
    await asyncio.sleep(0)
    while not listening.done():
        await citizen.say("bonjour")
    assert len(await listening) == 2


async def test_a_quiet_stream_leaves_the_database_alone_and_sees_at_last_what_nobody_rang_for(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.api.conversations.HEARTBEAT", 0.05)
    async with gateway(tmp_path, migrated_file) as client:
        citizen = await Citizen.arrive(client)  # type: ignore[arg-type]
        looked: list[str] = []
        for engine in (client.app[DATABASE].engine, client.app[DATABASE]._quick):
            event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: looked.append(given[2]))
        path = f"/api/conversations/{citizen.id}/events"
        async with client.get(path, headers=citizen.headers) as response, asyncio.timeout(30):
            lines = response.content
            while (await lines.readline()) != b": still here\n":
                pass
            await lines.readuntil(b": still here\n")
            assert len([each for each in looked if "FROM messages" in each]) == 1
            await client.app[CONVERSATIONS].append(citizen.id, Said(Author.SYSTEM, "Écrit par un autre."))
            while "Écrit par un autre." not in (await lines.readline()).decode():
                pass
