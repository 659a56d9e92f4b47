"""The process that trains and compares: it tells JSON whatever Rasa prints, and says in words what is wrong."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.service import ROOT, environment

WORDS = {
    "ask_price": ["combien ça coûte", "quel est le tarif", "c'est payant", "le prix svp", "faut il payer", "montant"],
    "greet": ["bonjour", "salut", "bonsoir à vous", "hello", "coucou", "bonjour madame"],
}


@pytest.mark.slow
def test_a_model_that_is_not_there_is_an_error_in_words_and_not_a_trace(tmp_path: Path) -> None:
    request = {"step": "compare", "champion": "no.tar.gz", "challenger": "no.tar.gz", "messages": [], "newer": []}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "learning-step"],
        cwd=ROOT,
        env=environment(data_dir=tmp_path, models_dir=tmp_path),
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["error"]["code"] == "no-model"
    assert "Traceback" not in done.stderr


FULL = """
import os, sys
from bot.engine import learning_step
from bot.settings import Settings
def fill(settings, request, tell):
    print("what Rasa prints")
    raise OSError(28, os.strerror(28))
learning_step._do, learning_step.stand_back = fill, lambda: None
sys.exit(learning_step.run_step(Settings()))
"""


def test_a_disk_that_fills_up_during_the_training_is_said_in_words() -> None:
    done = subprocess.run([sys.executable, "-c", FULL], input="{}", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["message"] == "No space left on device."
    assert done.stderr == "what Rasa prints\n"


def test_how_far_a_training_is_is_guessed_by_the_processor_it_had_and_never_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bot.engine import learning_step

    had, told = iter([10.0, 10.0, 50.0, 999.0]), []
    enough = threading.Event()

    def tell(done: float) -> None:
        told.append(done)
        if len(told) == 4:
            enough.set()
            monkeypatch.setattr(learning_step, "LOOK", 60.0)

    monkeypatch.setattr(learning_step, "LOOK", 0.001)
    monkeypatch.setattr(learning_step.time, "process_time", lambda: next(had))
    with learning_step._guessing(100.0, tell):
        assert enough.wait(10)
    assert told == [0.1, 0.1, 0.5, 0.95], "it stands still while others have the processor"


def test_the_cross_validation_holds_out_each_example_once_accepted_ones_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from bot.engine import compare
    from bot.understanding import classifier_network

    # Fifteen short messages are learnt in a few steps: what is looked at is who is asked about what.
    monkeypatch.setattr(classifier_network, "MIN_STEPS", 40)

    def block(intent: str, texts: list[str]) -> str:
        return f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)

    (tmp_path / "data" / "nlu").mkdir(parents=True)
    written = "nlu:\n" + "".join(block(intent, texts) for intent, texts in WORDS.items())
    (tmp_path / "data" / "nlu" / "all.yml").write_text(written)
    (tmp_path / "learned.yml").write_text("nlu:\n" + block("thank", ["merci", "merci bien", "un grand merci"]))
    held: list[str] = []

    class Remembering(compare.IntentClassifier):
        def probabilities(self, texts):  # type: ignore[no-untyped-def]
            held.extend(texts)
            return super().probabilities(texts)

    monkeypatch.setattr(compare, "IntentClassifier", Remembering)
    monkeypatch.chdir(tmp_path)
    told: list[float] = []
    settings = Settings(learned_file=tmp_path / "learned.yml")
    champion, challenger = compare.cross_validate(settings, (), told.append)
    assert sorted(held) == sorted([*WORDS["ask_price"], *WORDS["greet"], "merci", "merci bien", "un grand merci"])
    assert 0 < champion == challenger <= 1
    assert told == [0, pytest.approx(1 / 3), pytest.approx(2 / 3)]
    newer = ("merci", "merci bien", "un grand merci")
    champion, again = compare.cross_validate(settings, newer, told.append)
    assert (champion < again, again) == (True, challenger), (
        "both on the same held-out examples, one without the new ones"
    )
