"""Less to type: several answers in one message, what was given before is offered, a draft is found and resumed."""

import itertools
import re

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.journeys.player import EMAIL, STREET, answer, begin, fill_in
from tests.service import Service

BIRTH = {"fr": "Acte de naissance", "en": "Birth certificate"}
COMMANDS = {
    "fr": {
        "retour": "C'est la première question",
        "passer": "Cette réponse est nécessaire",
        "pourquoi cette question ?": None,
        "je veux parler à quelqu'un": "Pour parler à une personne",
        "sauvegarder": "C'est gardé 30 jours",
        "annuler": "rien n'a été envoyé",
    },
    "en": {
        "back": "This is the first question",
        "skip": "This answer is needed",
        "why this question?": None,
        "I want to talk to someone": "To talk to a person",
        "save": "Saved for 30 days",
        "cancel": "nothing was sent",
    },
}
REQUIRED = ["copy_type", "birth_name", "birth_date", "birth_commune", "address", "email"]


def field_of(citizen: Citizen) -> str | None:
    return citizen.awaited["field"] if citizen.awaited else None


async def test_several_answers_in_one_message_are_taken_and_never_logged(citizen: Citizen, service: Service) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, until="birth_name")
    await citizen.say("Zéphyrine QUATREBARBES, née le 19 mars 1987 à Rennes, zephyrine@exemple.fr")
    for line in (
        "Nom de naissance : QUATREBARBES",
        "Prénoms : Zéphyrine",
        "Date de naissance : 19/03/1987",
        "Commune de naissance : Rennes",
        "Votre adresse e-mail : zephyrine@exemple.fr",
    ):
        assert line in citizen.said
    assert field_of(citizen) == "parents_names"
    await fill_in(citizen)
    assert "Prénoms : Zéphyrine" in citizen.said
    kept = str([service.rows(f"SELECT * FROM {table}") for table in ("messages", "turns", "conversations", "buttons")])
    for secret in ("QUATREBARBES", "zephyrine@", "1987-03-19", "19/03/1987"):
        assert secret not in kept
    assert "QUATREBARBES" not in service.log()


async def test_steps_go_up_one_by_one_to_a_total_that_never_changes(citizen: Citizen) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    places = []
    while citizen.awaited and citizen.awaited["type"] != "confirm":
        places.append((citizen.awaited["step"], citizen.awaited["steps"]))
        await answer(citizen)
    totals = {total for _, total in places}
    assert len(totals) == 1
    steps = [step for step, _ in places]
    assert all(after - before in (0, 1) for before, after in itertools.pairwise(steps))
    assert (steps[0], steps[-1]) == (1, totals.pop())


async def test_ones_own_details_are_offered_in_the_next_request(citizen: Citizen, service: Service) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, by_buttons=True)
    await citizen.press("Confirmer")
    await citizen.say("Je voudrais faire une demande : enlèvement d'encombrants")
    await fill_in(citizen, until="address")
    assert f"Vous avez donné « {STREET} »" in citizen.said
    await citizen.press("Oui, garder")
    assert field_of(citizen) == "phone"
    await fill_in(citizen, until="email")
    assert EMAIL in citizen.said
    await citizen.say("oui")
    assert field_of(citizen) == "confirm"
    assert STREET in citizen.said
    assert EMAIL in citizen.said
    assert "Chat-qui-Pêche" not in str(service.rows("SELECT * FROM buttons")) + str(service.rows("SELECT * FROM turns"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("field", REQUIRED)
async def test_every_command_works_at_every_kind_of_question(
    session: aiohttp.ClientSession, language: str, field: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await begin(citizen, BIRTH[language], by_buttons=True)
    await fill_in(citizen, by_buttons=True, until=field)
    for words, told in COMMANDS[language].items():
        await citizen.say(words)
        if words in ("retour", "back") and field != "copy_type":
            assert field_of(citizen) != field
            await citizen.say({"fr": "passer", "en": "skip"}[language])  # keeps the answer that is there
        else:
            assert told is None or told in citizen.said, (field, words, citizen.said)
        if words in ("sauvegarder", "save"):
            assert field_of(citizen) is None
            await citizen.say({"fr": "reprendre ma demande", "en": "resume my request"}[language])
        assert field_of(citizen) == (None if words in ("annuler", "cancel") else field), (field, words)


async def test_a_saved_draft_says_until_when_and_how_it_is_resumed(citizen: Citizen) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    assert "votre brouillon est gardé 30 jours" in citizen.said
    await fill_in(citizen, until="birth_date")
    await citizen.say("sauvegarder")
    saved = citizen.request
    assert saved["state"] == "draft"
    assert saved["resume"] == f"#reprendre={saved['reference']}"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", saved["kept_until"])
    assert saved["access_code"] in citizen.said
    assert saved["access_code"].replace("-", "") not in saved["resume"].replace("-", "")


async def test_the_link_of_a_draft_opened_elsewhere_asks_for_the_code(
    citizen: Citizen, session: aiohttp.ClientSession
) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, until="birth_date")
    await citizen.say("sauvegarder")
    reference, code = citizen.request["reference"], citizen.request["access_code"]
    elsewhere = await Citizen.arrive(session)
    await elsewhere.say(f"Reprendre ma demande {reference}")
    assert field_of(elsewhere) == "access_code"
    await elsewhere.say(code)
    await elsewhere.press("Reprendre la demande")
    assert field_of(elsewhere) == "birth_date"


@pytest.mark.parametrize("words", ["où en est ma demande ?", "suivre ma demande"])
async def test_a_saved_draft_is_found_by_asking_where_the_request_is(citizen: Citizen, words: str) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, until="birth_date")
    await citizen.say("sauvegarder")
    await citizen.say(words)
    assert "commencée mais pas encore envoyée" in citizen.said
    assert citizen.request["state"] == "draft"
    await citizen.press("Reprendre la demande")
    assert field_of(citizen) == "birth_date"


@pytest.mark.parametrize("words", ["confirmer", "je confirme", "valider", "Envoyer"])
async def test_confirming_again_in_words_after_filing_recalls_the_reference(citizen: Citizen, words: str) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, by_buttons=True)
    await citizen.say("confirmer")
    reference = citizen.request["reference"]
    await citizen.say(words)
    assert "déjà déposée" in citizen.said
    assert reference in citizen.said


async def test_ten_thousand_characters_are_refused_and_the_question_stays(citizen: Citizen) -> None:
    await begin(citizen, BIRTH["fr"], by_buttons=True)
    await fill_in(citizen, until="birth_name")
    status, problem = await citizen.post({"text": "x" * 10_000})
    assert (status, problem["code"]) == (413, "message-too-long")
    await citizen.say("Zéphyrine")
    assert field_of(citizen) == "given_names"


@pytest.mark.parametrize(
    ("language", "said", "offered", "told", "kept"),
    [
        ("fr", "signaler un lampadaire cassé", "Éclairage (lampadaire)", "un nid-de-poule", "Chaussée ou trottoir"),
        ("en", "I want to report a pothole", "Road or pavement", "it is fly-tipping", "Rubbish, illegal dumping"),
    ],
)
async def test_what_the_first_words_told_is_offered_and_other_words_tell_it_too(
    session: aiohttp.ClientSession, language: str, said: str, offered: str, told: str, kept: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(said)
    assert offered in citizen.said
    assert field_of(citizen) == "kind"
    await citizen.say(told)
    assert kept in citizen.said
    assert field_of(citizen) == "place"


async def test_to_say_that_one_goes_on_is_nobodys_name(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.say("je veux inscrire ma fille à l'école")
    assert field_of(citizen) == "child_name"
    for said in ("ok je fais la demande", "oui allons-y"):
        await citizen.say(said)
        assert field_of(citizen) == "child_name"
    await citizen.say("Léa Martin")
    assert field_of(citizen) == "child_birth_date"
