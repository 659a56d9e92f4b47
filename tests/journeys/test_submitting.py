"""A citizen files a request: every service of the catalogue that takes one, from its own questions, to the receipt."""

import re

import aiohttp
import pytest

from bot.catalogue.load import load_catalogue
from bot.catalogue.model import Service as PublicService
from bot.db import Database
from bot.privacy.encryption import open_cipher
from bot.requests.store import RequestStore
from bot.settings import Settings
from tests.citizen import Citizen, plain
from tests.journeys.player import SECRETS, begin, file_request, fill_in
from tests.service import ROOT, Service

SUBMITTABLE = load_catalogue(ROOT / "data").submittable
REFERENCE = re.compile(r"GU-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}")
ACCESS_CODE = re.compile(r"\d{4}-\d{4}")
PERSON = {"fr": "Parler à une personne", "en": "Talk to a person"}
CONFIRM = {"fr": ("Confirmer et envoyer", "confirmer"), "en": ("Confirm and send", "confirm")}
# Each service in both languages and both ways; one of them in every combination.
CASES = [(each, language, way) for each in SUBMITTABLE for language, way in (("fr", "text"), ("en", "buttons"))]
CASES += [(SUBMITTABLE[0], "fr", "buttons"), (SUBMITTABLE[0], "en", "text")]


def test_there_are_services_to_file() -> None:
    assert len(SUBMITTABLE) >= 5


@pytest.mark.parametrize(
    ("wanted", "language", "way"), CASES, ids=[f"{each.id}-{language}-{way}" for each, language, way in CASES]
)
async def test_a_request_is_filed_to_its_receipt(
    session: aiohttp.ClientSession, service: Service, wanted: PublicService, language: str, way: str
) -> None:
    citizen, by_buttons = await Citizen.arrive(session, language), way == "buttons"
    words = {"fr": "Je voudrais faire une demande", "en": "I would like to make a request"}[language]
    await begin(citizen, wanted.title[language], by_buttons=by_buttons, words=words)
    announced = int(re.search(r"(\d+) questions", citizen.said)[1])
    answered = await fill_in(citizen, by_buttons=by_buttons)
    assert len(answered) <= announced
    assert wanted.request is not None
    required = {field.id for field in wanted.request.fields if field.required and not field.only_if}
    assert required <= set(answered)

    # The summary shows all that was answered, before anything is sent.
    for field in wanted.request.fields:
        assert (plain(field.label[language]) in citizen.said) == (field.id in answered)
    assert not service.rows("SELECT 1 FROM requests WHERE conversation_id = ? AND state = 'filed'", citizen.id)

    await (citizen.press(CONFIRM[language][0]) if by_buttons else citizen.say(CONFIRM[language][1]))
    receipt = citizen.request
    assert REFERENCE.fullmatch(receipt["reference"])
    assert ACCESS_CODE.fullmatch(receipt["access_code"])
    assert receipt["state"] == "filed"
    assert [step["state"] for step in receipt["history"]] == ["draft", "filed"]
    assert receipt["due"]
    for part in (receipt["reference"], receipt["access_code"], plain(wanted.request.next_step[language])):
        assert part in citizen.said
    assert citizen.awaited is None

    [row] = service.rows("SELECT * FROM requests WHERE conversation_id = ?", citizen.id)
    assert (row["reference"], row["service"], row["state"]) == (receipt["reference"], wanted.id, "filed")
    assert not any(secret in str(row) for secret in SECRETS), "the answers are encrypted"


async def test_each_question_says_what_is_awaited_and_how_far_one_is(citizen: Citizen) -> None:
    await begin(citizen, "Acte de naissance", by_buttons=True)
    first = citizen.awaited
    assert first is not None
    assert (first["type"], first["required"], first["step"]) == ("choice", True, 1)
    assert [plain(choice["title"]) for choice in first["choices"]] == citizen.titles
    await fill_in(citizen, until="parents_names")
    passed = citizen.awaited
    assert passed is not None
    assert passed["required"] is False
    assert 1 < passed["step"] < passed["steps"]


async def test_a_request_can_be_asked_for_in_one_sentence(citizen: Citizen) -> None:
    await citizen.say("Bonjour, il y a un trou dans ma rue, je veux le signaler")
    assert citizen.awaited is not None
    assert "Signaler un problème dans la rue" in citizen.said


async def test_an_empty_draft_whose_engine_died_before_it_could_say_so_is_begun_with(
    citizen: Citizen, service: Service
) -> None:
    settings = Settings(data_dir=service.data_dir)
    database = Database(settings.database)
    left = await RequestStore(database, open_cipher(settings)).start("birth-certificate", "fr", citizen.id)
    await database.close()
    filed = await file_request(citizen, "Acte de naissance", "Confirmer")
    query = "SELECT reference, state FROM requests WHERE conversation_id = ?"
    assert service.rows(query, citizen.id) == [{"reference": left.reference, "state": "filed"}]
    assert filed["reference"] == left.reference


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_nobody_reads_a_list_of_thirty_requests_and_each_of_them_is_two_taps_away(
    session: aiohttp.ClientSession, language: str
) -> None:
    citizen = await Citizen.arrive(session, language)
    await citizen.say(citizen.welcome[-1]["buttons"][0]["payload"])
    titles = {plain(each.title[language]) for each in SUBMITTABLE}
    parts = citizen.buttons
    found = titles & set(citizen.titles)
    for part in parts:
        if plain(part["title"]) not in {*titles, PERSON[language]}:
            await citizen.say(part["payload"])
            assert len(citizen.titles) <= 12
            found |= set(citizen.titles) - {PERSON[language]}
    assert len(parts) <= 12
    assert found == titles


async def test_a_request_named_by_half_is_one_of_three_or_another(session: aiohttp.ClientSession) -> None:
    citizen = await Citizen.arrive(session, "fr")
    await citizen.say("je voudrais une copie de l'acte")
    assert "Acte de mariage (copie ou extrait)" in citizen.titles
    assert citizen.titles[3:] == ["Une autre demande", "Parler à une personne"]
    await citizen.press("Une autre demande")
    assert "Papiers et état civil" in citizen.titles
