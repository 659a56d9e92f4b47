"""What the catalogue does not have: the official fiche is quoted with its owner and date, or nothing is made up."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue.fiches import import_fiches
from bot.catalogue.search import FOLDER
from tests.citizen import Citizen
from tests.service import Service

HUNTING = "Le permis de chasse s'obtient après un examen. L'examen coûte 46 €. Une formation est obligatoire avant."
ADOPTION = "Pour adopter un enfant, l'agrément est demandé au département."
FICHES = [
    {"id": "F2094", "title": "Permis de chasser", "dossier": "Chasse", "date": "2026-03-02", "text": HUNTING},
    {"id": "F15246", "title": "Adoption d'un enfant", "dossier": "Adoption", "date": "2026-02-01", "text": ADOPTION},
    {"id": "F3", "title": "Vente de gâteaux", "dossier": "Commerce", "text": "La recette de la tarte aux pommes."},
    *({"id": f"F{number}", "title": f"Sujet {number}", "text": "Autre chose."} for number in range(10, 30)),
]


@pytest.fixture
def fiches(service: Service, tmp_path: Path) -> Iterator[None]:
    """Give the running service some fiches, and take them away again."""
    source = tmp_path / "fiches.jsonl"
    source.write_text("\n".join(json.dumps(fiche) for fiche in FICHES), encoding="utf-8")
    folder = service.data_dir / FOLDER
    import_fiches(source, folder)
    yield
    shutil.rmtree(folder)


@pytest.mark.usefixtures("fiches")
async def test_an_unknown_service_is_answered_by_the_passage_of_the_official_fiche(citizen: Citizen) -> None:
    await citizen.say("combien coûte un permis de chasse ?")
    assert "Je n'ai pas cette démarche ici" in citizen.said
    assert "L'examen coûte 46 €." in citizen.said
    (source,) = (source for message in citizen.answer for source in message.get("sources", []))
    assert "DILA, Licence Ouverte" in source["title"]
    assert source["url"].endswith("/F2094")
    assert source["checked"] == "2026-03-02"
    assert "Parler à une personne" in citizen.titles


@pytest.mark.usefixtures("fiches")
@pytest.mark.parametrize(
    "text", ["recette de la tarte aux pommes", "vous êtes des imbéciles, connard", "je veux mourir, je n'en peux plus"]
)
async def test_idle_words_insults_and_distress_are_never_answered_by_a_fiche(citizen: Citizen, text: str) -> None:
    await citizen.say(text)
    assert "fiche officielle" not in citizen.said
    assert not any(message.get("sources") for message in citizen.answer)


@pytest.mark.usefixtures("fiches")
async def test_a_service_of_the_catalogue_is_answered_by_the_catalogue(citizen: Citizen) -> None:
    await citizen.say("combien coûte un passeport ?")
    assert "86 €" in citizen.said
    assert "fiche officielle" not in citizen.said


@pytest.mark.usefixtures("fiches")
async def test_nothing_good_enough_is_said_honestly(citizen: Citizen) -> None:
    await citizen.say("combien coûte un brevet de pilote de montgolfière ?")
    assert "fiche officielle" not in citizen.said
    assert "Parler à une personne" in citizen.titles


@pytest.mark.usefixtures("fiches")
@pytest.mark.parametrize("text", ["je veux faire une demande", "c'est combien ?", "je veux savoir un truc"])
async def test_words_that_say_nothing_are_not_searched_for(citizen: Citizen, text: str) -> None:
    await citizen.say(text)
    assert "fiche officielle" not in citizen.said


@pytest.mark.usefixtures("fiches")
async def test_who_is_not_helped_twice_is_offered_a_person_and_what_the_search_finds(citizen: Citizen) -> None:
    await citizen.say("je veux adopter un enfant")
    assert "Adoption d'un enfant" in citizen.said
    await citizen.say("ça ne m'aide pas")
    await citizen.say("ça ne m'aide pas")
    assert "Parler à une personne" in citizen.titles
    assert "Adoption d'un enfant" in citizen.said


async def test_without_fiches_nothing_is_quoted(citizen: Citizen) -> None:
    await citizen.say("combien coûte un permis de chasse ?")
    assert "Je n'ai pas encore cette démarche" in citizen.said
