"""Many messages at once: each is answered once, in order within a conversation, and nobody waits for another's."""

import asyncio
import json

import aiohttp

from tests.citizen import Citizen
from tests.service import Service

BURST = 20
APART = 0.03
"""Seconds between two messages that must arrive in their order: more than one can overtake another by."""


async def test_messages_sent_at_once_are_all_answered_once(citizen: Citizen, service: Service) -> None:
    answers = await asyncio.gather(*(citizen.post({"id": f"m{i}", "text": "bonjour"}) for i in range(BURST)))
    assert {status for status, _ in answers} == {200}
    turns = service.rows("SELECT number, message_id FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
    assert [turn["number"] for turn in turns] == list(range(1, BURST + 1))
    assert {turn["message_id"] for turn in turns} == {f"m{i}" for i in range(BURST)}
    # Each message is followed by its own answer, and nothing stands between them.
    copy = await citizen.copy()
    place = {message.get("client_id"): index for index, message in enumerate(copy)}
    for number, (_, body) in enumerate(answers):
        start = place[f"m{number}"] + 1
        assert copy[start : start + len(body["messages"])] == body["messages"]
    assert [message["sequence"] for message in copy] == list(range(1, len(copy) + 1))


async def test_messages_are_answered_in_the_order_in_which_they_arrive(citizen: Citizen) -> None:
    words = [f"bonjour {number}" for number in range(BURST)]
    tasks = []
    for number, text in enumerate(words):
        tasks.append(asyncio.create_task(citizen.post({"id": f"m{number}", "text": text})))
        await asyncio.sleep(APART)
    assert {status for status, _ in await asyncio.gather(*tasks)} == {200}
    assert [message["text"] for message in await citizen.copy() if message["author"] == "citizen"] == words


async def test_another_conversation_is_answered_meanwhile(citizen: Citizen, session: aiohttp.ClientSession) -> None:
    other = await Citizen.arrive(session)
    tasks = [asyncio.create_task(citizen.post({"id": f"m{i}", "text": "bonjour"})) for i in range(5 * BURST)]
    await asyncio.sleep(0)
    await other.say("combien coûte un passeport pour un adulte ?")
    assert "86" in other.said
    assert not all(task.done() for task in tasks), "it did not wait for the others' turn"
    assert {status for status, _ in await asyncio.gather(*tasks)} == {200}


async def test_many_citizens_at_once_never_get_each_others_answers(session: aiohttp.ClientSession) -> None:
    async def ask(number: int) -> tuple[int, Citizen]:
        citizen = await Citizen.arrive(session, ("fr", "en")[number % 2])
        await citizen.say(("combien coûte un passeport ?", "how much is an identity card?")[number % 2])
        await citizen.say(("pour mon fils de 8 ans", "for my 8 year old son")[number % 2])
        return number, citizen

    for number, citizen in await asyncio.gather(*(ask(number) for number in range(BURST))):
        expected, other = (("Passeport", "identity card"), ("identity card", "Passeport"))[number % 2]
        assert expected in citizen.said
        assert other not in json.dumps(await citizen.copy(), ensure_ascii=False)
