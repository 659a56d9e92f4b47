"""Short words that are a command at every step of a form, and answers that only resemble one."""

import pytest

from bot.requests.commands import Command, command_in
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("retour", Command.BACK),
        ("Retour !", Command.BACK),
        ("PRÉCÉDENT", Command.BACK),
        ("precedent", Command.BACK),
        ("go back", Command.BACK),
        ("passer", Command.SKIP),
        ("skip.", Command.SKIP),
        ("J’abandonne", Command.STOP),
        ("arrêter", Command.STOP),
        ("stop", Command.STOP),
        ("sauvegarder", Command.SAVE),
        ("Pourquoi ?", Command.WHY),
        ("why?", Command.WHY),
        ("modifier", Command.CHANGE),
        ("Je confirme.", Command.CONFIRM),
        ("  c'est   bon ", Command.CONFIRM),
        ("répète", Command.REPEAT),
    ],
)
def test_a_command_is_understood_with_its_accents_capitals_and_marks_or_without(text: str, command: Command) -> None:
    assert command_in(text) is command


@pytest.mark.parametrize(
    "text", ["", "?", "12 rue du Retour", "Jean Passe", "rue de l'Arrêt", "non", "oui", "retour de couches", "stopper"]
)
def test_an_answer_that_holds_such_a_word_is_no_command(text: str) -> None:
    assert command_in(text) is None


def test_each_command_is_also_an_intent() -> None:
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    assert [command for command in Command if f"\n  - {command}\n" not in domain] == []
