"""Which files of the data folder Rasa reads: the conversation's, never the catalogue's."""

from pathlib import Path

import pytest

from bot.engine.train import prepare_rasa

prepare_rasa()

from bot.engine.importer import DataImporter  # noqa: E402 - Rasa is importable once it is prepared

NLU = 'version: "3.1"\nnlu:\n- intent: {}\n  examples: |\n    - bonjour\n    - salut\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for room in ("nlu", "services", "rules", "stories"):
        (tmp_path / "data" / room).mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "greet.yml").write_text(NLU.format("greet"), encoding="utf-8")
    # A service file that would be training data, were it read.
    (tmp_path / "data" / "services" / "passport.yml").write_text(NLU.format("catalogue"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("given", ["data", "data/", ["data"], None])
def test_the_catalogue_is_left_alone(project: Path, given: list[str] | str | None) -> None:
    assert DataImporter(training_data_paths=given).get_nlu_data().intents == {"greet"}


def test_the_catalogue_is_left_alone_when_the_folder_is_named_in_full(project: Path) -> None:
    assert DataImporter(training_data_paths=str(project / "data")).get_nlu_data().intents == {"greet"}


def test_another_folder_is_read_as_it_is(project: Path) -> None:
    (project / "data" / "services").rename(project / "more")
    assert DataImporter(training_data_paths=["more"]).get_nlu_data().intents == {"catalogue"}
