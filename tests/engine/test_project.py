"""Our own checks of Rasa's files: each mistake is found in a copy of the project, and the project has none."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.engine.project import check_project, dotted_paths, examples_by_intent, mistakes_of
from bot.engine.train import prepare_rasa
from bot.errors import Misconfigured
from tests.conftest import ROOT

prepare_rasa()

Change = Callable[[str, str, str], None]
NLU, RULES = "data/nlu/conversation.yml", "data/rules/conversation.yml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the files that are checked."""
    for name in ("config.yml", "endpoints.yml", "credentials.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("actions", "data/nlu", "data/rules"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def change(project: Path) -> Change:
    """Return a function that replaces the first such words of a file of the copy."""

    def replace(name: str, old: str, new: str) -> None:
        text = (project / name).read_text(encoding="utf-8")
        assert old in text
        (project / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def test_the_project_has_no_mistake() -> None:
    assert mistakes_of(ROOT) == []
    check_project(ROOT, ROOT / "data")


MISTAKES = {
    "an intent without rule": ("domain.yml", "  - greet\n", "  - greet\n  - sing\n", ["the intent sing has no rule"]),
    "examples of an unknown intent": (
        NLU,
        "intent: greet\n",
        "intent: hail\n",
        ["the intent hail is not in domain.yml"],
    ),
    "a rule for an unknown intent": (
        RULES,
        "intent: greet\n",
        "intent: hail\n",
        ["the intent hail is not in domain.yml"],
    ),
    "a rule with an unknown action": (
        RULES,
        "utter_ask_bot",
        "utter_hail",
        ["the action utter_hail is not in domain.yml"],
    ),
    "an action nobody wrote": (
        "domain.yml",
        "  - action_answer\n",
        "  - action_answer\n  - action_sing\n",
        ["the action action_sing is not in actions/"],
    ),
    "an action that is not declared": (
        "domain.yml",
        "  - action_clarify\n",
        "",
        ["actions/: the action action_clarify is not in domain.yml"],
    ),
    "a response without English": (
        "domain.yml",
        "  utter_thank:\n    - condition: [{type: slot, name: language, value: en}]\n",
        "  utter_thank:\n    -",
        ["utter_thank must have its English variation"],
    ),
    "a response that nothing uses": (
        "domain.yml",
        "responses:\n",
        "responses:\n  utter_song:\n    - condition: [{type: slot, name: language, value: en}]\n      text: La\n"
        "    - text: La\n",
        ["the response utter_song is not used"],
    ),
    "a response that is missing": (
        "domain.yml",
        "  utter_unclear:\n",
        "  utter_fog:\n",
        ["the response utter_fog is not used", "the response utter_unclear is not in domain.yml"],
    ),
    "a component that needs TensorFlow": (
        "config.yml",
        "pipeline:\n",
        "pipeline:\n  - name: DIETClassifier\n",
        ["DIETClassifier needs TensorFlow"],
    ),
    "a policy that needs TensorFlow": (
        "config.yml",
        "policies:\n",
        "policies:\n  - name: TEDPolicy\n",
        ["TEDPolicy needs"],
    ),
    "a class that does not exist": (
        "config.yml",
        "bot.understanding.components.Intents",
        "bot.understanding.components.Moods",
        ["config.yml: bot.understanding.components.Moods cannot be loaded"],
    ),
    "a module that does not exist": (
        "config.yml",
        "bot.engine.importer.DataImporter",
        "bot.engine.porter.DataImporter",
        ["config.yml: bot.engine.porter.DataImporter cannot be loaded"],
    ),
    "an example of two intents": (
        NLU,
        "    - bonjour\n",
        "    - bonjour\n    - Merci beaucoup\n",
        ["'merci beaucoup' is an example of"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found(project: Path, change: Change, name: str) -> None:
    file, old, new, expected = MISTAKES[name]
    change(file, old, new)
    mistakes = mistakes_of(project)
    assert [words for words in expected if not any(words in mistake for mistake in mistakes)] == [], mistakes


def test_too_few_examples_are_a_mistake(project: Path) -> None:
    path = project / "data" / "nlu" / "few.yml"
    path.write_text('version: "3.1"\nnlu:\n- intent: sing\n  examples: |\n    - la la la\n', encoding="utf-8")
    assert "data/nlu: the intent sing has 1 examples; 10 are needed" in mistakes_of(project)


def test_a_file_that_is_no_yaml_is_named_with_its_line(project: Path, change: Change) -> None:
    change("domain.yml", "intents:\n", "intents: [\n")
    with pytest.raises(Misconfigured, match=r"domain\.yml:\d+: "):
        mistakes_of(project)


def test_a_file_that_is_missing_is_named(project: Path) -> None:
    (project / "config.yml").unlink()
    with pytest.raises(Misconfigured, match=r"config\.yml"):
        mistakes_of(project)


def test_all_mistakes_are_told_at_once(project: Path, change: Change) -> None:
    change("domain.yml", "  - greet\n", "  - greet\n  - sing\n")
    change(RULES, "utter_ask_bot", "utter_hail")
    with pytest.raises(Misconfigured) as caught:
        check_project(project, ROOT / "data")
    assert "sing" in caught.value.message
    assert "utter_hail" in caught.value.message


def test_every_dotted_path_of_rasas_files_leads_to_something() -> None:
    paths = dotted_paths(ROOT)
    assert ("config.yml", "bot.engine.importer.DataImporter") in paths
    for _, path in paths:
        module, _, name = path.rpartition(".")
        assert hasattr(importlib.import_module(module), name), path


def test_a_path_in_a_comment_or_with_slashes_is_no_dotted_path(project: Path, change: Change) -> None:
    change("config.yml", "pipeline:\n", "# bot.nowhere.Nothing is explained in bot/nowhere.py\npipeline:\n")
    assert dotted_paths(project) == dotted_paths(ROOT)


def test_the_examples_are_read_with_their_intent() -> None:
    examples = examples_by_intent(ROOT)
    assert len(examples["greet"]) >= 10
    assert all(text == text.strip() and not text.startswith("-") for texts in examples.values() for text in texts)
