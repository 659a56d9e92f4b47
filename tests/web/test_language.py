"""A citizen changes language in the middle: the conversation goes on in the other one, and loses nothing."""

import aiohttp
import pytest

from tests.citizen import Citizen


async def switch(session: aiohttp.ClientSession, citizen: Citizen, language: object) -> tuple[int, dict]:
    path = f"/api/conversations/{citizen.id}/language"
    async with session.put(path, json={"language": language}, headers=citizen.headers) as response:
        return response.status, await response.json()


async def test_answers_come_in_the_other_language_and_a_note_says_so(
    session: aiohttp.ClientSession, citizen: Citizen
) -> None:
    await citizen.say("combien coûte un passeport pour un adulte ?")
    status, body = await switch(session, citizen, "en")
    assert (status, body["language"]) == (200, "en")
    [note] = body["messages"]
    assert (note["author"], note["language"]) == ("system", "en")
    assert "English" in note["text"]
    await citizen.press("Documents")
    assert "passport" in citizen.said
    assert {message["language"] for message in citizen.answer} == {"en"}
    assert note["text"] in [message["text"] for message in await citizen.copy()]


async def test_a_request_goes_on_where_it_was(session: aiohttp.ClientSession, citizen: Citizen) -> None:
    await citizen.say("je voudrais demander un acte de naissance")
    assert citizen.awaited
    assert citizen.awaited["step"] == 1
    await switch(session, citizen, "en")
    await citizen.press("Copie intégrale")
    assert citizen.awaited
    assert citizen.awaited["step"] == 2
    assert "Whose birth certificate" in citizen.said
    await switch(session, citizen, "fr")
    await citizen.press("It is mine")
    assert "nom de naissance" in citizen.said


async def test_the_same_language_again_says_nothing(session: aiohttp.ClientSession, citizen: Citizen) -> None:
    before = await citizen.copy()
    assert await switch(session, citizen, "fr") == (200, {"language": "fr", "messages": []})
    assert await citizen.copy() == before


@pytest.mark.parametrize("language", ["de", "", None, 3, ["fr"]])
async def test_another_language_is_refused(session: aiohttp.ClientSession, citizen: Citizen, language: object) -> None:
    status, body = await switch(session, citizen, language)
    assert (status, body["field"]) == (422, "language")


async def test_only_its_citizen_switches_the_language(session: aiohttp.ClientSession, citizen: Citizen) -> None:
    stranger = await Citizen.arrive(session)
    citizen.token = stranger.token
    assert (await switch(session, citizen, "en"))[0] == 401
