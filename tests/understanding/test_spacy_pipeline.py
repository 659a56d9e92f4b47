"""The spaCy pipeline that is built for Rasa."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from bot.understanding.spacy_model import build_spacy_model


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("words") / "nlu.yml"
    file.write_text("papiers demandes naissance l'acte", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def pipeline(words: Path) -> Language:
    return spacy.load(build_spacy_model(words.parent, [words]))


def test_an_elision_is_a_word_of_its_own(pipeline: Language) -> None:
    assert [token.text for token in pipeline("l'acte qu’il d'Élise")] == ["l'", "acte", "qu’", "il", "d'", "Élise"]


def test_a_known_word_has_its_lemma_and_an_unknown_one_is_its_own(pipeline: Language) -> None:
    assert [token.lemma_ for token in pipeline("papiers demandes xylophones")] == ["papier", "demande", "xylophones"]


def test_it_is_built_again_only_for_other_words(words: Path, pipeline: Language) -> None:
    folder = build_spacy_model(words.parent, [words])
    before = (folder / "config.cfg").stat().st_ino
    assert (build_spacy_model(words.parent, [words]) / "config.cfg").stat().st_ino == before
    other = words.with_name("other.yml")
    other.write_text("écoles", encoding="utf-8")
    assert (build_spacy_model(words.parent, [words, other]) / "config.cfg").stat().st_ino != before


def test_a_pipeline_that_somebody_put_there_is_left_alone(tmp_path: Path, words: Path) -> None:
    folder = tmp_path / "spacy" / "fr-2"
    folder.mkdir(parents=True)
    (folder / "config.cfg").write_text("theirs")
    assert build_spacy_model(tmp_path, [words]) == folder
    assert (folder / "config.cfg").read_text() == "theirs"
