"""What stays of a conversation: every turn with what was understood, and never what was answered to a request."""

import json
from datetime import datetime

import aiohttp

from tests.citizen import Citizen
from tests.journeys.player import SECRETS, begin, fill_in
from tests.service import Service


async def test_every_turn_is_logged_with_what_was_understood_and_done(citizen: Citizen, service: Service) -> None:
    await citizen.say("Quels papiers pour refaire mon passeport, et ça coûte combien ?")
    await citizen.say("et pour mon fils de 8 ans ?")
    await citizen.press("Délai")
    first, second, third = service.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY number", citizen.id)
    for turn in (first, second, third):
        assert turn["service"] == "passport"
        assert turn["moment"] == "information"
        assert 0 < turn["confidence"] <= 1
        assert turn["milliseconds"] > 0
        assert turn["model"].endswith(".tar.gz")
        assert (turn["language"], turn["fallback"]) == ("fr", 0)
        assert datetime.fromisoformat(turn["at"])
    assert [turn["number"] for turn in (first, second, third)] == [1, 2, 3]
    assert first["intent"] in ("ask_documents", "ask_price")
    assert {"entity": "facet", "value": "price"} in json.loads(first["entities"]) or first["intent"] == "ask_price"
    assert 0 < first["service_confidence"] <= 1
    alternatives = json.loads(first["alternatives"])
    assert 1 <= len(alternatives) <= 4
    assert all(set(each) == {"name", "confidence"} for each in alternatives)
    assert first["intent"] not in [each["name"] for each in alternatives]
    assert json.loads(first["actions"]) == ["action_answer"]
    assert {"entity": "age", "value": 8} in json.loads(second["entities"])
    assert (third["kind"], third["text"], third["intent"], third["confidence"]) == ("button", "Délai", "ask_delay", 1.0)


async def test_a_turn_in_which_the_assistant_was_not_sure_says_so(citizen: Citizen, service: Service) -> None:
    await citizen.say("combien coûte un permis de chasse ?")
    [turn] = service.rows("SELECT fallback, service FROM turns WHERE conversation_id = ?", citizen.id)
    assert turn == {"fallback": 1, "service": None}


async def test_personal_data_in_a_question_is_masked_before_it_is_written(citizen: Citizen, service: Service) -> None:
    await citizen.say("bonjour c'est pour un passeport, rappelez moi au 06 45 87 12 90 ou paul.durandal@exemple.fr")
    [turn] = service.rows("SELECT text FROM turns WHERE conversation_id = ?", citizen.id)
    assert turn["text"] == "bonjour c'est pour un passeport, rappelez moi au [téléphone] ou [e-mail]"
    assert "45 87 12 90" not in str(service.rows("SELECT * FROM messages WHERE conversation_id = ?", citizen.id))
    assert "durandal" not in str(service.rows("SELECT state FROM conversations WHERE id = ?", citizen.id))


async def test_what_is_answered_to_a_request_is_in_no_table_and_no_file(
    session: aiohttp.ClientSession, service: Service
) -> None:
    for language, title in (("fr", "Signaler un problème dans la rue"), ("en", "Birth certificate")):
        citizen = await Citizen.arrive(session, language)
        await begin(citizen, title, by_buttons=True)
        await fill_in(citizen)
        # Wrong answers, a correction and a question asked with an answer in it are personal too.
        await citizen.press({"fr": "Modifier", "en": "Change"}[language])
        await citizen.press({"fr": "E-mail", "en": "e-mail"}[language])
        await citizen.say("zephyrine.quatrebarbes arobase")
        await citizen.say("zephyrine.quatrebarbes@exemple.fr")
        await citizen.press({"fr": "Confirmer", "en": "Confirm"}[language])
        turns = service.rows("SELECT * FROM turns WHERE conversation_id = ?", citizen.id)
        answered = {turn["field"] for turn in turns if turn["field"]}
        assert "email" in answered
        assert all(turn["text"] == f"[réponse : {turn['field']}]" for turn in turns if turn["field"])
        assert citizen.request["access_code"] not in str(turns)

    tables = service.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {"turns", "messages", "requests", "feedback", "conversations"} <= {table["name"] for table in tables}
    for table in tables:
        kept = str(service.rows(f'SELECT * FROM "{table["name"]}"'))
        assert not [secret for secret in SECRETS if secret in kept], table["name"]
    files = [path for path in service.folder.rglob("*") if path.is_file() and "models" not in path.parts]
    files = [path for path in files if path.is_relative_to(service.data_dir)] + [service.log_path]
    assert service.data_dir / "guichet.db" in files
    for path in files:
        content = path.read_bytes()
        assert not [secret for secret in SECRETS if secret.encode() in content], path.name


async def test_the_log_of_the_service_holds_no_words_of_citizens(citizen: Citizen, service: Service) -> None:
    await citizen.say("mon beau-frère Théodule a perdu son passeport à Trifouillis")
    log = service.log()
    assert "Théodule" not in log
    assert "Trifouillis" not in log
    assert citizen.token not in log


async def test_the_citizen_reads_their_own_copy_and_can_erase_it(
    citizen: Citizen, service: Service, session: aiohttp.ClientSession
) -> None:
    await citizen.say("combien coûte un passeport pour un adulte ?")
    await citizen.press("Donner mon avis")
    await citizen.press("Très bien")
    copy = await citizen.copy()
    assert [message["sequence"] for message in copy] == list(range(1, len(copy) + 1))
    assert [message["text"] for message in copy if message["author"] == "citizen"] == [
        *("combien coûte un passeport pour un adulte ?", "Donner mon avis", "🙂 Très bien")
    ]
    receipt = await citizen.erase()
    assert (receipt["messages"], receipt["feedback"]) == (len(copy), 1)
    for table in ("turns", "messages", "buttons", "feedback"):
        assert service.rows(f"SELECT 1 FROM {table} WHERE conversation_id = ?", citizen.id) == []
    async with session.get(f"/api/conversations/{citizen.id}", headers=citizen.headers) as response:
        assert response.status == 401
