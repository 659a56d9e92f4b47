"""Requests to process: what is late first, one request with its answers, and what the office does with it."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import text, update

from bot.conversations.model import Author, Message, Moment
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.casework import CITIZEN, Casework
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from bot.satisfaction.model import Face
from bot.satisfaction.store import FeedbackStore, Subject
from tests.console.colleague import Colleague
from tests.requests.samples import PDF

SignIn = Callable[..., Awaitable[Colleague]]
File = Callable[..., Awaitable[Request]]


@pytest.fixture
async def file(office_database: Database, cipher_of: Cipher) -> File:
    store = RequestStore(office_database, cipher_of)

    async def file_one(service: str = "birth-certificate", delay: int = 10) -> Request:
        draft = await store.start(service, "fr", None)
        await store.answer(draft.id, {"birth_name": "Quatrebarbes <b>", "email": "z@exemple.fr"})
        return await store.file(draft.id, delay)

    return file_one


async def test_the_inbox_begins_with_what_is_late(colleague: SignIn, file: File) -> None:
    later, late = await file(delay=20), await file(delay=-1)
    lea = await colleague("lea")
    page = (await lea.open("/console/requests")).text
    assert page.index(late.reference) < page.index(later.reference)
    assert "en retard" in lea.page.words
    page = (await lea.open("/console/requests?late=1")).text
    assert late.reference in page
    assert later.reference not in page


async def test_a_request_of_another_office_does_not_exist(colleague: SignIn, file: File) -> None:
    filed = await file()
    omar = await colleague("omar")
    assert filed.reference not in (await omar.open("/console/requests?state=all")).text
    path = f"/console/requests/{filed.reference}"
    assert (await omar.open(path)).status == 404
    for action in ("advance", "completion", "message"):
        await omar.open("/console/account")
        assert (await omar.send(f"{path}/{action}", to="accepted", text="x", follow=False)).status == 404


async def test_a_draft_is_not_the_offices_business(
    colleague: SignIn, office_database: Database, cipher_of: Cipher
) -> None:
    draft = await RequestStore(office_database, cipher_of).start("birth-certificate", "fr", None)
    lea = await colleague("lea")
    assert (await lea.open(f"/console/requests/{draft.reference}")).status == 404


async def test_answers_are_read_and_that_they_were_is_kept(colleague: SignIn, file: File) -> None:
    filed = await file()
    lea, ada = await colleague("lea"), await colleague("ada")
    await lea.open(f"/console/requests/{filed.reference}")
    assert "Quatrebarbes <b>" in lea.page.words
    assert "Quatrebarbes <b>" not in lea.page.text
    await ada.open("/admin/audit?account=lea")
    assert f"a ludemande {filed.reference}" in ada.page.words.replace("\n", "")


async def test_a_refusal_needs_its_reason_and_the_citizen_will_read_it(colleague: SignIn, file: File) -> None:
    filed = await file()
    path = f"/console/requests/{filed.reference}"
    lea = await colleague("lea")
    await lea.open(path)
    refused = await lea.send(f"{path}/advance", to="refused", reason="")
    assert refused.status == 422
    assert "Écrivez la raison" in refused.words
    await lea.open(path)
    await lea.send(f"{path}/advance", to="refused", reason="L'acte n'est pas dans nos registres.")
    assert "refusée" in lea.page.words
    assert "pas dans nos registres" in lea.page.words


async def test_a_decision_brings_a_document_an_appointment_and_a_payment(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    filed = await file()
    path = f"/console/requests/{filed.reference}"
    lea, omar = await colleague("lea"), await colleague("omar")
    await lea.open(path)

    def decision(document: bytes, to: str) -> aiohttp.FormData:
        form = aiohttp.FormData()
        given = {"to": to, "at": "2027-01-12T09:30", "place": "Guichet 2", "amount": "12,5", "expected": "2027-02-01"}
        for name, value in given.items() | {("form", lea.form_token)}:
            form.add_field(name, value)
        form.add_field("document", document, filename="acte.pdf", content_type="application/pdf")
        return form

    assert (await lea.post(f"{path}/advance", decision(b"MZ", "accepted"))).status == 422
    await lea.open(path)
    assert (await lea.post(f"{path}/advance", decision(PDF, "refused"))).status == 422, "a reason is owed"
    await lea.open(path)
    await lea.post(f"{path}/advance", decision(PDF, "accepted"))
    [link] = lea.page.links(f"{path}/files/")
    assert "Rendez-vous le 12/01/2027 à 09:30 : Guichet 2" in lea.page.words
    assert "Versement à venir : 12,50 €, à partir du 01/02/2027" in lea.page.words
    outcome = (await RequestStore(office_database, cipher_of).by_reference(filed.reference)).history[-1].outcome
    assert outcome["appointment"] == {"at": "2027-01-12T09:30:00+01:00", "place": "Guichet 2"}
    assert outcome["payment"] == {"amount": 12.5, "expected": "2027-02-01"}
    assert outcome["document"]["name"] == "acte.pdf"
    async with lea.client.get(link) as response:
        assert await response.read() == PDF
    assert (await omar.open(link)).status == 404
    async with office_database.reading() as session:
        documents = "SELECT count(*) FROM request_files WHERE field = '@document'"
        assert (await session.execute(text(documents))).scalar_one() == 1, "a refused decision leaves none behind"


async def test_what_is_missing_is_asked_for_and_messages_are_exchanged(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    filed = await file()
    path = f"/console/requests/{filed.reference}"
    await Casework(office_database, cipher_of).send_message(filed.reference, CITIZEN, "Où en êtes-vous ?")
    lea = await colleague("lea")
    await lea.open("/console/requests?unread=1")
    assert filed.reference in lea.page.text
    await lea.open(path)
    assert "Où en êtes-vous ?" in lea.page.words
    assert "nouveau" in lea.page.words
    await lea.send(f"{path}/message", text="Nous regardons cela demain.")
    fields = {"item": "birth_name", "problem-birth_name": "unreadable", "note-birth_name": "tel que sur l'acte"}
    await lea.send(f"{path}/completion", other="Justificatif de domicile", **fields)
    assert "à compléter" in lea.page.words
    assert "illisible, tel que sur l'acte" in lea.page.words
    assert "Justificatif de domicile" in lea.page.words
    assert filed.reference not in (await lea.open("/console/requests?unread=1")).text


@pytest.mark.parametrize("query", ["after=x", "state=nowhere", "service=moon", "order=x&late=1&unread=1"])
async def test_an_address_that_makes_no_sense_still_shows_a_list(colleague: SignIn, query: str) -> None:
    lea = await colleague("lea")
    assert (await lea.open(f"/console/requests?{query}")).status == 200


async def test_several_are_processed_together_after_a_look_at_what_will_happen(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    first, second, over = await file(), await file(), await file()
    casework = Casework(office_database, cipher_of)
    await casework.advance(over.reference, State.WITHDRAWN, CITIZEN)
    lea, ada = await colleague("lea"), await colleague("ada")
    await lea.open("/console/requests")
    chosen = [each.reference for each in (first, second, over)]
    words = "La démarche est close depuis le 1er juillet."
    form = [("form", lea.form_token), ("deed", "refused"), ("words", words), *(("reference", each) for each in chosen)]
    page = await lea.post("/console/requests/bulk?service=birth-certificate", form)
    assert "Seront changées : 2. Refusées : 1." in page.words
    assert "Son état ne le permet pas." in page.words
    assert (await RequestStore(office_database, cipher_of).get(first.id)).state is State.FILED, "nothing is done yet"
    seen = re.findall(r'name="reference" value="([^"]+:\d+)"', page.text)
    assert len(seen) == 2
    confirm = [("form", lea.form_token), ("deed", "refused"), ("words", words), *(("reference", each) for each in seen)]
    await casework.send_message(second.reference, CITIZEN, "Attendez !")
    for _ in range(2):
        page = await lea.post("/console/requests/bulk/confirm?service=birth-certificate", confirm)
        assert "Fait : 1. Refusé : 1." in page.words
        assert "Quelque chose s'est passé depuis" in page.words
    assert len([each for each in await casework.history(first.reference) if each.state is State.REFUSED]) == 1
    await ada.open("/admin/audit?account=lea")
    assert ada.page.text.count("together: refused") == 1
    assert "service=birth-certificate" in page.links("/console/requests?")[0], "back to the same list"


async def test_of_another_office_nothing_can_be_chosen(colleague: SignIn, file: File) -> None:
    filed = await file()
    omar = await colleague("omar")
    for path, reference in (("bulk", filed.reference), ("bulk/confirm", f"{filed.reference}:2")):
        await omar.open("/console/requests")
        await omar.open("/console/account")
        answer = await omar.send(f"/console/requests/{path}", deed="accepted", reference=reference)
        assert answer.status == 404


@pytest.mark.parametrize(
    "fields",
    [{}, {"deed": "accepted"}, {"deed": "withdrawn", "reference": "x"}, {"deed": "accepted", "reference": "x:y"}],
)
async def test_a_choice_that_makes_no_sense_is_refused_in_words(colleague: SignIn, fields: dict[str, str]) -> None:
    lea = await colleague("lea")
    for path in ("bulk", "bulk/confirm"):
        await lea.open("/console/account")
        answer = await lea.send(f"/console/requests/{path}", **fields)
        assert answer.status in (404, 422)
        assert answer.words


async def test_the_filter_of_deadline_and_age_stays_in_the_address(
    colleague: SignIn, file: File, office_database: Database
) -> None:
    late, soon, later, old = await file(delay=-1), await file(delay=3), await file(delay=30), await file(delay=60)
    async with office_database.writing() as session:
        long_ago = now() - timedelta(days=40)
        await session.execute(update(RequestRow).where(RequestRow.id == old.id).values(filed_at=long_ago))
    lea = await colleague("lea")
    for query, shown in (
        ("deadline=late", [late]),
        ("deadline=week", [late, soon]),
        ("age=month", [old]),
        ("age=new", [late, soon, later]),
        ("deadline=late&age=new", [late]),
    ):
        page = (await lea.open(f"/console/requests?{query}&state=open")).text
        everyone = (late, soon, later, old)
        assert {each.reference for each in everyone if each.reference in page} == {each.reference for each in shown}
        [link] = lea.page.links(f"/console/requests/{late.reference}") or [query]
        assert query.replace("&", "&amp;") in link


async def test_one_goes_from_a_decision_to_the_next_request_of_the_list(colleague: SignIn, file: File) -> None:
    first, second = await file("birth-certificate", -300), await file("birth-certificate", -200)
    lea = await colleague("lea")
    await lea.open(f"/console/requests/{first.reference}?deadline=late")
    assert f"/console/requests/{second.reference}?deadline=late" in lea.page.text
    await lea.send(f"/console/requests/{first.reference}/advance?deadline=late", to="accepted", then="next")
    assert lea.page.path.startswith(f"/console/requests/{second.reference}?deadline=late")


async def test_the_page_of_a_request_shows_its_conversation_masked_and_what_was_said_of_it(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    conversations = ConversationStore(office_database, cipher_of)
    conversation_id, _, _ = await conversations.open("fr", None, opening("fr"))
    turn = Turn(conversation_id, "m1", "Je suis Camille", messages=[Message(Author.BOT, "Voici le formulaire.")])
    await conversations.record(turn, {}, language="fr", logged_text="Je suis [nom]")
    filed = await file()
    await RequestStore(office_database, cipher_of).adopt(filed.id, conversation_id)
    feedback = FeedbackStore(office_database)
    subject = Subject(None, Moment.SUBMISSION, "birth-certificate", filed.id)
    await feedback.rate(subject, Face.MIXED)
    await feedback.comment(subject, "Un peu long")
    lea = await colleague("lea")
    page = await lea.open(f"/console/requests/{filed.reference}")
    for words in ("Je suis [nom]", "Voici le formulaire.", "5 sur 10", "Un peu long"):
        assert words in page.words
    assert f"/console/transcripts/{conversation_id}" in page.text


async def test_what_is_written_is_inert_on_the_pages_of_several_requests_and_of_one(
    colleague: SignIn, file: File, office_database: Database
) -> None:
    attack = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>'
    filed = await file()
    await FeedbackStore(office_database).rate(Subject(None, Moment.USE, "birth-certificate", filed.id), Face.BAD)
    await FeedbackStore(office_database).comment(Subject(None, Moment.USE, "birth-certificate", filed.id), attack)
    lea = await colleague("lea")
    await lea.open("/console/requests")
    await lea.send("/console/requests/bulk", deed="message", words=attack, reference=filed.reference)
    assert attack in lea.page.words
    pages = [lea.page.text]
    await lea.send("/console/requests/bulk/confirm", deed="message", words=attack, reference=f"{filed.reference}:2")
    pages.append((await lea.open(f"/console/requests/{filed.reference}?service={attack}&order={attack}")).text)
    assert lea.page.words.count(attack) == 2, "the message and what was said of it"
    pages.append((await lea.open(f"/console/requests?deadline={attack}&age={attack}&state={attack}")).text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
