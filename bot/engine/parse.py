"""What is understood of a text, in the form of the public contract (`guichet parse`)."""

from collections.abc import Callable
from typing import Any

from bot.engine.load import load_agent, understand
from bot.learning.models import current_model
from bot.settings import Settings

SERVICES_SHOWN = 5


def open_parser(settings: Settings) -> Callable[[str], dict[str, Any]]:
    """Load the model in service.

    Returns:
        A function from a text to `{"text", "intent", "ranking", "service", "services", "entities", "language"}`.

    Raises:
        Misconfigured: there is no model that can be used.
    """
    agent = load_agent(current_model(settings.models_dir))

    def parse(text: str) -> dict[str, Any]:
        found = understand(agent, text)
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
