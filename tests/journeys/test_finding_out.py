"""A citizen asks what a service needs and costs: a true answer with source and date, or an honest "I do not know"."""

import re

import aiohttp
import pytest

from tests.citizen import Citizen

PRICE = re.compile(r"\d[\d,.]*\s?€|€\d")
PASSPORT = {
    "fr": ("Quels papiers pour refaire mon passeport, et ça coûte combien ?", "86 €", "Votre passeport actuel"),
    "en": ("Which documents to renew my passport, and how much is it?", "€86", "Your present passport"),
}
CHILD = {"fr": ("et pour mon fils de 8 ans ?", "17 €"), "en": ("and for my 8 year old son?", "€17")}
PERSON = {"fr": "Parler à une personne", "en": "Talk to a person"}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_documents_and_price_are_told_together_with_their_sources(
    session: aiohttp.ClientSession, language: str
) -> None:
    question, price, document = PASSPORT[language]
    citizen = await Citizen.arrive(session, language)
    await citizen.say(question)
    assert price in citizen.said
    assert document in citizen.said
    told = [message for message in citizen.answer if message.get("sources")]
    assert len(told) == 2, "the price and the documents each have their source"
    for message in told:
        for source in message["sources"]:
            assert source["url"].startswith("https://www.service-public.gouv.fr/")
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", source["checked"])
            assert source["title"]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_further_question_keeps_the_service_and_what_was_asked(
    session: aiohttp.ClientSession, language: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(PASSPORT[language][0])
    question, price = CHILD[language]
    await citizen.say(question)
    assert price in citizen.said
    assert "86" not in citizen.said, "the price of an adult is no business of this child"


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_usually_follows_is_one_press_away(session: aiohttp.ClientSession, language: str) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(PASSPORT[language][0])
    await citizen.press({"fr": "Délai", "en": "How long it takes"}[language])
    assert {"fr": "Passeport — délai", "en": "Passport — how long it takes"}[language] in citizen.said
    assert citizen.answer[0]["sources"]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_question_that_settles_an_answer_can_be_answered_with_its_button(
    session: aiohttp.ClientSession, language: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say({"fr": "Quels documents pour un passeport ?", "en": "Which documents for a passport?"}[language])
    assert not any(message.get("sources") for message in citizen.answer), "it depends: nothing is told yet"
    await citizen.press({"fr": "Il est perdu", "en": "It is lost"}[language])
    assert {"fr": "déclaration de perte", "en": "loss declaration"}[language] in citizen.said


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "combien coûte un permis de chasse ?"),
        ("fr", "je voudrais un permis de chasse"),
        ("en", "how much does a hunting licence cost?"),
        ("en", "I would like a hunting licence"),
    ],
)
async def test_an_unknown_service_gets_an_honest_answer_and_no_price_of_another(
    session: aiohttp.ClientSession, language: str, question: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(question)
    assert {"fr": "je préfère ne rien inventer", "en": "I prefer not to make anything up"}[language] in citizen.said
    assert "3939" in citizen.said, "where else to look"
    assert not PRICE.search(citizen.said)
    assert not any(message.get("sources") for message in citizen.answer)
    assert PERSON[language] in citizen.titles
    assert len(citizen.titles) - 1 <= 3, "the closest services, three at most"


@pytest.mark.parametrize(
    ("language", "question", "titles"),
    [
        ("fr", "passeport ou carte d'identité ?", {"Passeport", "Carte nationale d'identité"}),
        ("fr", "pour Rome, passeport ou carte d'identité, lequel ?", {"Passeport", "Carte nationale d'identité"}),
        ("en", "passport or identity card?", {"Passport", "National identity card"}),
    ],
)
async def test_an_unclear_question_gets_a_short_choice_and_a_person(
    session: aiohttp.ClientSession, language: str, question: str, titles: set[str]
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(question)
    assert titles <= set(citizen.titles)
    assert PERSON[language] in citizen.titles
    services = set(citizen.titles) - {PERSON[language], "Autre chose", "Something else"}
    assert len(services) <= 3
    await citizen.press(min(titles))
    assert min(titles) in citizen.said


@pytest.mark.parametrize("question", ["c'est combien ?", "on m'a volé mes papiers", "je veux savoir un truc"])
async def test_a_question_about_nothing_in_particular_is_asked_back_with_a_person_at_hand(
    citizen: Citizen, question: str
) -> None:
    await citizen.say(question)
    assert PERSON["fr"] in citizen.titles
    assert len(citizen.titles) <= 4
    assert not PRICE.search(citizen.said)


async def test_the_question_that_waited_is_answered_once_the_service_is_named(citizen: Citizen) -> None:
    await citizen.say("ça coûte combien ?")
    await citizen.say("le permis de conduire, je l'ai perdu")
    assert "Permis de conduire — prix" in citizen.said


async def test_who_takes_back_a_word_while_asking_is_answered_what_was_asked(citizen: Citizen) -> None:
    await citizen.say("je voudrais changer l'adresse de mon permis non pardon de ma carte grise c'est combien")
    assert "Carte grise (certificat d'immatriculation) — prix" in citizen.said


async def test_a_service_that_cannot_be_filed_here_says_where_it_is(citizen: Citizen) -> None:
    await citizen.say("je veux faire ma demande de passeport ici")
    assert "Je ne peux pas prendre ici" in citizen.said
    assert "https://" in citizen.said
    assert citizen.awaited is None


@pytest.mark.parametrize(
    ("language", "question", "answers"),
    [
        (
            "fr",
            "prix du passeport et de la carte d'identité ?",
            ("Passeport — prix", "Carte nationale d'identité — prix"),
        ),
        ("en", "price of a passport and an identity card?", ("Passport — price", "card — price")),
    ],
)
async def test_two_services_in_one_question_are_both_answered(
    session: aiohttp.ClientSession, language: str, question: str, answers: tuple[str, str]
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(question)
    for answer in answers:
        assert answer in citizen.said
    assert len([message for message in citizen.answer if message["buttons"]]) == 1, "what follows is offered once"


async def test_two_services_whose_answer_depends_on_the_case_are_asked_about_in_turn(citizen: Citizen) -> None:
    await citizen.say("passeport et carte d'identité, quels papiers ?")
    assert "Pourquoi demandez-vous ce passeport ?" in citizen.said
    assert "Pourquoi demandez-vous cette carte ?" in citizen.said
    await citizen.press("Il est perdu")
    assert "Passeport — documents" in citizen.said


@pytest.mark.parametrize(
    ("language", "said", "offered"),
    [
        (
            "fr",
            "on m'a volé mon sac avec passeport, permis de conduire et carte d'identité",
            {"Passeport", "Permis de conduire", "Carte nationale d'identité"},
        ),
        ("en", "I lost my passport and my driving licence", {"Passport", "Driving licence"}),
    ],
)
async def test_who_speaks_of_several_papers_says_which_comes_first_and_not_again_what_happened(
    session: aiohttp.ClientSession, language: str, said: str, offered: set[str]
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(said)
    assert set(citizen.titles) == offered | {PERSON[language]}
    await citizen.press("Passport" if language == "en" else "Passeport")
    assert ("how to do it" if language == "en" else "comment faire") in citizen.said


async def test_where_somebody_was_born_said_after_the_paper_tells_how_to_get_it_from_abroad(
    session: aiohttp.ClientSession,
) -> None:
    citizen = await Citizen.arrive(session, "fr")
    await citizen.say("acte de naissance")
    before = citizen.said
    await citizen.say("je suis né à Alger en 1950")
    assert citizen.said != before
    assert "Nantes" in citizen.said or "Service central" in citizen.said


@pytest.mark.parametrize(
    ("said", "comfort"),
    [("mon père est décédé lundi, que dois-je faire ?", True), ("quel délai pour déclarer un décès ?", False)],
)
async def test_condolences_are_offered_to_who_mourns_and_to_nobody_else(
    session: aiohttp.ClientSession, said: str, comfort: bool
) -> None:
    citizen = await Citizen.arrive(session, "fr")
    await citizen.say(said)
    assert ("condoléances" in citizen.said) is comfort
    assert "Déclaration de décès" in citizen.said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "mon téléphone est mort, comment faire ma carte d'identité ?"),
        ("en", "my laptop died, how do I get a passport on paper?"),
        ("en", "I lost my mother's passport, what do I do?"),
    ],
)
async def test_a_thing_that_died_and_a_paper_that_is_lost_are_not_mourned(
    session: aiohttp.ClientSession, language: str, said: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(said)
    assert "ondol" not in citizen.said


async def test_who_complained_of_an_office_is_given_its_number_when_they_ask_for_a_person(
    session: aiohttp.ClientSession,
) -> None:
    citizen = await Citizen.arrive(session, "fr")
    await citizen.say("ça fait 3 mois que j'attends ma carte grise, c'est une honte")
    await citizen.say("je veux parler à quelqu'un")
    assert "France Titres" in citizen.said


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("j'ai reçu une amende que je conteste", "payer, c'est reconnaître"),
        ("ma contestation d'amende a été refusée", "jugement"),
    ],
)
async def test_who_contests_a_fine_is_told_how_and_who_was_refused_what_comes_next(
    session: aiohttp.ClientSession, said: str, told: str
) -> None:
    citizen = await Citizen.arrive(session, "fr")
    await citizen.say(said)
    assert told in citizen.said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "j'ai 82 ans et je ne comprends rien à internet, je peux venir à la mairie ?"),
        ("fr", "je n'ai pas internet, comment faire ma carte d'identité ?"),
        ("en", "I don't have internet, how do I get a passport?"),
    ],
)
async def test_who_is_not_at_ease_with_computers_is_told_who_helps_in_person(
    session: aiohttp.ClientSession, language: str, said: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(said)
    assert "France services" in citizen.said
