"""What the office asks for, writes and decides reaches the citizen, who answers in the chat without starting again."""

import sqlite3

import aiohttp
import pytest

from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Kind, Problem, unread
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from tests.citizen import Citizen
from tests.journeys.player import begin, file_request, fill_in
from tests.requests.samples import photo
from tests.service import Service, wait_for

AGENT = Author(Actor.AGENT, "camille")
WORDS = {
    "fr": ("Acte de naissance", "Confirmer", "où en est ma demande ?", "Compléter", "est en cours d'examen"),
    "en": ("Birth certificate", "Confirm", "where is my request?", "Complete", "is under examination"),
}
ITEMS = [
    Item(Problem.WRONG, field="birth_date", note="Elle ne correspond pas : 4 thermidor ?"),
    Item(Problem.MISSING, field="copy_type"),
    Item(Problem.OUT_OF_DATE, label="Justificatif de domicile"),
]


async def _filed(session: aiohttp.ClientSession, language: str = "fr") -> tuple[Citizen, str]:
    citizen = await Citizen.arrive(session, language)
    return citizen, (await file_request(citizen, *WORDS[language][:2]))["reference"]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_what_is_missing_is_answered_field_by_field_in_the_chat(
    session: aiohttp.ClientSession, office: Casework, service: Service, language: str
) -> None:
    citizen, reference = await _filed(session, language)
    await office.ask_completion(reference, AGENT, ITEMS)
    await citizen.say(WORDS[language][2])
    assert "Justificatif de domicile" in citizen.said
    assert "Elle ne correspond pas : 4 thermidor ?" in citizen.said
    await citizen.press(WORDS[language][3])
    assert citizen.awaited is not None
    assert (citizen.awaited["field"], citizen.awaited["step"], citizen.awaited["steps"]) == ("birth_date", 1, 3)
    await citizen.say("12/12/2999")
    assert citizen.awaited["field"] == "birth_date", "a wrong answer is asked again, with the reason"
    assert "2999" in citizen.said
    await citizen.say("03/04/1985")
    assert citizen.awaited["field"] == "copy_type"
    await citizen.say(citizen.awaited["choices"][0]["title"])
    assert citizen.awaited["step"] == 3
    await citizen.say("Facture d'électricité du 3 novembre")
    assert WORDS[language][4] in citizen.said
    assert citizen.request["state"] == "under_examination"
    kept = str(service.rows("SELECT * FROM turns")) + str(service.rows("SELECT text, body FROM messages"))
    for words in ("Facture d'électricité", "03/04/1985", "thermidor"):
        assert words not in kept, "the log keeps none of it"


async def test_one_may_stop_in_the_middle_ask_a_question_and_go_on_later(
    session: aiohttp.ClientSession, office: Casework
) -> None:
    citizen, reference = await _filed(session)
    await office.ask_completion(reference, AGENT, ITEMS)
    await citizen.say("où en est ma demande ?")
    await citizen.press("Compléter")
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said
    assert citizen.awaited is not None
    assert citizen.awaited["field"] == "birth_date"
    await citizen.say("03/04/1985")
    await citizen.say("plus tard")
    assert "est gardé" in citizen.said
    await citizen.say("reprendre ma demande")
    assert citizen.awaited is not None
    assert citizen.awaited["field"] == "copy_type", "what was answered is not asked again"


async def test_an_old_button_says_where_the_request_stands_now(
    session: aiohttp.ClientSession, office: Casework
) -> None:
    citizen, reference = await _filed(session)
    await office.ask_completion(reference, AGENT, ITEMS)
    await citizen.say("où en est ma demande ?")
    await office.advance(reference, State.EXAMINED, AGENT)
    await citizen.press("Compléter")
    assert "est en cours d'examen" in citizen.said
    assert citizen.awaited is None


async def test_messages_go_both_ways(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    await citizen.say("où en est ma demande ?")
    await citizen.press("Écrire au service")
    assert citizen.awaited is not None
    await citizen.say("Je pars lundi, est-ce possible avant ?")
    assert "est envoyé au service" in citizen.said
    [message] = [event for event in await office.history(reference) if event.kind is Kind.MESSAGE]
    assert (message.actor, message.text) == (Actor.CITIZEN, "Je pars lundi, est-ce possible avant ?")
    await office.send_message(reference, AGENT, "Oui, vendredi.")
    await citizen.say("où en est ma demande ?")
    assert "Oui, vendredi." in citizen.said
    assert "camille" not in citizen.said, "an agent's name stays in the office"
    assert unread(await office.history(reference), Actor.CITIZEN) == []
    await citizen.say("où en est ma demande ?")
    assert "Oui, vendredi." not in citizen.said, "it was read"


async def test_a_message_that_is_given_up_is_not_sent(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    await citizen.say("où en est ma demande ?")
    await citizen.press("Écrire au service")
    await citizen.say("arrêter")
    assert "rien n'a été envoyé" in citizen.said
    assert all(event.kind is Kind.STATE for event in await office.history(reference))


async def test_a_request_is_withdrawn_after_a_yes(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    await citizen.say("où en est ma demande ?")
    await citizen.press("Retirer ma demande")
    assert (await office.history(reference))[-1].state is State.FILED, "it asks first"
    await citizen.press("la garder")
    assert citizen.request["state"] == "filed"
    await citizen.press("Retirer ma demande")
    await citizen.press("Oui, retirer")
    assert citizen.request["state"] == "withdrawn"
    assert "refus" not in citizen.said
    assert (await office.history(reference))[-1].actor is Actor.CITIZEN


async def test_what_a_decision_brings_is_shown(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    outcome = {"appointment": {"at": "2026-12-03T10:30:00+01:00", "place": "Mairie, guichet 3"}}
    await office.advance(reference, State.ACCEPTED, AGENT, outcome=outcome)
    await citizen.say("où en est ma demande ?")
    assert "est acceptée" in citizen.said
    assert "Rendez-vous le 03/12/2026 à 10:30 : Mairie, guichet 3" in citizen.said
    assert citizen.request["history"][-1]["outcome"] == outcome


async def test_a_refusal_says_why_and_offers_to_contest_it_and_a_person(
    session: aiohttp.ClientSession, office: Casework
) -> None:
    citizen, reference = await _filed(session)
    await office.advance(reference, State.REFUSED, AGENT, reason="Le registre est à Lyon.")
    await citizen.say("où en est ma demande ?")
    assert "Le registre est à Lyon." in citizen.said
    assert "Parler à une personne" in citizen.titles
    await citizen.press("Réclamer ou contester")
    assert "recours gracieux" in citizen.said
    assert "tribunal judiciaire" in citizen.said, "the service's own way comes first"


async def test_the_open_chat_is_told_at_once(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    stream = citizen.listen()
    await anext(stream)
    await office.advance(reference, State.EXAMINED, AGENT)
    _, news = await anext(stream)
    assert news["author"] == "system"
    assert "est en cours d'examen" in news["text"].replace("’", "'")
    assert news["request"]["state"] == "under_examination"
    await stream.aclose()


async def test_news_of_a_completion_opens_it_with_one_button(session: aiohttp.ClientSession, office: Casework) -> None:
    citizen, reference = await _filed(session)
    stream = citizen.listen()
    await anext(stream)
    await office.ask_completion(reference, AGENT, ITEMS)
    _, news = await anext(stream)
    await stream.aclose()
    [button] = news["buttons"]
    await citizen.say(button["payload"])
    assert citizen.awaited is not None
    assert citizen.awaited["field"] == "birth_date"


async def test_who_comes_back_about_the_same_request_is_noticed(
    session: aiohttp.ClientSession, service: Service
) -> None:
    citizen, _ = await _filed(session)
    connection = sqlite3.connect(service.data_dir / "guichet.db", timeout=10)
    with connection:  # as if it had been filed the day before
        connection.execute("UPDATE request_contacts SET at = datetime(at, '-1 day') WHERE hours_since IS NULL")
    connection.close()
    before = len(service.rows("SELECT id FROM request_contacts WHERE hours_since IS NOT NULL"))
    await citizen.say("où en est ma demande ?")
    await citizen.say("et là, où en est ma demande ?")
    assert len(service.rows("SELECT id FROM request_contacts WHERE hours_since IS NOT NULL")) == before + 1


def test_nothing_is_left_to_be_sent(service: Service) -> None:
    def waiting() -> bool:
        return not service.rows("SELECT id FROM outbox WHERE status IN ('waiting', 'sending')")

    assert wait_for(waiting)


async def test_a_photo_that_is_asked_for_again_is_sent_again(
    session: aiohttp.ClientSession, office: Casework, citizen: Citizen
) -> None:
    await begin(citizen, "Signaler un problème dans la rue", by_buttons=True)
    await fill_in(citizen)
    await citizen.press("Confirmer")
    reference = citizen.request["reference"]
    await office.ask_completion(reference, AGENT, [Item(Problem.UNREADABLE, field="photo", note="Elle est floue.")])
    await citizen.say("où en est ma demande ?")
    await citizen.press("Compléter")
    assert citizen.awaited is not None
    assert (citizen.awaited["type"], citizen.awaited["max_files"]) == ("file", 3)
    await citizen.say("voilà")
    assert citizen.awaited["type"] == "file", "words are no photo"
    form = aiohttp.FormData()
    form.add_field("file", photo(), filename="nette.jpg")
    async with session.post(f"/api/conversations/{citizen.id}/files", data=form, headers=citizen.headers) as response:
        sent = await response.json()
    await citizen.say(sent["payload"])
    assert "nette.jpg" in citizen.said
    assert citizen.request["state"] == "under_examination"
