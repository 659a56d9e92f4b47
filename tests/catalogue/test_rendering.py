"""The catalogue's answers in words: prices, labels, headings, sources."""

from pathlib import Path

import pytest

from bot.catalogue.administrations import Administration
from bot.catalogue.answers import answer
from bot.catalogue.contact import contact_line
from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.model import LANGUAGES, Facet, Service, Text
from bot.catalogue.render import HEADINGS, answer_text, case_label, price_text, source_wire

NBSP = "\u00a0"


@pytest.fixture
def card(folder: Path) -> Service:
    return load_catalogue(folder).service("library-card")


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (0, "Gratuit", "Free of charge"),
        (86, f"86{NBSP}€", "€86"),
        (86.0, f"86{NBSP}€", "€86"),
        (7.5, f"7,50{NBSP}€", "€7.50"),
        (13.76, f"13,76{NBSP}€", "€13.76"),
        (0.5, f"0,50{NBSP}€", "€0.50"),
        (1000, f"1{NBSP}000{NBSP}€", "€1,000"),
        (1234567.8, f"1{NBSP}234{NBSP}567,80{NBSP}€", "€1,234,567.80"),
    ],
)
def test_a_price_is_written_as_each_language_writes_it(amount: float, french: str, english: str) -> None:
    assert (price_text(amount, "fr"), price_text(amount, "en")) == (french, english)


def test_a_label_says_what_the_case_depends_on_in_both_languages(card: Service) -> None:
    case = card.facets[Facet.PRICE][0]
    assert case_label(card, case, {}, "fr") == "Moins de 15 ans / De 15 à 17 ans"
    assert case_label(card, case, {}, "en") == "Under 15 / 15 to 17"


def test_a_label_does_not_repeat_what_the_citizen_said(card: Service) -> None:
    case = card.facets[Facet.PRICE][2]
    assert case_label(card, case, {}, "fr") == "18 ans ou plus, Carte perdue"
    assert case_label(card, case, {"age": "adult"}, "fr") == "Carte perdue"
    assert case_label(card, case, {"age": "adult", "reason": "lost"}, "fr") == ""


def test_an_answer_has_its_heading_then_its_cases(card: Service) -> None:
    found = answer(card, Facet.PRICE, {"age": "adult"})
    assert answer_text(card, Facet.PRICE, found, {"age": "adult"}, "fr").splitlines() == [
        f"Carte de bibliothèque — prix{NBSP}:",
        f"Première carte : 7,50{NBSP}€",
        f"Carte perdue : 10{NBSP}€ — à payer sur place",
    ]
    assert answer_text(card, Facet.PRICE, found, {"age": "adult"}, "en").splitlines() == [
        "Library card — price:",
        "First card: €7.50",
        "Lost card: €10 — to be paid on the spot",
    ]


def test_documents_are_a_list(card: Service) -> None:
    situation = {"age": "child"}
    text = answer_text(card, Facet.DOCUMENTS, answer(card, Facet.DOCUMENTS, situation), situation, "en")
    assert text == "Library card — documents needed:\n- A parent's permission"


def test_what_is_not_certain_says_so(card: Service) -> None:
    case = card.facets[Facet.WHO][0].model_copy(update={"certain": False})
    doubtful = card.model_copy(update={"facets": {Facet.WHO: [case]}})
    assert "À vérifier" in answer_text(doubtful, Facet.WHO, answer(doubtful, Facet.WHO, {}), {}, "fr")
    assert "Please check" in answer_text(doubtful, Facet.WHO, answer(doubtful, Facet.WHO, {}), {}, "en")


def test_a_source_shows_its_page_its_date_and_whether_it_was_read(card: Service) -> None:
    rules, losses = (source_wire(source, "fr") for source in card.sources)
    assert rules["title"] == "Règlement"
    assert rules["url"] == "https://www.service-public.gouv.fr/regles"
    assert rules["checked"] == "2026-11-01"
    assert "note" in rules  # written from memory
    assert "note" not in losses


def test_each_facet_has_its_heading_in_both_languages() -> None:
    assert [facet for facet in Facet if not (HEADINGS[facet].fr and HEADINGS[facet].en)] == []


def test_an_office_is_reached_in_one_line_with_what_is_known() -> None:
    town_hall = Administration(name=Text(fr="Mairie", en="Town hall"), kind="town")
    assert contact_line(town_hall, "fr") == "Mairie"
    known = town_hall.model_copy(update={"phone": "34 00", "hours": Text(fr="lundi matin", en="Monday morning")})
    assert contact_line(known, "en") == "Town hall (34 00, Monday morning)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_the_project_can_be_written(catalogue: Catalogue, language: str) -> None:
    for service in catalogue.services.values():
        for facet in service.facets:
            text = answer_text(service, facet, answer(service, facet, {}), {}, language)
            assert "\n\n\n" not in text, (service.id, facet)
            assert not [line for line in text.splitlines() if line.endswith(" ")], (service.id, facet)
            assert "None" not in text, (service.id, facet)
