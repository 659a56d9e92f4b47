import pytest

from bot.catalogue.search_text import terms
from bot.catalogue.search_words import LONGEST, Meanings, read_rules


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'emploi", "des emplois"),
        ("Impôts", "impot"),
        ("l’école", "ecole"),
        ("revenus", "revenu"),
        ("véhicules", "vehicule"),
        ("œuvre", "oeuvres"),
        ("journaux", "journal"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("retraite", "retrait"), ("mutuelle", "mutuel"), ("don", "donc")])
def test_words_apart_stay_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


def test_words_of_grammar_are_left_out() -> None:
    assert terms("Est-ce que je dois avoir une autorisation ?") == terms("autorisation")


def test_the_longest_phrase_wins() -> None:
    meanings = Meanings([("carte", "identité"), ("carte grise", "immatriculation")])
    assert list(meanings.added(terms("ma carte grise"))) == terms("immatriculation")


def test_a_phrase_weighs_more_than_a_word() -> None:
    meanings = Meanings([("pv", "amende"), ("carte bleue", "bancaire")])
    added = meanings.added(terms("un pv et ma carte bleue"))
    assert added["bancair"] > added["amend"]


def test_a_long_meaning_does_not_drown_what_was_written() -> None:
    [weight, *_] = Meanings([("pv", "amende contravention infraction route")]).added(["pv"]).values()
    assert weight < 0.5


def test_every_rule_of_the_table_can_apply() -> None:
    for phrase, meaning in read_rules():
        assert 0 < len(terms(phrase)) <= LONGEST, phrase
        assert terms(meaning), phrase
