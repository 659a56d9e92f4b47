"""Messages and buttons as the wire has them, and the notice that opens a conversation."""

import json

import pytest

from bot.conversations.model import Author, Button, Command, Message
from bot.conversations.notice import opening


def test_a_button_leaves_the_house_as_an_opaque_identifier() -> None:
    button = Button("Payer", Command("rate", {"face": "good", "request": "4f"}))
    wire = Message(Author.BOT, "Comment ?", [button]).wire()
    assert wire["buttons"] == [{"title": "Payer", "payload": button.payload}]
    assert Button.is_payload(button.payload)
    assert "rate" not in json.dumps(wire)
    assert "4f" not in button.payload.removeprefix("b-") or len(button.payload) == 18


def test_two_buttons_never_have_the_same_identifier() -> None:
    assert len({Button("Oui", Command("affirm")).payload for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text", ["", "b-", "b-0123456789abcdeg", "b-0123456789abcdef0", "/affirm", "B-0123456789abcdef"]
)
def test_what_a_person_types_is_not_taken_for_a_button(text: str) -> None:
    assert not Button.is_payload(text)


def test_a_message_that_is_not_stored_yet_has_no_number() -> None:
    wire = Message(Author.BOT, "Bonjour").wire()
    assert set(wire) == {"id", "author", "text", "buttons"}
    assert set(Message(Author.BOT, "Bonjour", sequence=1, at="2026-11-22").wire()) == {*wire, "sequence", "at"}


def test_extras_stand_beside_the_text_and_the_logged_text_is_never_shown() -> None:
    message = Message(Author.BOT, "Code 1234", extras={"request": {"reference": "GU"}}, logged_text="[récépissé]")
    assert message.wire()["request"] == {"reference": "GU"}
    assert "[récépissé]" not in json.dumps(message.wire(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("language", "machine", "person"), [("fr", "machine", "personne"), ("en", "machine", "person")]
)
def test_a_conversation_opens_by_saying_that_this_is_a_machine(language: str, machine: str, person: str) -> None:
    notice, invitation = opening(language)
    assert machine in notice.text
    assert person in notice.text
    assert len(invitation.buttons) == 3
    assert {button.command.intent for button in invitation.buttons} == {
        "submit_request",
        "track_request",
        "talk_to_person",
    }
