"""A citizen stops in the middle and goes on later: in the same conversation, or elsewhere with reference and code."""

import re

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.journeys.player import SECRETS, STREET, begin, fill_in
from tests.service import Service

WORDS = {
    "fr": ("Acte de naissance", "sauvegarder", "reprendre ma demande", "Suivre ma demande", "Reprendre la demande"),
    "en": ("Birth certificate", "save", "resume my request", "Track my request", "Go on with the request"),
}


async def save_in_the_middle(citizen: Citizen, language: str) -> tuple[str, str]:
    """Fill half a request in, save it, and return its reference and code."""
    title, save, *_ = WORDS[language]
    await begin(citizen, title, by_buttons=True)
    await fill_in(citizen, until="address")
    await citizen.say(save)
    reference, code = re.search(r"GU-\S+", citizen.said), re.search(r"\d{4}-\d{4}", citizen.said)
    assert reference, citizen.said
    assert code
    assert citizen.awaited is None
    return reference[0], code[0]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_saved_request_goes_on_in_the_same_conversation(session: aiohttp.ClientSession, language: str) -> None:
    citizen = await Citizen.arrive(session, language)
    await save_in_the_middle(citizen, language)
    await citizen.say({"fr": "au fait, combien coûte un passeport ?", "en": "how much is a passport?"}[language])
    await citizen.say(WORDS[language][2])
    assert citizen.awaited is not None
    assert citizen.awaited["field"] == "address"
    await fill_in(citizen)
    await citizen.press({"fr": "Confirmer", "en": "Confirm"}[language])
    assert citizen.request["state"] == "filed"


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_saved_request_goes_on_elsewhere_with_reference_and_code(
    session: aiohttp.ClientSession, service: Service, language: str
) -> None:
    at_home = await Citizen.arrive(session, language)
    reference, code = await save_in_the_middle(at_home, language)
    elsewhere = await Citizen.arrive(session, language)
    await elsewhere.press(WORDS[language][3])
    await elsewhere.say(f"{reference} {code}")
    assert elsewhere.request["state"] == "draft"
    await elsewhere.press(WORDS[language][4])
    assert elsewhere.awaited is not None
    assert elsewhere.awaited["field"] == "address"
    await fill_in(elsewhere)
    assert STREET in elsewhere.said
    assert "Quatrebarbes" in elsewhere.said, "what was answered before is kept"
    await elsewhere.press({"fr": "Confirmer", "en": "Confirm"}[language])
    assert elsewhere.request["reference"] == reference
    rows = service.rows("SELECT state FROM requests WHERE reference = ?", reference)
    assert [row["state"] for row in rows] == ["filed"]


async def test_a_citizen_who_comes_back_finds_the_question_where_it_was(citizen: Citizen) -> None:
    await begin(citizen, "Acte de naissance", by_buttons=True)
    await fill_in(citizen, until="birth_date")
    again = await citizen.returns()
    assert (await again.copy())[-1]["input"]["field"] == "birth_date"
    await again.say("19/03/1987")
    assert again.awaited is not None
    assert again.awaited["field"] == "birth_commune"


async def test_asking_again_for_a_service_that_was_begun_goes_on_with_it(citizen: Citizen, service: Service) -> None:
    await save_in_the_middle(citizen, "fr")
    await begin(citizen, "Acte de naissance", by_buttons=True)
    assert citizen.awaited is not None
    assert citizen.awaited["field"] == "address"
    assert len(service.rows("SELECT 1 FROM requests WHERE conversation_id = ?", citizen.id)) == 1


async def test_a_saved_request_is_not_readable_in_the_database(citizen: Citizen, service: Service) -> None:
    reference, code = await save_in_the_middle(citizen, "fr")
    for table in ("requests", "messages", "turns", "buttons", "conversations"):
        kept = str(service.rows(f"SELECT * FROM {table}"))
        assert code not in kept, table
        assert not any(secret in kept for secret in SECRETS), table
    assert (await citizen.copy())[-1]["text"].count(code) == 1, "only the citizen may read it again"
    assert reference


async def test_a_code_of_another_request_does_not_open_a_draft(session: aiohttp.ClientSession) -> None:
    one, other = await Citizen.arrive(session), await Citizen.arrive(session)
    reference, _ = await save_in_the_middle(one, "fr")
    _, code = await save_in_the_middle(other, "fr")
    stranger = await Citizen.arrive(session)
    await stranger.press("Suivre ma demande")
    await stranger.say(f"{reference} {code}")
    assert "ne vont pas ensemble" in stranger.said
    assert not any("request" in message for message in stranger.answer)
