"""A citizen asks the way: the right office of the commune, with hours, phone and the date of the directory."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bot.catalogue.offices import FOLDER, import_offices
from tests.citizen import Citizen
from tests.directory import write
from tests.service import Service


@pytest.fixture
def directory(service: Service, tmp_path: Path) -> Iterator[None]:
    """Give the running service a directory, and take it away again."""
    folder = service.data_dir / FOLDER
    import_offices(write(tmp_path / "directory.json"), folder)
    yield
    shutil.rmtree(folder)


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("question", "office", "phone"),
    [
        ("où est la mairie de Vitré ?", "Mairie - Vitré", "02 99 00 00 01"),
        ("adresse de la CAF 35000", "Caisse d'allocations familiales (CAF) d'Ille-et-Vilaine", "02 99 00 00 11"),
        ("horaires préfecture Rennes", "Préfecture - Ille-et-Vilaine", "02 99 00 00 10"),
        ("mairie de Vitré", "Mairie - Vitré", "02 99 00 00 01"),
    ],
)
async def test_an_office_and_its_town_are_answered_at_once(
    citizen: Citizen, question: str, office: str, phone: str
) -> None:
    await citizen.say(question)
    assert office in citizen.said
    assert phone in citizen.said
    assert [source["checked"] for source in citizen.answer[0]["sources"]] == ["2026-09-15"]
    assert citizen.awaited is None


@pytest.mark.usefixtures("directory")
async def test_the_commune_is_asked_once_and_kept(citizen: Citizen) -> None:
    await citizen.say("quels sont les horaires de la mairie ?")
    assert citizen.awaited is not None
    assert citizen.awaited["type"] == "commune"
    await citizen.say("Vitré")
    assert "du lundi au jeudi" in citizen.said
    await citizen.say("et l'adresse de la CAF ?")
    assert "Ille-et-Vilaine" in citizen.said
    assert citizen.awaited is None, "the commune is known"
    await citizen.say("Où faire un passeport ?")
    assert "Passeport — où s'adresser" in citizen.said
    assert "Mairie - Vitré" in citizen.said


@pytest.mark.usefixtures("directory")
async def test_where_to_ask_for_a_service_ends_with_the_office(citizen: Citizen) -> None:
    await citizen.say("Où demander une carte d'identité ?")
    assert "Carte nationale d'identité — où s'adresser" in citizen.said
    assert citizen.awaited is not None
    await citizen.say("35000")
    assert "Mairie - Rennes" in citizen.said


@pytest.mark.usefixtures("directory")
async def test_towns_of_one_name_are_told_apart(citizen: Citizen) -> None:
    await citizen.say("où est la mairie de Saint-Denis ?")
    assert "Plusieurs communes s'appellent Saint-Denis" in citizen.said
    assert {"Saint-Denis (Seine-Saint-Denis)", "Saint-Denis (La Réunion)"} <= set(citizen.titles)
    await citizen.say("dans le 93")
    assert "93200 Saint-Denis" in citizen.said
    await citizen.say("mairie de st denis")
    await citizen.press("La Réunion")
    assert "97400 Saint-Denis" in citizen.said


@pytest.mark.usefixtures("directory")
async def test_who_will_not_say_where_is_not_asked_again(citizen: Citizen) -> None:
    await citizen.say("Où demander une carte d'identité ?")
    await citizen.press("Pas maintenant")
    assert "lannuaire.service-public.gouv.fr" in citizen.said
    await citizen.say("Où faire un passeport ?")
    assert "Passeport — où s'adresser" in citizen.said
    assert citizen.awaited is None


@pytest.mark.usefixtures("directory")
async def test_another_question_instead_of_the_commune_is_answered(citizen: Citizen) -> None:
    await citizen.say("Où demander une carte d'identité ?")
    await citizen.say("Combien ça coûte si je l'ai perdue ?")
    assert "25 €" in citizen.said
    assert "votre commune" not in citizen.said
    await citizen.say("j'habite à Vitré")
    assert "Mairie - Vitré" in citizen.said


@pytest.mark.usefixtures("directory")
async def test_a_town_that_nobody_knows_is_asked_once_more(citizen: Citizen) -> None:
    await citizen.say("horaires mairie")
    await citizen.say("Trifouillis")
    assert "Je ne connais pas cette commune" in citizen.said
    await citizen.say("Trifouillis")
    assert "lannuaire.service-public.gouv.fr" in citizen.said
    await citizen.say("combien coûte un passeport ?")
    assert "86 €" in citizen.said


@pytest.mark.usefixtures("directory")
async def test_an_english_citizen_is_told_in_english(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session, "en")
    await citizen.say("What are the opening hours of the town hall in Vitré?")
    assert "Monday to Thursday" in citizen.said


async def test_without_an_import_the_assistant_says_where_to_look(citizen: Citizen) -> None:
    await citizen.say("adresse de la CAF de Rennes")
    assert "lannuaire.service-public.gouv.fr" in citizen.said
    assert "32 30" in citizen.said
    assert citizen.awaited is None
