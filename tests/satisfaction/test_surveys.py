"""The link in an e-mail: only ours opens, for a time, and it is answered once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.errors import NotFound
from bot.privacy.encryption import Cipher
from bot.requests.events import RequestEvent
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from bot.rights.erasure import erase
from bot.rights.holdings import Holdings
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.store import Subject
from bot.satisfaction.surveys import Surveys

URL = "https://guichet.ville.example"


@pytest.fixture
def surveys(database: Database, cipher: Cipher, catalogue: Catalogue) -> Surveys:
    return Surveys(database, cipher, catalogue, URL)


@pytest.fixture
async def filed(database: Database, cipher: Cipher) -> Request:
    store = RequestStore(database, cipher)
    draft = await store.start("birth-certificate", "fr", None)
    await store.file(draft.id, 10)
    return await store.get(draft.id)


def decided() -> RequestEvent:
    return RequestEvent(State.ACCEPTED, now())


async def _token(surveys: Surveys, request: Request, event: RequestEvent | None = None) -> str:
    link = await surveys.offer(request, event or decided())
    assert link.startswith(f"{URL}/plain/opinion/")
    return link.rpartition("/")[2]


async def test_a_link_opens_the_questions_of_its_request_and_moment(surveys: Surveys, filed: Request) -> None:
    survey = await surveys.open(await _token(surveys, filed))
    assert (survey.subject.request_id, survey.subject.moment, survey.rated) == (filed.id, Moment.OUTCOME, False)
    examined = RequestEvent(State.EXAMINED, now())
    assert (await surveys.open(await _token(surveys, filed, examined))).subject.moment == Moment.USE


async def test_a_link_that_was_changed_or_made_up_opens_nothing(surveys: Surveys, filed: Request) -> None:
    token = await _token(surveys, filed)
    for wrong in ("", "a.b", token[:-1] + str(9 - int(token[-1])), token.replace("outcome", "use"), "0" + token, "é.é"):
        with pytest.raises(NotFound):
            await surveys.open(wrong)


async def test_the_key_of_another_office_makes_no_link_here(
    surveys: Surveys, filed: Request, database: Database, catalogue: Catalogue
) -> None:
    other = Surveys(database, Cipher("A" * 43 + "="), catalogue, URL)
    with pytest.raises(NotFound):
        await surveys.open(other.token(filed.id, Moment.USE, now().date()))


async def test_a_link_ends(surveys: Surveys, filed: Request) -> None:
    today = now().date()
    assert await surveys.open(surveys.token(filed.id, Moment.OUTCOME, today))
    with pytest.raises(NotFound):
        await surveys.open(surveys.token(filed.id, Moment.OUTCOME, today - timedelta(days=1)))


async def test_a_link_is_used_up_by_its_answers(surveys: Surveys, filed: Request, database: Database) -> None:
    token = await _token(surveys, filed)
    survey = await surveys.open(token)
    assert await surveys.feedback.rate(survey.subject, Face.GOOD)
    assert not await surveys.feedback.rate(survey.subject, Face.BAD), "the face was given"
    survey = await surveys.open(token)
    assert survey.rated
    await surveys.feedback.answer(survey.subject, survey.left[0], survey.left[0].choices[0])
    assert (await surveys.open(token)).left == []
    async with database.reading() as session:
        rows = list(await session.scalars(select(FactRow).order_by(FactRow.id)))
    assert [(row.dimension, row.value, row.channel) for row in rows] == [
        ("asked", 1, "email"), ("satisfaction", 10, "email"), ("clarity", 1, "email"),
    ]  # fmt: skip


async def test_a_mail_that_is_sent_again_has_its_link_and_no_other_mail_has_one(
    surveys: Surveys, filed: Request
) -> None:
    event = decided()
    assert await surveys.offer(filed, event) == await surveys.offer(filed, event) != ""
    assert await surveys.offer(filed, decided()) == "", "asked once about this moment"


async def test_what_was_asked_in_the_chat_is_not_asked_by_mail(surveys: Surveys, filed: Request) -> None:
    await surveys.feedback.ask(Subject("c1", Moment.OUTCOME, request_id=filed.id))
    assert await surveys.offer(filed, decided()) == ""


@pytest.mark.parametrize("state", [State.FILED, State.TO_COMPLETE, State.WITHDRAWN])
async def test_news_that_close_no_moment_ask_nothing(surveys: Surveys, filed: Request, state: State) -> None:
    assert await surveys.offer(filed, RequestEvent(state, now())) == ""


async def test_without_a_public_address_no_link_is_made(
    filed: Request, database: Database, cipher: Cipher, catalogue: Catalogue
) -> None:
    assert await Surveys(database, cipher, catalogue).offer(filed, decided()) == ""


async def test_the_link_of_an_erased_request_opens_nothing(
    surveys: Surveys, filed: Request, holdings: Holdings
) -> None:
    token = await _token(surveys, filed)
    await erase(holdings, filed.reference, under_way_too=True)
    with pytest.raises(NotFound):
        await surveys.open(token)
