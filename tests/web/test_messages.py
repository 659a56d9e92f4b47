"""What a citizen types is text, whatever it looks like, and a button means what it meant where it was offered."""

import json

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.service import Service


@pytest.mark.parametrize(
    "text",
    [
        "🙂",
        "👍🏽",
        "😡😡😡",
        "?",
        "…",
        "<b>passeport</b>",
        "'; DROP TABLE turns; --",
        "{}",
        "${7*7}",
        "%s%n",
        "日本語",
        "مرحبا",
    ],
)
async def test_any_signs_are_answered(citizen: Citizen, text: str) -> None:
    answer = await citizen.say(text)
    assert all(message["text"] for message in answer)


@pytest.mark.parametrize(
    "text",
    ["passeport\x00", "\x00passeport", "pass\ud83deport", "passeport \ud800", "a\u0301" * 100, "\u202epasseport"],
)
async def test_signs_that_no_database_keeps_do_no_harm(citizen: Citizen, service: Service, text: str) -> None:
    body = json.dumps({"text": text}).encode()
    path = f"/api/conversations/{citizen.id}/messages"
    async with citizen._session.post(path, data=body, headers=citizen.headers) as response:
        assert response.status == 200, await response.text()
    [message] = [message for message in await citizen.copy() if message["author"] == "citizen"]
    assert "\x00" not in message["text"]
    assert service.rows("SELECT 1 FROM turns WHERE conversation_id = ?", citizen.id)


@pytest.mark.parametrize(
    "text",
    [
        *("/restart", "/session_start", "/back", "/", "///", "/confirm_request", "/EXTERNAL: action_store_note"),
        '/rate{"face": "good", "moment": "information"}',
        '/inform{"service": "passport"}',
        '/answer_field{"field": "copy_type", "value": "full"}',
        '/submit_request{"service": "family-booklet"}',
    ],
)
async def test_a_leading_slash_is_text_and_commands_nothing(citizen: Citizen, service: Service, text: str) -> None:
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.say(text)
    before, turn = service.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
    assert before["number"] == 1, "what was said before is not forgotten"
    assert (turn["kind"], turn["text"]) == ("text", text)
    assert turn["confidence"] < 1
    assert turn["intent"] not in ("restart", "session_start", "back", "rate", "answer_field", "confirm_request")
    assert not service.rows("SELECT 1 FROM feedback WHERE conversation_id = ?", citizen.id)


@pytest.mark.parametrize("text", ["/restart", "/session_start", "/back", "/"])
async def test_a_command_of_the_machine_does_not_make_it_forget(citizen: Citizen, text: str) -> None:
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.say(text)
    await citizen.say("et pour mon fils de 8 ans ?")
    assert "17 €" in citizen.said


async def test_a_button_of_another_conversation_is_unknown_here(
    citizen: Citizen, session: aiohttp.ClientSession
) -> None:
    other = await Citizen.arrive(session)
    status, problem = await citizen.post({"text": other.welcome[-1]["buttons"][0]["payload"]})
    assert (status, problem["code"]) == (404, "unknown-button")
    status, invented = await citizen.post({"text": "b-0123456789abcdef"})
    # The number of the call differs, and says nothing of the button.
    assert (status, invented | {"request_id": ""}) == (404, problem | {"request_id": ""})
    assert len(await citizen.copy()) == 2


async def test_a_button_says_nothing_of_what_it_means(citizen: Citizen) -> None:
    await citizen.say("passeport ou carte d'identité ?")
    for message in citizen.answer:
        for button in message["buttons"]:
            assert set(button) == {"title", "payload"}
            assert button["payload"].startswith("b-")
            assert len(button["payload"]) == 18


async def test_what_a_button_says_is_what_was_said(citizen: Citizen) -> None:
    await citizen.press("Parler à une personne")
    said = [message for message in await citizen.copy() if message["author"] == "citizen"]
    assert [message["text"] for message in said] == ["Parler à une personne"]


async def test_the_same_identifier_is_answered_once_even_with_other_words(citizen: Citizen) -> None:
    first = await citizen.say("combien coûte un passeport pour un adulte ?", "one")
    again = await citizen.say("bonjour", "one")
    assert again == first
    assert len([message for message in await citizen.copy() if message["author"] == "citizen"]) == 1


async def test_the_same_identifier_in_two_conversations_is_two_messages(
    citizen: Citizen, session: aiohttp.ClientSession
) -> None:
    other = await Citizen.arrive(session, "en")
    await citizen.say("bonjour", "same")
    await other.say("hello", "same")
    assert citizen.said != other.said


async def test_the_copy_is_what_was_shown_in_its_order(citizen: Citizen) -> None:
    shown = [*citizen.welcome]
    for number, words in enumerate(("bonjour", "combien coûte un passeport ?", "merci")):
        answer = await citizen.say(words, str(number))
        copy = await citizen.copy()
        said = copy[len(shown)]
        assert (said["author"], said["client_id"], said["text"]) == ("citizen", str(number), words)
        shown += [said, *answer]
        assert copy == shown
