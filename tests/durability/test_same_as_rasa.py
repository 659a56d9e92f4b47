"""Random conversations on Rasa's in-memory store and on ours: the same decisions, slots, loop and pause.

The model is the project's own and the actions are the real ones. Only the identifiers that chance gives differ.
"""

import asyncio
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.desk import Desk, open_desk
from bot.conversations.model import Message
from bot.conversations.notice import opening
from bot.conversations.opening import first_state
from bot.conversations.turn import Turn, opened
from bot.engine.train import prepare_rasa
from bot.settings import Settings
from tests.conftest import ROOT

prepare_rasa()

from rasa.core.agent import Agent  # noqa: E402 - Rasa is importable once it is prepared
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore  # noqa: E402
from rasa.shared.core.domain import SessionConfig  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    AllSlotsReset,
    ConversationPaused,
    ConversationResumed,
    Event,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.conversations import tracker_store as ours  # noqa: E402
from bot.engine.actions_in_process import ActionsInProcess  # noqa: E402
from bot.engine.channel import Collector  # noqa: E402
from bot.engine.load import load_agent, understand  # noqa: E402

TEXTS = (
    *("Bonjour", "combien coûte un passeport ?", "et pour mon fils de 8 ans ?", "quels papiers pour me marier ?"),
    *("il y a un trou dans ma rue, je veux le signaler", "je voudrais faire une demande", "où en est ma demande ?"),
    *("oui", "non", "retour", "pourquoi ?", "passer", "annuler", "plus tard", "merci", "zzz qqq", "confirmer"),
    *("12 rue des Lilas, 35000 Rennes", "Zéphyrine Quatrebarbes", "zq@exemple.fr", "06 12 34 56 78", "19/03/1987"),
    *("je veux parler à quelqu'un", "vous ne m'aidez pas", "au revoir", "how much is an identity card?"),
)
PAUSE, RESUME, RESET, REVERT = "pause", "resume", "reset", "revert"
EVENTS: dict[str, type[Event]] = {
    PAUSE: ConversationPaused,
    RESUME: ConversationResumed,
    RESET: AllSlotsReset,
    REVERT: UserUtteranceReverted,
}
FORM = ("je voudrais faire une demande", 0, 0, 0)
"""What leads into a form: its beginning, a service, and answers."""
STEPS = st.one_of(
    st.sampled_from(TEXTS),
    st.integers(0, 5),  # presses a button of the last answer
    st.sampled_from(TEXTS[:4] + TEXTS[7:22]),
    st.sampled_from(["/restart", "/back", "/expire", "/event pause", "/event resume", "/event reset", "/event revert"]),
)
CONVERSATIONS = st.builds(
    lambda begins, steps: [*begins, *steps], st.sampled_from([(), FORM]), st.lists(STEPS, min_size=4, max_size=10)
)
CHANCE = re.compile(r"[0-9a-f]{24,32}|GU-\w{4}-\w{4}|\d{4}-\d{4}")


class Stage:
    """The model, the actions, and the two stores that conversations are played on."""

    def __init__(self, agent: Agent, desk: Desk) -> None:
        self.agent = agent
        self.desk = desk
        self._parsed: dict[str, dict[str, Any]] = {}

    async def play(self, steps: list[str | int], *, rasas: bool) -> list[dict[str, Any]]:
        """Play a conversation on one of the stores and return where it stands after each step."""
        conversation_id, _, messages = await self.desk.conversations.open("fr", None, opening("fr"))
        domain = self.agent.domain
        store: InMemoryTrackerStore | ours.LogTrackerStore
        if rasas:
            store = InMemoryTrackerStore(domain)
            await store.save(ours.rebuild(conversation_id, first_state("fr"), domain))
        else:
            store = ours.LogTrackerStore(domain, self.desk.conversations, lambda text: text)
        self.agent.processor.tracker_store = store
        stands: list[dict[str, Any]] = []
        for number, step in enumerate(steps):
            tracker = await store.retrieve(conversation_id)
            assert tracker is not None
            if step in ("/back", "/event revert") and any(stand["loop"] for stand in stands):
                # Rasa takes a whole form back at once; its first turn is kept no more.
                step = "Bonjour"
            turn = await self._step(store, tracker, f"m{number}", step, messages)
            after, full = await store.retrieve(conversation_id), await store.retrieve_full_tracker(conversation_id)
            assert after is not None
            assert full is not None
            messages = turn.messages or messages
            # Ours notes the actions of a turn before it folds them; Rasa's keeps everything.
            actions = ours._actions_of_turn(full.events) if rasas else turn.parse.get("actions", [])
            said = [CHANCE.sub("", message.text) for message in turn.messages]
            stands.append(_stand(after) | {"step": step, "said": said, "actions": actions if turn.parse else []})
        return stands

    async def _step(
        self, store: TrackerStore, tracker: DialogueStateTracker, message_id: str, step: str | int, last: list[Message]
    ) -> Turn:
        processor, collector = self.agent.processor, Collector()
        conversation_id = tracker.sender_id
        turn = Turn(conversation_id, message_id, str(step), messages=collector.messages)
        if isinstance(step, str) and step.startswith("/event"):
            name = step.split()[1]
            if name == RESET and tracker.active_loop_name:
                return turn  # a form without its request is no state that our actions know
            with opened(turn):
                tracker.update(EVENTS[name](), self.agent.domain)
                await store.save(tracker)
            turn.parse = {}
            return turn
        turn.parse = self._understood(step, last)
        message = UserMessage(turn.text, collector, conversation_id, parse_data=turn.parse, message_id=message_id)
        sessions = self.agent.domain.session_config
        if step == "/expire":
            processor.domain.session_config = SessionConfig(1e-9, True)
        try:
            with opened(turn):
                await processor.handle_message(message)
        finally:
            processor.domain.session_config = sessions
        assert turn.failure is None
        return turn

    def _understood(self, step: str | int, last: list[Message]) -> dict[str, Any]:
        buttons = [button for message in last for button in message.buttons]
        if isinstance(step, int) and buttons:
            button = buttons[step % len(buttons)]
            entities = [{"entity": name, "value": value} for name, value in button.command.entities.items() if value]
            intent = {"name": button.command.intent, "confidence": 1.0}
            return {"text": button.title, "intent": intent, "intent_ranking": [intent], "entities": entities}
        if step in ("/restart", "/back"):
            intent = {"name": str(step)[1:], "confidence": 1.0}
            return {"text": step, "intent": intent, "intent_ranking": [intent], "entities": []}
        text = "Bonjour" if isinstance(step, int) or step == "/expire" else step
        if text not in self._parsed:
            self._parsed[text] = understand(self.agent, text)
        return deepcopy(self._parsed[text])


def _stand(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "slots": {name: CHANCE.sub("", repr(value)) for name, value in tracker.current_slot_values().items()},
        "loop": tracker.active_loop_name,
        "paused": tracker.is_paused(),
    }


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def stage(
    archive: Path, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("same")
    (folder / "guichet.db").write_bytes(migrated_file.read_bytes())
    desk = open_desk(Settings(data_dir=folder, catalogue_dir=ROOT / "data"))
    yield Stage(load_agent(archive, ActionsInProcess("actions")), desk)
    runner.run(desk.conversations.database.close())


def _compare(stage: Stage, runner: asyncio.Runner, steps: list[str | int]) -> None:
    expected = runner.run(stage.play(steps, rasas=True))
    found = runner.run(stage.play(steps, rasas=False))
    for rasas, mine in zip(expected, found, strict=True):
        assert mine == rasas


UNHURRIED = settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@UNHURRIED
@given(steps=CONVERSATIONS)
def test_random_conversations_go_the_same_way_as_on_rasas_own_store(
    stage: Stage, runner: asyncio.Runner, steps: list[str | int]
) -> None:
    _compare(stage, runner, steps)


def test_a_store_that_forgets_the_open_form_would_be_noticed(
    stage: Stage, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ours.fold
    monkeypatch.setattr(ours, "fold", lambda *given, **named: whole(*given, **named) | {"loop": None})
    with pytest.raises(AssertionError):
        _compare(stage, runner, [*FORM, "pourquoi ?", "retour", "pourquoi ?", "Zéphyrine Quatrebarbes"])
