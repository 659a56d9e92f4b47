"""French or English, from a few words."""

from pathlib import Path

import pytest

from bot.catalogue.load import load_catalogue
from bot.understanding.language import LanguageDetector, words_with_a_language
from tests.benchmarks.linker import ROOT, frozen


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector.from_catalogue(load_catalogue(ROOT / "data"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je voudrai un pasport", "fr"),
        ("C COMBIEN LA CARTE GRISE", "fr"),
        ("tu peux maider", "fr"),
        ("how much is a passport", "en"),
        ("i wnat to regester my car", "en"),
        ("what is a carte grise", "en"),
    ],
)
def test_a_few_words_are_enough(detector: LanguageDetector, text: str, language: str) -> None:
    assert detector.detect(text)[0] == language


@pytest.mark.parametrize("text", ["ok", "passport", "", "🙂", "12/05/1980", "CNI"])
def test_what_both_languages_write_is_unsure(detector: LanguageDetector, text: str) -> None:
    assert detector.detect(text)[1] < 0.6


@pytest.mark.parametrize("code", ["GU-2NZK-4E8Y", "GU-LEUR-9VOU", "87654321", "86€"])
def test_a_code_is_of_no_language(detector: LanguageDetector, code: str) -> None:
    assert detector.detect(f"track {code}") == detector.detect("track")
    assert words_with_a_language(f"track {code} please") == ["track", "please"]


def test_the_frozen_set_is_told_apart(detector: LanguageDetector) -> None:
    rows = [row for row in frozen() if len(row["text"].split()) >= 3]
    right = [detector.detect(row["text"])[0] == row["language"] for row in rows]
    assert sum(right) / len(right) >= 0.98


def test_a_saved_detector_answers_as_before(detector: LanguageDetector, tmp_path: Path) -> None:
    detector.save(tmp_path)
    loaded = LanguageDetector.load(tmp_path)
    for text in ("bonjour à vous", "good morning", "x" * 10_000):
        assert loaded.detect(text) == detector.detect(text)
