"""Which answer is to be changed: named by its label, or by what people call it."""

import pytest

from bot.catalogue.load import load_catalogue
from bot.requests.fields_named import named_in
from tests.service import ROOT

BIRTH = load_catalogue(ROOT / "data").service("birth-certificate")


@pytest.mark.parametrize(
    ("words", "language", "field"),
    [
        ("je veux changer la date de naissance", "fr", "birth_date"),
        ("mon mail est faux", "fr", "email"),
        ("le courriel n'est pas le bon", "fr", "email"),
        ("mon adresse mail a changé", "fr", "email"),
        ("mon adresse a changé", "fr", "address"),
        ("the mail is wrong", "en", "email"),
    ],
)
def test_what_is_to_be_changed_is_found_in_the_words(words: str, language: str, field: str) -> None:
    assert BIRTH.request is not None
    assert [each.id for each in named_in(words, BIRTH.request.fields, language)] == [field]


def test_words_that_name_nothing_find_nothing() -> None:
    assert BIRTH.request is not None
    assert named_in("il y a une erreur", BIRTH.request.fields, "fr") == []
