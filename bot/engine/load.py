"""Loads a model archive into Rasa's agent, or says in one line why it cannot be used."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.core.domain import Domain
from rasa.shared.utils.io import read_yaml_file

from bot.engine.actions_in_process import ActionsInProcess
from bot.engine.runner import InOrderRunner
from bot.errors import Misconfigured

logger = logging.getLogger(__name__)

WARMING = ("Bonjour", "Quels papiers pour un passeport ?", "How much is it?")
"""Messages understood by a new model before it serves, so that no citizen waits for what is loaded on first use."""

SITUATIONS_KEPT = 2_000
"""Situations of a dialogue whose rules are kept; some 2 kB each."""


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
        with _read_once():
            agent.load_model(str(archive))
        _look_rules_up_once(agent)
        agent.processor.graph_runner = InOrderRunner(agent.processor.graph_runner)
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


@contextmanager
def _read_once() -> Iterator[None]:
    """Let Rasa read the spaCy pipeline once for two nodes, and the domain once, which it parses four times."""
    # It was checked when the model was trained.
    pipeline, domain = SpacyNLP.load_model, Domain.from_directory
    SpacyNLP.load_model = staticmethod(cache(pipeline))
    Domain.from_directory = staticmethod(_domain_of)
    try:
        yield
    finally:
        SpacyNLP.load_model = staticmethod(pipeline)
        Domain.from_directory = domain


def _domain_of(folder: str) -> Domain:
    return Domain.from_dict(read_yaml_file(Path(folder, "domain.yml")))


def _look_rules_up_once(agent: Agent) -> None:
    """Have the rules of a model looked up once for each situation of a dialogue, of which there are few.

    Rasa goes through every rule at each prediction, and before that tries rules on the very words of a message; a model
    that has such rules keeps Rasa's way.
    """
    for node in agent.processor.graph_runner._instantiated_nodes.values():
        policy = node._component
        if isinstance(policy, RulePolicy):
            policy._get_possible_keys = _remembered(policy._get_possible_keys)
            if not any('"text"' in rule for rule in policy.lookup[RULES]):
                policy._find_action_from_rules = _without_words(policy._find_action_from_rules)


def _remembered(possible_keys: Callable[..., set[str]]) -> Callable[..., set[str]]:
    known: dict[tuple[int, str], set[str]] = {}

    def find(rules: dict[str, str], states: list[Any]) -> set[str]:
        situation = id(rules), json.dumps(states, sort_keys=True)
        if situation not in known:
            if len(known) >= SITUATIONS_KEPT:
                known.clear()
            known[situation] = possible_keys(rules, states)
        return known[situation]

    return find


def _without_words(find_action: Callable[..., Any]) -> Callable[..., Any]:
    def find(tracker: Any, domain: Domain, use_text_for_last_user_input: bool) -> tuple[str | None, str | None, bool]:
        return (None, None, False) if use_text_for_last_user_input else find_action(tracker, domain, False)

    return find


def understand(agent: Agent, text: str) -> dict[str, Any]:
    """Return what a model understands of a text that a person typed, as Rasa has it."""
    # A leading slash would be a command to Rasa; what a person types is text. A text of slashes is an empty one.
    processor = agent.processor
    parse: dict[str, Any] = processor._parse_message_with_graph(UserMessage(text.lstrip("/ ") or " "), tracker=None)
    return parse | {"text": text}
