"""Plain language: what is hard to read or leaves somebody out is named, with what to write instead."""

from pathlib import Path

import pytest

from bot.catalogue.plain_language import Level, findings
from bot.catalogue.plain_texts import catalogue_remarks, refuse_mistakes, response_remarks
from bot.catalogue.readability import reading_ease, sentences, syllables, words
from bot.errors import Misconfigured
from tests.conftest import ROOT

LAW = (
    "Les dispositions réglementaires relatives à l'approbation administrative des documents d'urbanisme intercommunaux "
    "déterminent obligatoirement les caractéristiques dimensionnelles des constructions individuelles. Leur "
    "interprétation jurisprudentielle conditionne systématiquement l'autorisation préfectorale correspondante. "
    "Consultez-la."
)
PLAIN = (
    "Vous voulez une carte neuve ? Venez à la mairie avec une photo. Nous vous disons le prix et le jour. "
    "Vous revenez ensuite la chercher. Si vous ne pouvez pas venir, un proche peut passer pour vous avec un mot signé."
)


def test_the_texts_of_the_project_have_no_mistake() -> None:
    remarks = catalogue_remarks(ROOT / "data") + response_remarks(ROOT / "domain.yml")
    assert [remark.line for remark in remarks if remark.level is Level.MISTAKE] == []


@pytest.mark.parametrize(
    ("word", "count"),
    [("le", 1), ("carte", 1), ("mairie", 2), ("demandent", 2), ("document", 3), ("déclaration", 4), ("papiers", 2)],
)
def test_syllables_are_counted_as_they_are_heard(word: str, count: int) -> None:
    assert syllables(word) == count


def test_sentences_end_where_one_reads_an_end() -> None:
    assert sentences("Venez à 9 h. Prenez 1.5 kg !\nMerci") == ["Venez à 9 h.", "Prenez 1.5 kg !", "Merci"]


def test_an_address_is_one_word() -> None:
    assert len(words("Allez sur https://www.service-public.gouv.fr/particuliers/vosdroits/F1342 demain")) == 4


def test_a_law_is_harder_to_read_than_a_plain_text() -> None:
    assert reading_ease(LAW) < 50 < 80 < reading_ease(PLAIN)
    assert [found.level for found in findings(LAW, "fr")] == [Level.REMARK]
    assert findings(PLAIN, "fr") == []


@pytest.mark.parametrize(("length", "level"), [(25, None), (26, Level.REMARK), (36, Level.MISTAKE)])
def test_a_long_sentence_is_a_remark_and_a_very_long_one_a_mistake(length: int, level: Level | None) -> None:
    for language in ("fr", "en"):
        found = findings("mot " * length, language, prose=False)  # type: ignore[arg-type]
        assert [each.level for each in found] == ([level] if level else [])


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Apportez une photo afin d’aller plus vite.", "pour"),
        ("Il faut s'acquitter du timbre.", "payer"),
        ("Le cas échéant, une attestation.", "si besoin"),
        ("Les étudiants peuvent demander l'aide.", "les personnes étudiantes"),
        ("Un conseiller vous répond.", "une personne qui vous conseille"),
    ],
)
def test_a_listed_word_comes_with_what_to_write(text: str, instead: str) -> None:
    (found,) = findings(text, "fr")
    assert found.level is Level.MISTAKE
    assert instead in found.advice
    assert findings(text, "en") == []


@pytest.mark.parametrize(
    "text",
    [
        "Les étudiantes et étudiants peuvent demander l'aide.",
        "L'assurance assure votre logement.",
        "La retraite se demande six mois avant.",
        "Nous pouvons vous conseiller.",
        "Si vous habitez à l'étranger, écrivez au consulat.",
        "Votre recensement citoyen est fait.",
    ],
)
def test_words_that_only_look_alike_pass(text: str) -> None:
    assert findings(text, "fr") == []


def test_the_line_is_that_of_the_words(folder: Path) -> None:
    path = folder / "services" / "library-card.yml"
    text = path.read_text(encoding="utf-8").replace(
        'summary: {fr: "La carte permet d\'emprunter.", en: "The card lets you borrow."}',
        "summary:\n  fr: >-\n    La carte est utile.\n    Elle est gratuite, nonobstant la perte.\n  en: Free.",
    )
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("nonobstant")].count("\n") + 1
    (remark,) = catalogue_remarks(folder)
    assert remark.line.startswith(f"{path}:{line}: “nonobstant”: ")
    with pytest.raises(Misconfigured, match="nonobstant"):
        refuse_mistakes([remark])


def test_what_people_call_a_thing_is_not_judged(folder: Path) -> None:
    path = folder / "services" / "library-card.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("fr: [bibliothèque]", "fr: [carte pour les étudiants]"),
        encoding="utf-8",
    )
    assert catalogue_remarks(folder) == []


def test_the_english_answers_are_held_against_length_alone(tmp_path: Path) -> None:
    path = tmp_path / "domain.yml"
    path.write_text(
        "responses:\n  utter_a:\n    - condition: [{type: slot, name: language, value: en}]\n"
        '      text: "The usagers"\n    - text: "Les usagers"\n',
        encoding="utf-8",
    )
    (remark,) = response_remarks(path)
    assert remark.line.startswith(f"{path}:5: “usagers”")
