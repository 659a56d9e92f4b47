"""After each moment the citizen may say how it went: three faces, words for who wants, and silence stores nothing."""

import aiohttp
import pytest

from tests.citizen import Citizen, Message
from tests.journeys.player import file_request
from tests.service import Service

FACES = {"fr": ["🙂 Très bien", "😐 Moyen", "🙁 Pas bien"], "en": ["🙂 Very well", "😐 So-so", "🙁 Not well"]}
NOTES = [10, 5, 0]


def notes(service: Service, citizen: Citizen) -> list[dict[str, Message]]:
    return service.rows("SELECT * FROM feedback WHERE conversation_id = ? ORDER BY id", citizen.id)


async def after_filing(session: aiohttp.ClientSession, language: str) -> Citizen:
    citizen = await Citizen.arrive(session, language)
    await file_request(citizen, *{"fr": ("Acte de naissance", "Confirmer"), "en": ("Birth", "Confirm")}[language])
    assert citizen.titles == FACES[language]
    return citizen


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("position", [0, 1, 2], ids=["good", "mixed", "bad"])
async def test_a_face_is_stored_at_once_with_what_it_speaks_of(
    session: aiohttp.ClientSession, service: Service, language: str, position: int
) -> None:
    citizen = await after_filing(session, language)
    reference = citizen.request["reference"]
    await citizen.press(FACES[language][position])
    [note] = notes(service, citizen)
    [request] = service.rows("SELECT id FROM requests WHERE reference = ?", reference)
    assert (note["note"], note["moment"], note["service"], note["comment"], note["subject"]) == (
        *(NOTES[position], "submission", "birth-certificate", None),
        request["id"],
    )


@pytest.mark.parametrize(
    ("language", "words", "thanks"),
    [
        ("fr", "Très simple, j'ai compris toutes les questions", "vos mots aideront"),
        ("en", "Very simple, I understood all the questions", "your words will help"),
    ],
)
async def test_words_can_be_added_and_are_thanked_for(
    session: aiohttp.ClientSession, service: Service, language: str, words: str, thanks: str
) -> None:
    citizen = await after_filing(session, language)
    await citizen.press(FACES[language][0])
    assert citizen.awaited is not None
    assert (citizen.awaited["field"], citizen.awaited["required"]) == ("comment", False)
    await citizen.say(words)
    assert thanks in citizen.said
    assert citizen.awaited is None
    [note] = notes(service, citizen)
    assert note["comment"] == words


@pytest.mark.parametrize(
    "words",
    [
        "l'attente au guichet est bien trop longue",
        "très bien mais le délai est long",
        "Le prix est trop élevé",
        "je n'ai pas trouvé où prendre rendez-vous",
        "Personne ne m'a rappelé, c'est honteux",
        "trop compliqué, je n'ai rien compris",
        "parfait, rapide et clair",
    ],
)
async def test_an_opinion_that_names_a_delay_or_a_price_is_an_opinion_and_no_question(
    session: aiohttp.ClientSession, service: Service, words: str
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Pas bien")
    await citizen.say(words)
    [note] = notes(service, citizen)
    assert note["comment"] == words


async def test_words_are_kept_without_the_personal_data_in_them(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Pas bien")
    await citizen.say("Personne ne m'a rappelé au 06 45 87 12 90, ecrivez à jeanne.marchal@exemple.fr")
    [note] = notes(service, citizen)
    assert note["comment"] == "Personne ne m'a rappelé au [téléphone], ecrivez à [e-mail]"


@pytest.mark.parametrize("decline", ["Non merci", "non", "no thanks"])
async def test_words_can_be_declined(session: aiohttp.ClientSession, service: Service, decline: str) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Moyen")
    await (citizen.press(decline) if decline in citizen.titles else citizen.say(decline))
    assert citizen.awaited is None
    [note] = notes(service, citizen)
    assert (note["note"], note["comment"]) == (5, None)


def answers(service: Service, citizen: Citizen) -> list[tuple[str, float]]:
    rows = service.rows(
        "SELECT dimension, value FROM facts WHERE conversation_id = ? AND kind = 'answer' ORDER BY id", citizen.id
    )
    return [(row["dimension"], row["value"]) for row in rows]


async def test_short_questions_follow_the_face_and_each_answer_is_kept_at_once(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen = await after_filing(session, "fr")
    reference = citizen.request["reference"]
    await citizen.press("Moyen")
    said = [("satisfaction", 5.0)]
    for words, button, fact in (
        ("claires", "Peu claires", [("clarity", 2.0)]),
        ("cherché de l'aide", "Oui, sans en trouver", [("help_tried", 1.0), ("help_found", 0.0)]),
        ("joindre le service", "Pas essayé", []),
        ("faire ce que vous vouliez", "Oui", [("resolved", 1.0)]),
        ("facile", "Très facile", [("ease", 5.0)]),
    ):
        assert words in citizen.said
        assert citizen.titles[-1] == "Non merci", "every question may be passed"
        await citizen.press(button)
        said += fact
        assert answers(service, citizen) == said
    await citizen.press("Tout à fait")
    assert len(answers(service, citizen)) == len(said) + 1
    assert "ajouter quelques mots" in citizen.said
    await citizen.say("Un peu long quand même")
    assert citizen.awaited is None
    [note] = notes(service, citizen)
    assert note["comment"] == "Un peu long quand même"
    [request] = service.rows("SELECT id FROM requests WHERE reference = ?", reference)
    rows = service.rows("SELECT * FROM facts WHERE conversation_id = ? AND kind = 'answer'", citizen.id)
    assert {(row["request_id"], row["channel"], row["service"], row["moment"]) for row in rows} == {
        (request["id"], "api", "birth-certificate", "submission")
    }
    assert all(row["model"].endswith(".tar.gz") and row["administration"] for row in rows)


@pytest.mark.parametrize(("language", "no"), [("fr", "non"), ("en", "no")])
async def test_a_no_to_a_question_of_yes_and_no_is_an_answer_and_ends_nothing(
    session: aiohttp.ClientSession, service: Service, language: str, no: str
) -> None:
    citizen = await after_filing(session, language)
    await citizen.press(FACES[language][2])
    await citizen.say({"fr": "Très claires", "en": "Very clear"}[language])
    await citizen.say(no)
    await citizen.say(no)
    assert answers(service, citizen) == [("satisfaction", 0), ("clarity", 5), ("help_tried", 0), ("resolved", 0)]
    assert citizen.awaited is not None


async def test_the_first_question_that_is_passed_ends_the_questions(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Très bien")
    await citizen.press("Très claires")
    await citizen.press("Non merci")
    assert (citizen.awaited, citizen.titles) == (None, [])
    assert answers(service, citizen) == [("satisfaction", 10), ("clarity", 5)]


async def test_a_button_of_before_still_counts_and_asks_no_more(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Très bien")
    clear = citizen.button("Très claires")
    await citizen.press("Non merci")
    await citizen.say(clear)
    assert citizen.titles == []
    assert answers(service, citizen) == [("satisfaction", 10), ("clarity", 5)]


async def test_who_was_asked_and_said_nothing_is_not_asked_again(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.say("où en est ma demande ?")
    assert citizen.titles[-3:] == FACES["fr"]
    await citizen.say("où en est ma demande ?")
    assert not set(FACES["fr"]) & set(citizen.titles)
    rows = service.rows("SELECT moment FROM facts WHERE conversation_id = ? AND dimension = 'asked'", citizen.id)
    assert [row["moment"] for row in rows] == ["submission", "use"]
    assert answers(service, citizen) == []


async def test_silence_stores_nothing(session: aiohttp.ClientSession, service: Service) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said
    assert notes(service, citizen) == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("combien coûte un passeport pour un adulte ?", "86"),
        ("combien coûte un passeport pour un adulte", "86"),
        ("je voudrais parler à quelqu'un", "39 39"),
    ],
)
async def test_another_question_instead_of_words_is_answered(
    session: aiohttp.ClientSession, service: Service, words: str, answer: str
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Très bien")
    await citizen.say(words)
    assert answer in citizen.said
    [note] = notes(service, citizen)
    assert note["comment"] is None


async def test_a_face_pressed_twice_or_changed_is_one_note(session: aiohttp.ClientSession, service: Service) -> None:
    citizen = await after_filing(session, "fr")
    good, bad = citizen.button("Très bien"), citizen.button("Pas bien")
    for face in (good, good, bad):
        await citizen.say(face)
        assert "c'est noté" in citizen.said
    [note] = notes(service, citizen)
    assert note["note"] == 0


async def test_each_moment_is_asked_about_once(session: aiohttp.ClientSession, service: Service) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.press("Très bien")
    await citizen.press("Non merci")
    await citizen.say("où en est ma demande ?")
    assert citizen.titles[-3:] == FACES["fr"], "to follow a request is another moment than to file it"
    await citizen.press("Moyen")
    await citizen.press("Non merci")
    await citizen.say("où en est ma demande ?")
    assert not set(FACES["fr"]) & set(citizen.titles)
    assert [(note["moment"], note["note"]) for note in notes(service, citizen)] == [("submission", 10), ("use", 5)]


async def test_silence_is_an_answer_too_and_the_same_moment_is_not_asked_about_again(
    session: aiohttp.ClientSession,
) -> None:
    citizen = await after_filing(session, "fr")
    await citizen.say("où en est ma demande ?")
    assert citizen.titles[-3:] == FACES["fr"]
    await citizen.say("où en est ma demande ?")
    assert not set(FACES["fr"]) & set(citizen.titles)


@pytest.mark.parametrize(("language", "bye"), [("fr", "merci, au revoir"), ("en", "thank you, goodbye")])
async def test_information_is_asked_about_when_the_citizen_leaves(
    session: aiohttp.ClientSession, service: Service, language: str, bye: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say({"fr": "prix du passeport pour un adulte ?", "en": "price of an adult passport?"}[language])
    await citizen.say(bye)
    assert citizen.titles == FACES[language]
    await citizen.press(FACES[language][0])
    [note] = notes(service, citizen)
    assert (note["moment"], note["service"], note["note"], note["subject"]) == ("information", "passport", 10, "")


async def test_a_citizen_who_asked_nothing_is_not_asked_anything(citizen: Citizen) -> None:
    await citizen.say("au revoir")
    assert citizen.titles == []


async def test_an_opinion_can_be_given_unasked(citizen: Citizen, service: Service) -> None:
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.press("Donner mon avis")
    await citizen.press("Pas bien")
    [note] = notes(service, citizen)
    assert (note["moment"], note["service"], note["note"]) == ("information", "passport", 0)
    await citizen.say("l'attente au guichet est bien trop longue")
    assert notes(service, citizen)[0]["comment"] == "l'attente au guichet est bien trop longue"
