"""What people say in passing: somebody else, another service after all, a lost code, an anger that names a service."""

import aiohttp
import pytest

from tests.citizen import Citizen


async def test_somebody_else_is_asked_about_the_service_talked_about(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("prix du passeport pour un adulte")
    await citizen.say("et pour ma fille de 16 ans ?")
    assert "Passeport — prix" in citizen.said
    assert "42 €" in citizen.said


async def test_another_service_after_all_is_asked_the_same(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.say("non, plutôt la carte d'identité, en renouvellement")
    assert "Gratuit" in citizen.said


async def test_a_service_named_with_the_greeting_is_presented(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("bonjour, le pacs")
    assert "Pacs" in citizen.said
    await citizen.say("bonjour")
    assert "Dites-moi ce que vous cherchez" in citizen.said


async def test_who_lost_the_code_is_told_where_it_is_and_shown_a_person(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("où en est ma demande GU-2345-6789 ?")
    await citizen.say("je ne le retrouve plus, je fais comment ?")
    assert "récépissé" in citizen.said
    assert "Parler à une personne" in citizen.titles


async def test_waiting_too_long_is_no_refusal(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("trois mois que j'attends mon acte de naissance, c'est une honte")
    assert "Acte de naissance" in citizen.said
    assert "en cas de refus" not in citizen.said
    assert "Suivre ma demande" in citizen.titles


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("non je me suis trompé de demande, c'est mon acte de mariage qu'il me faut", "Commençons votre demande"),
        ("je me suis trompé de demande, c'est le passeport qu'il me faut", "Je ne peux pas prendre"),
    ],
)
async def test_a_form_that_was_begun_by_mistake_is_left_for_the_right_one(
    session: aiohttp.ClientSession, said: str, told: str
) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("je veux demander un acte de naissance")
    await citizen.say(said)
    assert told in citizen.said
    assert "Voici l'essentiel" not in citizen.said
