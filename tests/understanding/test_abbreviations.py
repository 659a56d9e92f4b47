"""What is abbreviated on a phone is read as if it were written in full."""

import pytest

from bot.understanding.abbreviations import spell_out
from bot.understanding.features import normalise


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("slt g perdu ma cni koi faire", "salut j'ai perdu ma cni quoi faire"),
        ("c cher ?", "c'est cher ?"),
        ("bjr, rdv svp", "bonjour, rendez-vous s'il vous plait"),
        ("pls can u help, idk wat 2 do", "please can you help, i do not know what 2 do"),
    ],
)
def test_what_is_abbreviated_is_spelt_out(typed: str, meant: str) -> None:
    assert spell_out(typed) == meant


@pytest.mark.parametrize("text", ["permis c", "category c licence", "l'acte c'est long", "vitamine d", "a-t-il"])
def test_a_letter_that_names_a_class_or_is_part_of_a_word_stays(text: str) -> None:
    assert spell_out(text) == text


def test_training_and_prediction_see_the_same() -> None:
    assert normalise("SLT ! G PERDU MA CNI") == normalise("salut ! j'ai perdu ma CNI")
