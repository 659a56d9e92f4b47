"""A citizen asks "où en est ma demande ?": a straight answer to whom it belongs, and nothing to anybody else."""

import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Problem
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.requests.tables import RequestRow
from tests.citizen import Citizen
from tests.journeys.player import file_request
from tests.service import Service

WORDS = {
    "fr": ("Acte de naissance", "Confirmer", "où en est ma demande ?", "Suivre ma demande", "est déposée"),
    "en": ("Birth certificate", "Confirm", "where is my request?", "Track my request", "is filed"),
}
UNKNOWN = "GU-2345-6789"
AGENT = Author(Actor.AGENT, "camille")


async def filed(session: aiohttp.ClientSession, language: str = "fr") -> tuple[Citizen, dict[str, Any]]:
    """Return a citizen who has filed a request, and its receipt."""
    citizen = await Citizen.arrive(session, language)
    return citizen, await file_request(citizen, *WORDS[language][:2])


WAY = {
    "under_examination": ["under_examination"],
    "accepted": ["under_examination", "accepted"],
    "refused": ["refused"],
    "closed": ["closed"],
}


async def decide(office: Casework, reference: str, state: str) -> None:
    """Take a request to a state, as the office does."""
    if state == "to_complete":
        item = Item(Problem.UNREADABLE, label="Pièce d'identité", note="La photo est floue.")
        await office.ask_completion(reference, AGENT, [item])
        return
    for each in WAY[state]:
        await office.advance(reference, State(each), AGENT, reason="Pièce illisible")


async def make_late(office: Casework, reference: str) -> None:
    """Let time pass: the announced delay is over."""
    async with office._database.writing() as session:
        due = datetime(2026, 1, 15, 10, tzinfo=UTC)
        await session.execute(update(RequestRow).where(RequestRow.reference == reference).values(due_at=due))


def words_of(citizen: Citizen) -> str:
    """Return an answer as it went over the wire, but for what is drawn by lot or by the clock."""
    kept = [{name: value for name, value in message.items() if name not in ("id", "at")} for message in citizen.answer]
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("by_button", [True, False], ids=["button", "text"])
async def test_where_it_was_filed_no_code_is_asked(
    session: aiohttp.ClientSession, language: str, by_button: bool
) -> None:
    citizen, receipt = await filed(session, language)
    await (citizen.say(citizen.welcome[-1]["buttons"][1]["payload"]) if by_button else citizen.say(WORDS[language][2]))
    assert WORDS[language][4] in citizen.said
    assert receipt["reference"] in citizen.said
    year, month, day = receipt["due"].split("-")
    assert f"{day}/{month}/{year}" in citizen.said, "by when an answer is announced"
    assert {"fr": "Le service va l'ouvrir", "en": "The office will open it"}[language] in citizen.said
    assert citizen.request == {name: value for name, value in receipt.items() if name != "access_code"}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_elsewhere_reference_and_code_open_it(session: aiohttp.ClientSession, language: str) -> None:
    _, receipt = await filed(session, language)
    elsewhere = await Citizen.arrive(session, language)
    await elsewhere.press(WORDS[language][3])
    assert elsewhere.awaited is not None
    assert elsewhere.awaited["field"] == "reference"
    await elsewhere.say(receipt["reference"])
    assert elsewhere.awaited is not None
    assert elsewhere.awaited["field"] == "access_code"
    await elsewhere.say(receipt["access_code"])
    assert WORDS[language][4] in elsewhere.said
    assert elsewhere.request["reference"] == receipt["reference"]
    assert "access_code" not in elsewhere.request, "the code is shown once, on the receipt"


@pytest.mark.parametrize(
    "written",
    [
        "où en est ma demande {reference}, code {code} ?",
        "{low} {plain}",
        "mon numéro est {spaced} et le code {code}",
    ],
)
async def test_the_numbers_are_read_as_people_type_them(
    session: aiohttp.ClientSession, service: Service, written: str
) -> None:
    _, receipt = await filed(session)
    reference, code = receipt["reference"], receipt["access_code"]
    forms = {"low": reference.lower(), "plain": code.replace("-", ""), "spaced": reference.replace("-", " ")}
    elsewhere = await Citizen.arrive(session)
    await elsewhere.press("Suivre ma demande")
    await elsewhere.say(written.format(reference=reference, code=code, **forms))
    assert elsewhere.request["reference"] == reference
    kept = str(service.rows("SELECT * FROM turns WHERE conversation_id = ?", elsewhere.id))
    assert code not in kept
    assert code.replace("-", "") not in kept


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_wrong_code_and_an_unknown_reference_get_the_same_answer_to_the_byte(
    session: aiohttp.ClientSession, language: str
) -> None:
    _, receipt = await filed(session, language)
    wrong = "0000-0000" if receipt["access_code"] != "0000-0000" else "1111-1111"
    answers = []
    for reference in (receipt["reference"], UNKNOWN):
        stranger = await Citizen.arrive(session, language)
        await stranger.press(WORDS[language][3])
        await stranger.say(f"{reference} {wrong}")
        answers.append(words_of(stranger))
    assert answers[0] == answers[1]
    assert '"request":' not in answers[0]
    assert receipt["reference"] not in answers[0]


async def test_a_reference_that_is_tried_too_often_is_closed_and_says_nothing_of_it(
    session: aiohttp.ClientSession,
) -> None:
    citizen, receipt = await filed(session)
    stranger = await Citizen.arrive(session)
    await stranger.press("Suivre ma demande")
    tried = set()
    for number in range(8):
        await stranger.say(f"{receipt['reference']} {number}000-0000")
        tried.add(stranger.answer[0]["text"])
    assert len(tried) == 1
    await stranger.say(f"{receipt['reference']} {receipt['access_code']}")
    assert {stranger.answer[0]["text"]} == tried, "even the right code opens nothing now"
    await citizen.say("où en est ma demande ?")
    assert citizen.request["reference"] == receipt["reference"], "its own citizen is not shut out"


async def test_a_citizen_without_a_reference_can_leave_the_question(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session)
    await citizen.press("Suivre ma demande")
    await citizen.say("je ne l'ai plus")
    assert citizen.answer
    await citizen.say("arrêter")
    assert citizen.awaited is None
    await citizen.say("combien coûte un passeport pour un adulte ?")
    assert "86" in citizen.said


@pytest.mark.parametrize(
    ("state", "french", "english"),
    [
        ("under_examination", "en cours d'examen", "under examination"),
        ("to_complete", "à compléter", "to be completed"),
        ("accepted", "est acceptée", "is accepted"),
        ("refused", "contester cette décision", "appeal against this decision"),
        ("closed", "classée sans suite", "closed without action"),
    ],
)
async def test_each_state_is_said_in_plain_words_with_its_reason(
    session: aiohttp.ClientSession, office: Casework, state: str, french: str, english: str
) -> None:
    for language, words in (("fr", french), ("en", english)):
        citizen, receipt = await filed(session, language)
        await decide(office, receipt["reference"], state)
        await citizen.say(WORDS[language][2])
        assert words in citizen.said
        assert citizen.request["state"] == state
        if state != "to_complete":
            assert citizen.request["history"][-1]["reason"] == "Pièce illisible"


@pytest.mark.parametrize(("language", "words"), [("fr", "est en retard"), ("en", "is late")])
async def test_a_request_that_is_late_is_said_to_be_and_whom_to_contact(
    session: aiohttp.ClientSession, office: Casework, language: str, words: str
) -> None:
    citizen, receipt = await filed(session, language)
    await make_late(office, receipt["reference"])
    await citizen.say(WORDS[language][2])
    assert words in citizen.said
    assert "15/01/2026" in citizen.said


async def test_the_outcome_is_a_moment_of_its_own(
    session: aiohttp.ClientSession, service: Service, office: Casework
) -> None:
    citizen, receipt = await filed(session)
    await citizen.say("où en est ma demande ?")
    await decide(office, receipt["reference"], "accepted")
    await citizen.say("et maintenant, ma demande en est où ?")
    moments = [
        row["moment"]
        for row in service.rows("SELECT moment FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
    ]
    assert moments[-2:] == ["use", "outcome"]


@pytest.mark.parametrize(
    "said",
    [
        "j'ai la référence {} mais j'ai perdu le code",
        "où en est ma demande {} ? je n'ai plus le code",
        "my reference is {} but I lost the code",
    ],
)
async def test_who_has_the_reference_and_lost_the_code_is_not_asked_for_the_code(service: Service, said: str) -> None:
    async with aiohttp.ClientSession(service.url) as session:
        citizen = await Citizen.arrive(session, "en" if "my" in said else "fr")
        [answer] = await citizen.say(said.format(UNKNOWN))
        assert "input" not in answer, "nothing is awaited"
        assert answer["buttons"][0]["title"] in ("Parler à une personne", "Talk to a person")


@pytest.mark.parametrize("asked", ["où en est ma demande ?", f"où en est ma demande {UNKNOWN} ?"])
async def test_an_insult_while_reference_or_code_is_awaited_is_answered_as_one(service: Service, asked: str) -> None:
    async with aiohttp.ClientSession(service.url) as session:
        citizen = await Citizen.arrive(session, "fr")
        [question] = await citizen.say(asked)
        calm, again = await citizen.say("vous êtes nuls, bande d'incapables")
        assert "colère" in calm["text"]
        assert again["text"] == question["text"], "and what was awaited is asked again"
