"""What is understood of a text, in the form of the public contract (`guichet parse`)."""

from collections.abc import Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.learning.models import current_model
from bot.settings import Settings

SERVICES_SHOWN = 5


def open_parser(settings: Settings) -> Callable[[str], dict[str, Any]]:
    """Load the model in service.

    Returns:
        A function from a text to `{"text", "intent", "ranking", "service", "services", "entities", "language"}`.

    Raises:
        Misconfigured: there is no model.
    """
    agent = Agent()
    agent.load_model(str(current_model(settings.models_dir)))
    processor = agent.processor

    def parse(text: str) -> dict[str, Any]:
        # As in a conversation, a leading slash is no command.
        found = processor._parse_message_with_graph(UserMessage(text.lstrip("/ ") or " "), tracker=None)
        return {
            "text": text,
            "intent": found["intent"],
            "ranking": found["intent_ranking"],
            "service": found.get("service"),
            "services": (found.get("services") or [])[:SERVICES_SHOWN],
            "entities": [e for e in found["entities"] if e["entity"] != "language"],
            "language": next((e["value"] for e in found["entities"] if e["entity"] == "language"), "fr"),
        }

    return parse
