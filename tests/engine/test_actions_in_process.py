"""Actions in the engine's process: what they return comes back, and what fails is remembered without its words."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.conversations.turn import Turn, opened
from bot.engine.train import prepare_rasa
from bot.errors import Failed, Unavailable
from tests.conftest import ROOT

prepare_rasa()

from rasa.utils.endpoints import ClientResponseError  # noqa: E402 - Rasa is importable once it is prepared

from bot.engine.actions_in_process import ActionsInProcess  # noqa: E402

SECRET = "Hélène Lefèvre, 06 12 34 56 78"
WRITTEN = """
from rasa_sdk import Action
from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection
from bot.errors import Unavailable


class Greet(Action):
    def name(self):
        return "test_greet"

    async def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text="Bonjour " + tracker.sender_id)
        return [SlotSet("language", "fr")]


class Fail(Action):
    def name(self):
        return "test_fail"

    async def run(self, dispatcher, tracker, domain):
        raise ValueError(f"cannot read {tracker.latest_message['text']}")


class Away(Action):
    def name(self):
        return "test_away"

    async def run(self, dispatcher, tracker, domain):
        raise Unavailable("The database does not answer.", code="database-unavailable")


class Reject(Action):
    def name(self):
        return "test_reject"

    async def run(self, dispatcher, tracker, domain):
        raise ActionExecutionRejection(self.name())
"""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActionsInProcess]:
    folder = tmp_path_factory.mktemp("written")
    (folder / "written_for_tests").mkdir()
    (folder / "written_for_tests" / "__init__.py").write_text(WRITTEN, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield ActionsInProcess("written_for_tests")
    sys.path.remove(str(folder))


@pytest.fixture
def turn() -> Iterator[Turn]:
    with opened(Turn("c1", "m1", SECRET)) as turn:
        yield turn


def _call(name: str) -> dict[str, Any]:
    tracker = {"sender_id": "c1", "slots": {}, "latest_message": {"text": SECRET}, "events": [], "paused": False}
    return {"next_action": name, "sender_id": "c1", "tracker": tracker, "domain": {}, "version": "3.6.21"}


async def test_an_action_returns_its_events_and_responses(endpoint: ActionsInProcess, turn: Turn) -> None:
    result = await endpoint.request(json=_call("test_greet"))
    assert result["responses"][0]["text"] == "Bonjour c1"
    assert [(event["name"], event["value"]) for event in result["events"]] == [("language", "fr")]
    assert turn.failure is None


async def test_a_failing_action_makes_its_turn_fail_and_the_log_holds_nothing_of_the_message(
    endpoint: ActionsInProcess, turn: Turn, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ValueError, match="cannot read"):
        await endpoint.request(json=_call("test_fail"))
    assert isinstance(turn.failure, Failed)
    assert turn.failure.code == "action-failed"
    said = caplog.text + turn.failure.message + "".join(capsys.readouterr())
    assert "action test_fail failed: ValueError at __init__.py:" in said
    assert [piece for piece in ("Hélène", "Lefèvre", "06 12", "cannot read") if piece in said] == []


async def test_an_error_of_ours_stays_what_it_is(endpoint: ActionsInProcess, turn: Turn) -> None:
    with pytest.raises(Unavailable):
        await endpoint.request(json=_call("test_away"))
    assert isinstance(turn.failure, Unavailable)
    assert turn.failure.code == "database-unavailable"


async def test_a_rejection_is_told_to_rasa_as_it_expects_it_and_is_no_failure(
    endpoint: ActionsInProcess, turn: Turn
) -> None:
    with pytest.raises(ClientResponseError) as caught:
        await endpoint.request(json=_call("test_reject"))
    assert caught.value.status == 400
    assert json.loads(caught.value.text)["action_name"] == "test_reject"
    assert turn.failure is None


async def test_outside_of_a_turn_a_failing_action_still_raises(endpoint: ActionsInProcess) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        await endpoint.request(json=_call("test_fail"))


async def test_an_action_that_does_not_exist_fails_its_turn(endpoint: ActionsInProcess, turn: Turn) -> None:
    with pytest.raises(Exception, match="test_nothing"):
        await endpoint.request(json=_call("test_nothing"))
    assert isinstance(turn.failure, Failed)


def test_the_actions_of_the_project_are_those_of_the_domain() -> None:
    from rasa.shared.core.domain import Domain

    declared = {name for name in Domain.load(str(ROOT / "domain.yml")).user_actions if not name.startswith("utter_")}
    assert declared - ActionsInProcess("actions").names == set()


def test_the_package_is_named_and_not_a_path() -> None:
    assert not Path("written_for_tests").exists()
