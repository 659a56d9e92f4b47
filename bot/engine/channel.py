"""Collects what Rasa says, as messages of ours: buttons keep their meaning here and go out as opaque identifiers."""

import json
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.conversations.model import Author, Button, Command, Message


class Collector(OutputChannel):
    """The output channel of one turn.

    Attributes:
        messages: what was said, in order.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []

    @classmethod
    def name(cls) -> str:
        """Return the name under which Rasa knows the channel."""
        return "guichet"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one response in."""
        self.messages.append(
            Message(
                Author.BOT,
                message.get("text") or "",
                [_button(each) for each in message.get("buttons") or []],
                message.get("custom") or {},
                logged_text=message.get("log_as"),
            )
        )


def _button(raw: dict[str, Any]) -> Button:
    intent, brace, entities = raw["payload"].removeprefix("/").partition("{")
    return Button(raw["title"], Command(intent, json.loads(brace + entities) if brace else {}))
