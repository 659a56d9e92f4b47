"""Loads a model archive into Rasa's agent, or says in one line why it cannot be used."""

import logging
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from bot.engine.actions_in_process import ActionsInProcess
from bot.errors import Misconfigured

logger = logging.getLogger(__name__)

WARMING = ("Bonjour", "Quels papiers pour un passeport ?", "How much is it?")
"""Messages understood by a new model before it serves, so that no citizen waits for what is loaded on first use."""


def load_agent(archive: Path, actions: ActionsInProcess | None = None) -> Agent:
    """Return an agent with a model that has understood a few messages.

    Args:
        archive: the model.
        actions: where its actions are run; None for an agent that only understands.

    Raises:
        Misconfigured: the file is missing, is no model, or was trained with another code.
    """
    if not archive.is_file():
        raise Misconfigured(f"There is no model at {archive}: run `guichet train`.", code="no-model")
    agent = Agent(tracker_store=InMemoryTrackerStore(Domain.empty()), action_endpoint=actions)
    try:
        agent.load_model(str(archive))
        for text in WARMING:
            if not understand(agent, text).get("intent_ranking"):
                raise ValueError("it understands nothing")
    except Exception as error:
        logger.debug("model %s refused", archive.name, exc_info=error)
        raise Misconfigured(
            f"The model {archive.name} cannot be used ({type(error).__name__}: {error}) Run `guichet train`.",
            code="bad-model",
        ) from error
    return agent


def understand(agent: Agent, text: str) -> dict[str, Any]:
    """Return what a model understands of a text that a person typed, as Rasa has it."""
    # A leading slash would be a command to Rasa; what a person types is text. A text of slashes is an empty one.
    processor = agent.processor
    parse: dict[str, Any] = processor._parse_message_with_graph(UserMessage(text.lstrip("/ ") or " "), tracker=None)
    return parse | {"text": text}
