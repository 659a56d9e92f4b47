"""What Rasa says, taken in as messages of ours."""

import pytest

from bot.conversations.model import Command
from bot.engine.train import prepare_rasa

prepare_rasa()

from bot.engine.channel import Collector  # noqa: E402 - Rasa is importable once it is prepared


async def test_a_response_becomes_a_message_with_what_came_with_it() -> None:
    collector = Collector()
    await collector.send_response("c1", {"text": "86 €", "custom": {"sources": []}, "log_as": "[prix]"})
    await collector.send_response("c1", {"text": None})
    first, second = collector.messages
    assert (first.text, first.extras, first.logged_text, first.author) == ("86 €", {"sources": []}, "[prix]", "bot")
    assert (second.text, second.extras, second.logged_text, second.buttons) == ("", {}, None, [])


@pytest.mark.parametrize(
    ("payload", "command"),
    [
        ("/affirm", Command("affirm")),
        ('/ask_price{"service": "passport"}', Command("ask_price", {"service": "passport"})),
        ('/answer_field{"value": "l\'été {1}"}', Command("answer_field", {"value": "l'été {1}"})),
    ],
)
async def test_a_button_keeps_its_meaning_here_and_goes_out_opaque(payload: str, command: Command) -> None:
    collector = Collector()
    await collector.send_response("c1", {"text": "?", "buttons": [{"title": "Choix", "payload": payload}]})
    (button,) = collector.messages[0].buttons
    assert (button.title, button.command) == ("Choix", command)
    assert command.intent not in button.payload
