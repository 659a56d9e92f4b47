"""While a request is filled in: wrong answers, going back, passing, asking why, and a question in the middle."""

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.journeys.player import EMAIL, STREET, answer, begin, fill_in
from tests.service import Service

BIRTH = {"fr": "Acte de naissance", "en": "Birth certificate"}
WRONG = [
    ("copy_type", "42", "Choisissez l'une des réponses proposées", "Choose one of the answers offered"),
    ("birth_date", "le 31 février 1985", "Je n'ai pas compris la date", "I did not understand the date"),
    ("birth_date", "12/12/2090", "est dans le futur", "is in the future"),
    ("birth_date", "demain", "est dans le futur", "is in the future"),
    ("birth_commune", "<script>", "Donnez le nom de la commune", "Give the name of the town"),
    ("birth_name", "!!!", "Je n'ai pas trouvé de mots", "I found no words"),
    ("birth_name", "x" * 500, "C'est trop long : 80", "That is too long: 80"),
    ("address", "12", "Donnez l'adresse avec le numéro", "Give the address with number"),
    ("email", "camille arobase", "semble incomplète", "seems incomplete"),
]


async def at(citizen: Citizen, field: str, language: str = "fr") -> None:
    """Bring the form of a birth certificate to a field."""
    await begin(citizen, BIRTH[language], by_buttons=True)
    await fill_in(citizen, by_buttons=True, until=field)


def field_of(citizen: Citizen) -> str | None:
    return citizen.awaited["field"] if citizen.awaited else None


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("field", "words", "french", "english"), WRONG)
async def test_a_wrong_answer_is_explained_and_the_same_question_asked_again(
    session: aiohttp.ClientSession, field: str, words: str, french: str, english: str, language: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await at(citizen, field, language)
    question = citizen.answer[-1]["text"]
    await citizen.say(words)
    assert {"fr": french, "en": english}[language] in citizen.said
    assert citizen.answer[-1]["text"] == question
    assert field_of(citizen) == field
    await answer(citizen)
    assert field_of(citizen) != field


@pytest.mark.parametrize("words", ["rue des Lilas", "chez moi"])
async def test_a_street_without_a_number_is_an_answer_and_no_cry_for_help(citizen: Citizen, words: str) -> None:
    await at(citizen, "address")
    await citizen.say(words)
    assert "Donnez l'adresse avec le numéro" in citizen.said
    assert "3114" not in citizen.said


@pytest.mark.parametrize("words", ["retour", "revenir en arrière", "la question précédente"])
async def test_one_can_go_back_and_answer_again(citizen: Citizen, words: str) -> None:
    await at(citizen, "birth_commune")
    await citizen.say(words)
    assert field_of(citizen) == "birth_date"
    await citizen.say("01/02/1990")
    assert field_of(citizen) == "birth_commune"
    await fill_in(citizen)
    assert "Date de naissance : 01/02/1990" in citizen.said


async def test_going_back_from_the_first_question_stays_there(citizen: Citizen) -> None:
    await at(citizen, "copy_type")
    await citizen.say("retour")
    assert "C'est la première question" in citizen.said
    assert field_of(citizen) == "copy_type"


@pytest.mark.parametrize(("language", "words"), [("fr", "passer"), ("en", "skip"), ("fr", "je ne sais pas, passe")])
async def test_what_is_optional_can_be_passed_and_what_is_required_cannot(
    session: aiohttp.ClientSession, language: str, words: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await at(citizen, "parents_names", language)
    await citizen.say(words)
    assert field_of(citizen) == "address"
    await citizen.say({"fr": "passer", "en": "skip"}[language])
    assert {"fr": "Cette réponse est nécessaire", "en": "This answer is needed"}[language] in citizen.said
    assert field_of(citizen) == "address"


@pytest.mark.parametrize(
    ("language", "question", "told"),
    [
        ("fr", "pourquoi cette question ?", "Les registres sont classés par date"),
        ("en", "why do you ask?", "The registers are ordered by date"),
        ("fr", "et ça coûte combien ?", "C'est gratuit"),
        ("en", "how much does it cost?", "It is free of charge"),
        ("fr", "combien de temps ça prend ?", "délai"),
        ("fr", "je peux parler à quelqu'un ?", "Pour parler à une personne"),
        ("fr", "quels papiers pour un passeport perdu ?", "déclaration de perte"),
        ("fr", "vous êtes un robot ?", "pas une personne"),
    ],
)
async def test_a_question_in_the_middle_is_answered_and_the_form_comes_back(
    session: aiohttp.ClientSession, language: str, question: str, told: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await at(citizen, "birth_date", language)
    asked = citizen.answer[-1]["text"]
    await citizen.say(question)
    assert told in citizen.said
    assert citizen.answer[-1]["text"] == asked
    assert field_of(citizen) == "birth_date"
    await citizen.say("19/03/1987")
    assert field_of(citizen) == "birth_commune"


async def test_a_question_about_another_service_does_not_change_the_request(citizen: Citizen, service: Service) -> None:
    await at(citizen, "birth_date")
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said
    await fill_in(citizen)
    await citizen.press("Confirmer")
    [row] = service.rows("SELECT service FROM requests WHERE conversation_id = ?", citizen.id)
    assert row["service"] == "birth-certificate"


@pytest.mark.parametrize("name", ["Petit", "Boulanger", "N'Diaye", "Lefèvre d'Ormesson", "Le Guen", "Nguyễn", "Oui"])
async def test_a_name_is_taken_as_it_is(citizen: Citizen, name: str) -> None:
    await at(citizen, "birth_name")
    await citizen.say(name)
    assert field_of(citizen) == "given_names"
    await fill_in(citizen)
    assert f"Nom de naissance : {name}\n" in citizen.said


async def test_a_mistake_that_is_owned_up_to_can_be_put_right_at_once(citizen: Citizen) -> None:
    await at(citizen, "birth_commune")
    await citizen.say("je me suis trompé")
    await citizen.press("Prénoms")
    await citizen.say("Marie-Ange")
    assert field_of(citizen) == "birth_commune"
    await fill_in(citizen)
    assert "Prénoms : Marie-Ange" in citizen.said


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_line_of_the_summary_can_be_changed_with_buttons(session: aiohttp.ClientSession, language: str) -> None:
    citizen = await Citizen.arrive(session, language)
    await at(citizen, "confirm", language)
    assert EMAIL in citizen.said
    await citizen.press({"fr": "Modifier", "en": "Change"}[language])
    await citizen.press({"fr": "Votre adresse e-mail", "en": "Your e-mail address"}[language])
    assert field_of(citizen) == "email"
    await citizen.say("autre@exemple.fr")
    assert field_of(citizen) == "confirm"
    assert "autre@exemple.fr" in citizen.said
    assert EMAIL not in citizen.said
    assert STREET in citizen.said


@pytest.mark.parametrize(
    "words", ["je veux changer la date de naissance", "la date de naissance est fausse", "modifier date de naissance"]
)
async def test_a_line_of_the_summary_can_be_changed_by_naming_it(citizen: Citizen, words: str) -> None:
    await at(citizen, "confirm")
    await citizen.say(words)
    assert field_of(citizen) == "birth_date"
    await citizen.say("2 janvier 1990")
    assert "Date de naissance : 02/01/1990" in citizen.said
    assert field_of(citizen) == "confirm"


async def test_an_answer_that_is_no_longer_asked_is_forgotten(citizen: Citizen) -> None:
    await at(citizen, "confirm")
    assert "Noms des parents" in citizen.said
    await citizen.press("Modifier")
    await citizen.press("Type de document")
    await citizen.say("Extrait sans filiation")
    assert field_of(citizen) == "confirm"
    assert "Noms des parents" not in citizen.said


@pytest.mark.parametrize(("language", "words"), [("fr", "arrêter"), ("en", "cancel"), ("fr", "laisse tomber")])
async def test_giving_up_sends_nothing_and_erases_the_answers(
    session: aiohttp.ClientSession, service: Service, language: str, words: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await at(citizen, "address", language)
    [before] = service.rows("SELECT * FROM requests WHERE conversation_id = ?", citizen.id)
    await citizen.say(words)
    assert {"fr": "rien n'a été envoyé", "en": "nothing was sent"}[language] in citizen.said
    assert citizen.awaited is None
    [row] = service.rows("SELECT * FROM requests WHERE conversation_id = ?", citizen.id)
    assert row["state"] == "withdrawn"
    assert len(row["answers"]) < len(before["answers"])
    assert row["filed_at"] is None


async def test_a_choice_pressed_twice_answers_one_question(citizen: Citizen) -> None:
    await at(citizen, "copy_type")
    choice = citizen.button("Copie intégrale")
    await citizen.say(choice)
    await citizen.say(choice)
    assert field_of(citizen) == "relation"


async def test_a_button_of_an_earlier_question_answers_that_question(citizen: Citizen) -> None:
    """A citizen scrolls up and presses another choice: it must not be taken for the answer to the present question."""
    await at(citizen, "copy_type")
    other = citizen.button("Extrait sans filiation")
    await fill_in(citizen, until="birth_name")
    await citizen.say(other)
    assert field_of(citizen) == "birth_name"
    await fill_in(citizen)
    assert "Type de document : Extrait sans filiation" in citizen.said
    assert "Nom de naissance : Zéphyrine Quatrebarbes" in citizen.said
