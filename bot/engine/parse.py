"""What is understood of a text, in the form of the public contract (`guichet parse`)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.catalogue.load import load_catalogue
from bot.catalogue.offices import open_directory
from bot.engine.load import load_agent, understand
from bot.learning.models import current_model
from bot.requests.zone import local_day
from bot.settings import Settings
from bot.understanding.details import details

SERVICES_SHOWN = 5


def open_parser(settings: Settings) -> Callable[[str], dict[str, Any]]:
    """Load the model in service, and the directory of offices if one was imported.

    Returns:
        A function from a text to `{"text", "intent", "ranking", "service", "services", "entities", "language"}`. The
        entities are those of the model, then dates, references and places (`bot.understanding.details`).

    Raises:
        Misconfigured: there is no model, or a directory, that can be used.
    """
    agent = load_agent(current_model(settings.models_dir))
    directory = open_directory(settings)
    kinds = load_catalogue(settings.catalogue_dir).offices if directory else {}

    def parse(text: str) -> dict[str, Any]:
        found = understand(agent, text)
        told = details(text, local_day(datetime.now(UTC)), directory, kinds)
        return {
            "text": text,
            "intent": found["intent"],
            "ranking": found["intent_ranking"],
            "service": found.get("service"),
            "services": (found.get("services") or [])[:SERVICES_SHOWN],
            "entities": [e for e in found["entities"] if e["entity"] != "language"]
            + [{"entity": kind, "value": value} for kind, value in told],
            "language": next((e["value"] for e in found["entities"] if e["entity"] == "language"), "fr"),
        }

    return parse
