import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue.fiches import import_fiches
from bot.catalogue.load import Catalogue
from bot.catalogue.search import FOLDER, GOOD_STRENGTH, Search, open_search
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PASSPORT = {"theme": "Papiers", "dossier": "Passeport"}
CARD = {"theme": "Papiers", "dossier": "Carte d'identité"}
CAR = {"theme": "Transports", "dossier": "Carte grise (certificat d'immatriculation)"}
FICHES: list[dict[str, Any]] = [
    {"id": "F1", "title": "Renouvellement", "text": "Apportez l'ancien passeport.", **PASSPORT},
    {"id": "F2", "title": "Passeport perdu", "text": "Déclarez la perte à la mairie.", **PASSPORT},
    {"id": "F3", "title": "Passeport volé", "text": "Déclarez le vol à la police.", **PASSPORT},
    {"id": "F4", "title": "Peut-on faire une procuration pour un passeport ?", "text": "Non.", **PASSPORT},
    {"id": "F5", "title": "Renouvellement", "text": "Apportez l'ancienne carte.", **CARD},
    {"id": "F6", "title": "Immatriculer un véhicule d'occasion", "text": "", **CAR},
    {"id": "F7", "title": "Hériter d'un véhicule", "text": "", **CAR},
    {"id": "F8", "title": "Aide au logement étudiant", "text": "", "theme": "Logement", "dossier": "Aides"},
    {
        "id": "F9",
        "title": "Congé de maternité",
        "text": "Sa durée dépend du nombre d'enfants.\n" + "Le congé se prend en deux fois. " * 40 + "\nLe salaire "
        "est remplacé par des indemnités journalières.",
        "theme": "Travail",
        "dossier": "Congés",
    },
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings whose data folder has the fiches above."""
    folder = tmp_path_factory.mktemp("data")
    source = folder / "fiches.jsonl"
    source.write_text("\n".join(json.dumps(fiche) for fiche in FICHES), encoding="utf-8")
    import_fiches(source, folder / FOLDER)
    return Settings(data_dir=folder, catalogue_dir=ROOT / "data")


@pytest.fixture(scope="module")
def found(settings: Settings) -> Callable[..., list[str]]:
    """Return a function that searches and returns identifiers."""
    search = open_search(settings)
    return lambda text, top=5: [result.id for result in search.search(text, top)]


@pytest.mark.parametrize(
    ("text", "fiche"),
    [
        ("passeport perdu", "F2"),
        ("PASSEPORTS PERDUS", "F2"),
        ("J’ai égaré mon passeport", "F2"),
        ("on m'a volé mon passeport à l'aéroport", "F3"),
        ("renouveler mon passeport", "F1"),
        ("refaire ma carte d identite perimee", "F5"),
        ("j'ai acheté une voiture", "F6"),
        ("j'ai hérité de la voiture de ma mère", "F7"),
        ("apl etudiant", "F8"),
        ("logment étudient", "F8"),
        ("congématernité", "F9"),
    ],
)
def test_citizens_words_find_the_fiche(found: Callable[..., list[str]], text: str, fiche: str) -> None:
    assert fiche in found(text)[:3]


def test_the_whole_subject_goes_before_a_detail(found: Callable[..., list[str]]) -> None:
    first = found("procuration voyage passeport perdu enfant")
    assert first.index("F2") < first.index("F4")


def test_services_are_found_with_fiches(found: Callable[..., list[str]]) -> None:
    assert "passport" in found("passeport")


def test_english_finds_the_service(found: Callable[..., list[str]]) -> None:
    assert found("how to renew my passport")[0] == "passport"


def test_no_dossier_takes_all_the_places_while_others_answer(found: Callable[..., list[str]]) -> None:
    assert len({"F1", "F2", "F3", "F4"} & set(found("renouvellement passeport perdu volé carte d'identité", 5))) <= 3


def test_one_dossier_fills_the_places_when_nothing_else_does(tmp_path: Path, catalogue: Catalogue) -> None:
    source = tmp_path / "town.jsonl"
    rows = ({"id": f"p{n}", "title": f"Ludothèque, salle {n}", "text": "", "dossier": "Ville"} for n in range(9))
    source.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    import_fiches(source, tmp_path / FOLDER)
    search = open_search(Settings(data_dir=tmp_path, catalogue_dir=ROOT / "data"))
    assert len(search.search("ludothèque", 5)) == 5


def test_the_passage_that_answers_is_quoted(settings: Settings) -> None:
    [result] = [
        result
        for result in open_search(settings).search("indemnités journalières du congé maternité")
        if result.id == "F9"
    ]
    assert result.passage is not None
    assert "indemnités journalières" in result.passage.text
    assert "dépend du nombre" not in result.passage.text


def test_a_result_has_what_the_contract_says(settings: Settings) -> None:
    [result] = open_search(settings).search("passeport perdu", 1)
    assert result.wire() == {
        "id": "F2",
        "title": "Passeport perdu",
        "url": "https://www.service-public.gouv.fr/particuliers/vosdroits/F2",
        "score": result.score,
        "kind": "fiche",
        "strength": result.strength,
        "dossier": "Passeport",
        "passage": {"situation": "", "text": "Déclarez la perte à la mairie."},
    }


def test_the_best_comes_first(settings: Settings) -> None:
    scores = [result.score for result in open_search(settings).search("passeport ou carte d'identité à renouveler", 9)]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "?!", "a" * 10_000, "\x00", "je t'aime", "日本語", "le la les"])
def test_what_says_nothing_finds_nothing(found: Callable[..., list[str]], text: str) -> None:
    assert found(text) == []


def test_a_very_long_message_is_searched_by_its_beginning(found: Callable[..., list[str]]) -> None:
    assert "F2" in found("J'ai perdu mon passeport. " + "Bonjour. " * 2000)


def test_as_many_results_as_asked_at_most(found: Callable[..., list[str]]) -> None:
    assert len(found("passeport", 2)) == 2
    assert found("passeport", 0) == []


@pytest.mark.parametrize(
    "text", ["la recette de la tarte aux pommes de ma grand-mère", "qui a gagné le match de foot hier soir"]
)
def test_what_matches_by_chance_is_weak(settings: Settings, text: str) -> None:
    results = open_search(settings).search(text)
    assert results, "words that the catalogue has too"
    assert all(result.strength < GOOD_STRENGTH for result in results)


def test_without_an_import_the_services_are_searched(tmp_path: Path) -> None:
    search = open_search(Settings(data_dir=tmp_path, catalogue_dir=ROOT / "data"))
    results = search.search("demander un acte de naissance et un livret de famille")
    assert {"birth-certificate", "family-booklet"} <= {result.id for result in results}
    assert all(result.kind == "service" and result.url and result.date for result in results)


def test_an_empty_catalogue_finds_nothing() -> None:
    assert Search(Catalogue({}, {})).search("passeport") == []
