"""A citizen arrives: they must know to whom they speak, what for, what is kept, and how to reach a person."""

import aiohttp
import pytest

from bot.conversations.model import NOTICE_VERSION
from tests.citizen import Citizen
from tests.service import Service

NOTICE = {
    "fr": ("une machine, pas une personne", "démarches", "gardés", "demander une personne"),
    "en": ("a machine, not a person", "public services", "kept", "ask for a person"),
}
CHOICES = {
    "fr": ["Faire une demande", "Suivre ma demande", "Parler à une personne"],
    "en": ["Make a request", "Track my request", "Talk to a person"],
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_first_words_say_that_it_is_a_machine_what_it_does_and_what_is_kept(
    session: aiohttp.ClientSession, language: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    for words in NOTICE[language]:
        assert words in citizen.said
    assert citizen.titles == CHOICES[language]
    assert citizen.awaited is None


async def test_what_was_shown_is_known_with_its_version(session: aiohttp.ClientSession, service: Service) -> None:
    citizen = await Citizen.arrive(session, "en", origin="https://www.ville.example/etat-civil")
    [row] = service.rows("SELECT * FROM conversations WHERE id = ?", citizen.id)
    assert row["notice_version"] == NOTICE_VERSION
    # Of the page only the site: an address may say who reads it.
    assert (row["language"], row["origin"]) == ("en", "https://www.ville.example")
    assert citizen.token not in str(row)


@pytest.mark.parametrize(
    ("language", "question", "words"),
    [
        ("fr", "vous êtes un robot ?", "pas une personne"),
        ("en", "are you a robot?", "not a person"),
        ("fr", "que deviennent mes messages ?", "masquées"),
        ("en", "what do you do with what I write?", "masked"),
    ],
)
async def test_the_machine_says_what_it_is_and_what_it_keeps_when_asked(
    session: aiohttp.ClientSession, language: str, question: str, words: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(question)
    assert words in citizen.said


@pytest.mark.parametrize(
    ("language", "words", "phone"),
    [("fr", "je voudrais parler à quelqu'un", "39 39"), ("en", "I want to talk to a human", "39 39")],
)
async def test_a_person_can_be_asked_for_at_once(
    session: aiohttp.ClientSession, language: str, words: str, phone: str
) -> None:
    by_text = await Citizen.arrive(session, language)
    await by_text.say(words)
    assert phone in by_text.said
    by_button = await Citizen.arrive(session, language)
    await by_button.press(CHOICES[language][2])
    assert by_button.said == by_text.said


async def test_an_opening_on_a_service_presents_it_at_once(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session, service="birth-certificate")
    assert "Acte de naissance — L'acte de naissance prouve" in citizen.said
    assert "Faire la demande ici" in citizen.titles


@pytest.mark.parametrize("word", ["ok", "passport", "documents", "123", "?"])
async def test_a_word_of_no_language_is_answered_in_the_language_of_the_conversation(
    session: aiohttp.ClientSession, service: Service, word: str
) -> None:
    said = {}
    for language in ("fr", "en"):
        citizen = await Citizen.arrive(session, language)
        await citizen.say(word)
        said[language] = citizen.said
        [turn] = service.rows("SELECT language FROM turns WHERE conversation_id = ?", citizen.id)
        assert turn["language"] == language
    assert said["fr"] != said["en"]


async def test_the_language_follows_a_citizen_who_changes_it(citizen: Citizen) -> None:
    await citizen.say("How much does a passport cost for an adult?")
    assert "€86" in citizen.said
    await citizen.say("et combien de temps faut-il attendre ?")
    assert "Passeport" in citizen.said
