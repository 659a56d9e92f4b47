"""The citizen in context: opened for a purpose that is kept, within one's offices; copy and erasure on demand."""

import json
import re
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text

from bot.catalogue.load import Catalogue
from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.casework import CITIZEN, Casework
from bot.requests.events import Item, Problem
from bot.requests.model import Request, State
from bot.requests.same_contact import SameContact
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from tests.console.colleague import Colleague
from tests.requests.conftest import AGENT

SignIn = Callable[..., Awaitable[Colleague]]
File = Callable[..., Awaitable[Request]]


@pytest.fixture
async def file(office_database: Database, cipher_of: Cipher, catalogue: Catalogue) -> File:
    store = RequestStore(office_database, cipher_of)

    async def file_one(
        email: str, service: str = "birth-certificate", conversation_id: str | None = None, **answers: str
    ) -> Request:
        draft = await store.start(service, "fr", conversation_id)
        await store.answer(draft.id, {"email": email, **answers})
        filed = await store.file(draft.id, 10)
        await SameContact(office_database, cipher_of, catalogue).note_new()
        return filed

    return file_one


async def _talk(database: Database, cipher: Cipher) -> str:
    conversations = ConversationStore(database, cipher)
    conversation_id, _, _ = await conversations.open("en", None, opening("en"))
    turn = Turn(conversation_id, "m1", "birth certificate", messages=[Message(Author.BOT, "Here is the form.")])
    turn.service = "birth-certificate"
    await conversations.record(turn, {}, language="en", logged_text="birth certificate")
    return conversation_id


async def _open(browser: Colleague, filed: Request, purpose: str = "decide", words: str = "") -> None:
    path = f"/console/requests/{filed.reference}/citizen"
    await browser.open(path)
    await browser.send(path, purpose=purpose, words=words)


async def test_nothing_is_shown_before_the_purpose_is_said_and_the_purpose_is_kept(
    colleague: SignIn, file: File
) -> None:
    first, second = await file("Rose.Purpose@exemple.fr"), await file("rose.purpose@exemple.fr")
    lea, ada = await colleague("lea"), await colleague("ada")
    path = f"/console/requests/{first.reference}/citizen"
    assert second.reference not in (await lea.open(path)).text
    assert (await lea.send(path, purpose="other", words="")).status == 422
    await lea.open(path)
    assert second.reference not in lea.page.text
    await lea.send(path, purpose="other", words="Appel de camille.lefevre@exemple.fr")
    assert second.reference in lea.page.text
    assert "Joignable parcourriel" in lea.page.words
    assert "purpose@exemple.fr" not in lea.page.text.lower(), "the address is no part of the page"
    await ada.open("/admin/audit?account=lea")
    assert "a ouvert le contexte" in ada.page.words
    assert "camille.lefevre" not in ada.page.text, "what is said there is masked"
    assert second.reference not in (await ada.open(path)).text, "the purpose of one opens nothing to another"


async def test_requests_of_one_contact_are_found_by_a_digest_and_others_are_not(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    conversation_id = await _talk(office_database, cipher_of)
    mine = await file("anna.one@exemple.fr")
    also = await file("ANNA.one@exemple.fr", conversation_id=conversation_id)
    other = await file("anna.two@exemple.fr")
    lea = await colleague("lea")
    await _open(lea, mine)
    assert also.reference in lea.page.text
    assert other.reference not in lea.page.text
    assert f"/console/transcripts/{conversation_id}" in lea.page.text
    assert "Anglais" in lea.page.words
    async with office_database.reading() as session:
        query = select(RequestRow.same_email, RequestRow.same_phone).where(RequestRow.id.in_([mine.id, also.id]))
        digests = (await session.execute(query)).all()
        rows = repr((await session.execute(text("SELECT * FROM requests"))).all())
    assert digests[0] == digests[1]
    assert re.fullmatch(r"\d{40}", digests[0][0] or "")
    assert digests[0][1] == ""
    assert "anna" not in rows.lower()


async def test_a_new_address_in_a_completed_request_finds_it_anew(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher, catalogue: Catalogue
) -> None:
    first, second = await file("paul.old@exemple.fr"), await file("paul.new@exemple.fr")
    casework = Casework(office_database, cipher_of)
    await casework.ask_completion(first.reference, AGENT, [Item(Problem.WRONG, field="email")])
    await casework.complete(first.reference, 0, "paul.new@exemple.fr")
    await SameContact(office_database, cipher_of, catalogue).note_new()
    lea = await colleague("lea")
    await _open(lea, second)
    assert first.reference in lea.page.text


async def test_what_other_offices_have_of_the_person_is_not_shown(colleague: SignIn, file: File) -> None:
    ours, theirs = await file("iris@exemple.fr"), await file("iris@exemple.fr", "domiciliation")
    lea, omar, agnes = await colleague("lea"), await colleague("omar"), await colleague("agnes")
    await _open(lea, ours)
    assert theirs.reference not in lea.page.text
    await _open(agnes, ours)
    assert theirs.reference in agnes.page.text
    for method in ("open", "send"):
        await omar.open("/console/account")
        shown = await getattr(omar, method)(f"/console/requests/{ours.reference}/citizen")
        assert shown.status == 404


async def test_a_copy_and_an_erasure_need_their_right_a_purpose_and_what_belongs_to_the_person(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    conversation_id = await _talk(office_database, cipher_of)
    over = await file("otto@exemple.fr", conversation_id=conversation_id, birth_name="Ottomar")
    open_one, stranger = await file("otto@exemple.fr"), await file("nobody@exemple.fr")
    await Casework(office_database, cipher_of).advance(over.reference, State.WITHDRAWN, CITIZEN)
    lea, ada = await colleague("lea"), await colleague("ada")
    path = f"/console/requests/{open_one.reference}/citizen"
    await _open(lea, open_one)
    assert f"{path}/copy" not in lea.page.text
    assert (await lea.open(f"{path}/copy")).status == 403
    assert (await ada.open(f"{path}/copy")).status == 403, "no purpose was said"
    await _open(ada, open_one, "rights")
    async with ada.client.get(f"{path}/copy") as response:
        assert response.headers["Content-Disposition"].startswith("attachment")
        copied = json.loads(await response.text())
    assert {each["reference"] for each in copied["copies"]} == {over.reference, open_one.reference, conversation_id}
    assert "Ottomar" in json.dumps(copied)
    await ada.open(path)
    assert (await ada.send(f"{path}/erase", erase=over.reference)).status == 422, "it was not confirmed"
    await ada.open(path)
    token = ("form", ada.form_token)
    given = [token, ("sure", "yes"), *(("erase", each.reference) for each in (over, open_one, stranger))]
    page = await ada.post(f"{path}/erase", given)
    assert "reçu E-" in page.words
    assert "Cette demande est en cours" in page.words
    store = RequestStore(office_database, cipher_of)
    assert (await store.by_reference(open_one.reference)).state is State.FILED
    assert (await store.by_reference(stranger.reference)).state is State.FILED, "it is somebody else's"
    assert (await ada.open(f"/console/requests/{over.reference}")).status == 404
    assert (await ada.open(f"/console/transcripts/{conversation_id}")).status == 404
    await ada.open("/admin/audit?account=ada")
    for words in ("a ouvert le contexte", "a copié", "a effacé"):
        assert words in ada.page.words


async def test_how_a_citizen_likes_to_be_spoken_to_is_known_from_a_request_and_kept_when_they_say_otherwise(
    colleague: SignIn, file: File, office_database: Database
) -> None:
    first = await file("prefers@exemple.fr")
    lea = await colleague("lea")
    await _open(lea, first)
    assert "Français, courriel d'après la dernière demande" in lea.page.words
    path = f"/console/requests/{first.reference}/citizen"
    shown = await lea.send(f"{path}/preference", **{"prefers-language": "en", "way": "letter"})
    assert "Anglais, courrier postal dit le" in shown.words
    later = await file("prefers@exemple.fr")
    await _open(lea, later)
    assert "Anglais, courrier postal dit le" in lea.page.words, "what they said counts before what is shown"
    assert "Préférences : Anglais, courrier postal" in (await lea.open(f"/console/requests/{first.reference}")).words


async def test_preferences_of_another_office_or_without_a_purpose_are_not_changed(
    colleague: SignIn, file: File
) -> None:
    filed = await file("quiet@exemple.fr")
    path = f"/console/requests/{filed.reference}/citizen/preference"
    wanted = {"prefers-language": "en", "way": "phone"}
    lea, omar = await colleague("lea"), await colleague("omar")
    for browser, status in ((lea, 403), (omar, 404)):
        await browser.open("/console/account")
        assert (await browser.send(path, **wanted)).status == status
    await _open(lea, filed)
    for wrong in ({"prefers-language": "xx"}, {"way": "pigeon"}, {"way": ""}):
        await lea.open(path.removesuffix("/preference"))
        assert (await lea.send(path, **wanted | wrong)).status == 422


async def test_a_preference_is_in_the_copy_and_goes_with_the_request(
    colleague: SignIn, file: File, office_database: Database
) -> None:
    filed = await file("copied@exemple.fr")
    ada = await colleague("ada")
    await _open(ada, filed)
    path = f"/console/requests/{filed.reference}/citizen"
    await ada.send(f"{path}/preference", **{"prefers-language": "en", "way": "phone"})
    copied = json.loads((await ada.open(f"{path}/copy")).text)["copies"][0]["requests"][0]
    assert (copied["preference"]["language"], copied["preference"]["way"]) == ("en", "phone")
    async with office_database.reading() as session:
        beside = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND sql LIKE '%prefers_%'"
        assert await session.scalar(text(beside)) == 1, "kept with the request and nowhere else"
