"""A hurried citizen confirms twice: one request is filed, once, however it happens."""

import asyncio
from uuid import uuid4

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.journeys.player import begin, fill_in
from tests.service import Service


@pytest.fixture
async def ready(citizen: Citizen) -> Citizen:
    """A citizen before the summary."""
    await begin(citizen, "Acte de naissance", by_buttons=True)
    await fill_in(citizen, by_buttons=True)
    return citizen


def filed(service: Service, citizen: Citizen) -> list[str]:
    rows = service.rows("SELECT reference, state FROM requests WHERE conversation_id = ?", citizen.id)
    assert {row["state"] for row in rows} == {"filed"}
    events = service.rows(
        "SELECT e.state FROM request_events e JOIN requests r ON r.id = e.request_id WHERE r.conversation_id = ?",
        citizen.id,
    )
    assert [event["state"] for event in events] == ["draft", "filed"]
    return [row["reference"] for row in rows]


async def test_the_button_pressed_twice_files_once_and_says_so(ready: Citizen, service: Service) -> None:
    button = ready.button("Confirmer")
    await ready.say(button)
    reference = ready.request["reference"]
    await ready.say(button)
    assert "déjà déposée" in ready.said
    assert reference in ready.said
    assert filed(service, ready) == [reference]


async def test_the_same_message_sent_twice_gets_the_same_answer(ready: Citizen, service: Service) -> None:
    """The first answer was lost on the way: the program sends the same message again."""
    button, message_id = ready.button("Confirmer"), str(uuid4())
    first = await ready.say(button, message_id)
    again = await ready.say(button, message_id)
    assert again == first
    assert filed(service, ready) == [ready.request["reference"]]


async def test_two_windows_that_confirm_at_once_file_one_request(ready: Citizen, service: Service) -> None:
    button = ready.button("Confirmer")
    answers = await asyncio.gather(*(ready.post({"id": str(uuid4()), "text": button}) for _ in range(6)))
    assert {status for status, _ in answers} == {200}
    [reference] = filed(service, ready)
    for _, body in answers:
        assert reference in str(body)
    assert sum("access_code" in str(body) for _, body in answers) == 1


async def test_the_same_message_on_two_connections_at_once_is_one_message(ready: Citizen, service: Service) -> None:
    body = {"id": str(uuid4()), "text": ready.button("Confirmer")}
    answers = await asyncio.gather(*(ready.post(body) for _ in range(6)))
    assert {status for status, _ in answers} == {200}
    assert all(body == answers[0][1] for _, body in answers)
    assert len(filed(service, ready)) == 1
    assert sum(message["author"] == "citizen" for message in await ready.copy()) == len(
        {message.get("client_id") for message in await ready.copy() if message["author"] == "citizen"}
    )


async def test_a_second_request_for_the_same_service_is_another_one(
    ready: Citizen, service: Service, session: aiohttp.ClientSession
) -> None:
    await ready.press("Confirmer")
    first = ready.request["reference"]
    await begin(ready, "Acte de naissance", by_buttons=True)
    await fill_in(ready, by_buttons=True)
    await ready.press("Confirmer")
    assert ready.request["reference"] != first
    assert len(service.rows("SELECT 1 FROM requests WHERE conversation_id = ?", ready.id)) == 2
