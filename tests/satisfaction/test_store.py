"""The scoring store: one row for each answer that was really given, with what it speaks of."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.model import Moment
from bot.db import Database, now
from bot.satisfaction.erasure import unlink
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.questionnaire import questions
from bot.satisfaction.ratings import rated
from bot.satisfaction.store import COMMENT_LIMIT, FeedbackStore, Subject, channel_of
from bot.satisfaction.tables import FeedbackRow

FILING = Subject("c1", Moment.SUBMISSION, "birth-certificate", "request-1")


@pytest.fixture
def store(database: Database) -> FeedbackStore:
    return FeedbackStore(database)


async def _rows(database: Database) -> list[Any]:
    async with database.reading() as session:
        return list((await session.scalars(select(FeedbackRow).order_by(FeedbackRow.id))).all())


async def test_a_note_is_stored_with_its_moment_service_conversation_and_time(
    store: FeedbackStore, database: Database
) -> None:
    before = now()
    assert await store.rate(FILING, Face.GOOD)
    (row,) = await _rows(database)
    assert (row.conversation_id, row.moment, row.service, row.subject) == (
        "c1", "submission", "birth-certificate", "request-1",
    )  # fmt: skip
    assert (row.note, row.comment) == (10, None)
    assert before <= row.at <= now()


@pytest.mark.parametrize(("face", "note"), [(Face.BAD, 0), (Face.MIXED, 5), (Face.GOOD, 10)])
async def test_a_face_is_its_official_note(store: FeedbackStore, database: Database, face: Face, note: int) -> None:
    await store.rate(FILING, face)
    assert [row.note for row in await _rows(database)] == [note]


def test_there_are_three_faces_and_no_more() -> None:
    assert [face.note for face in Face] == [0, 5, 10]


async def test_silence_has_no_row(store: FeedbackStore, database: Database) -> None:
    assert not await store.is_rated(FILING)
    await store.comment(FILING, "des mots sans note")
    assert await _rows(database) == []


async def test_a_second_answer_about_the_same_moment_replaces_the_first(
    store: FeedbackStore, database: Database
) -> None:
    assert await store.rate(FILING, Face.GOOD)
    assert not await store.rate(FILING, Face.BAD)
    assert [row.note for row in await _rows(database)] == [0]


async def test_the_same_face_tapped_ten_times_at_once_is_one_row(store: FeedbackStore, database: Database) -> None:
    first = await asyncio.gather(*(store.rate(FILING, Face.MIXED) for _ in range(10)))
    assert first.count(True) == 1
    assert [row.note for row in await _rows(database)] == [5]


async def test_other_moments_requests_and_conversations_have_rows_of_their_own(
    store: FeedbackStore, database: Database
) -> None:
    for subject in (
        FILING,
        Subject("c1", Moment.USE, "birth-certificate", "request-1"),
        Subject("c1", Moment.SUBMISSION, "birth-certificate", "request-2"),
        Subject("c1", Moment.INFORMATION, "birth-certificate"),
        Subject("c2", Moment.INFORMATION, None),
    ):
        assert not await store.is_rated(subject)
        assert await store.rate(subject, Face.GOOD)
        assert await store.is_rated(subject)
    assert len(await _rows(database)) == 5


async def test_a_comment_joins_its_note_and_is_masked(store: FeedbackStore, database: Database) -> None:
    await store.rate(FILING, Face.BAD)
    await store.comment(FILING, "Trop long, rappelez-moi au 06 12 34 56 78 ou camille@exemple.fr")
    (row,) = await _rows(database)
    assert row.comment == "Trop long, rappelez-moi au [téléphone] ou [e-mail]"
    assert row.note == 0


async def test_a_long_comment_is_masked_before_it_is_cut(store: FeedbackStore, database: Database) -> None:
    await store.rate(FILING, Face.BAD)
    await store.comment(FILING, "x" * (COMMENT_LIMIT - 12) + " 06 12 34 56 78 " + "y" * 100)
    (row,) = await _rows(database)
    assert "06 12" not in row.comment
    assert len(row.comment) <= COMMENT_LIMIT


async def test_a_comment_speaks_of_its_own_moment_only(store: FeedbackStore, database: Database) -> None:
    await store.rate(FILING, Face.GOOD)
    await store.rate(Subject("c1", Moment.USE, "birth-certificate", "request-1"), Face.BAD)
    await store.comment(FILING, "Parfait")
    assert [row.comment for row in await _rows(database)] == ["Parfait", None]


async def test_an_erased_conversation_leaves_notes_that_belong_to_nobody_and_no_words(
    store: FeedbackStore, database: Database
) -> None:
    about_use, of_another = Subject("c1", Moment.USE), Subject("c2", Moment.USE)
    for subject in (FILING, about_use, of_another):
        await store.rate(subject, Face.GOOD)
        await store.comment(subject, "Parfait")
    async with database.writing() as session:
        assert await unlink(session, ["c1"], erase_words=True) == 2
    left = [(row.conversation_id, row.subject, row.comment, row.note) for row in await _rows(database)]
    assert sorted(left, key=str) == [("c2", "", "Parfait", 10), (None, "", None, 10), (None, "", None, 10)]
    async with database.writing() as session:
        assert await unlink(session, ["c1"], erase_words=True) == 0


async def test_rated_conversations_are_found_by_their_faces(store: FeedbackStore, database: Database) -> None:
    for conversation_id, face in (("c1", Face.GOOD), ("c2", Face.BAD), ("c3", Face.MIXED)):
        await store.rate(Subject(conversation_id, Moment.USE), face)
    async with database.reading() as session:
        assert set(await session.scalars(rated())) == {"c1", "c2", "c3"}
        assert set(await session.scalars(rated([Face.BAD, Face.MIXED]))) == {"c2", "c3"}


async def _facts(database: Database) -> list[tuple[str, float, str]]:
    async with database.reading() as session:
        rows = await session.scalars(select(FactRow).order_by(FactRow.id))
        return [(row.dimension, row.value, row.scale) for row in rows]


async def test_an_answer_and_its_fact_are_written_together_with_what_they_speak_of(
    store: FeedbackStore, database: Database
) -> None:
    await store.rate(replace(FILING, administration="town-hall", language="en", model="m1"), Face.MIXED)
    async with database.reading() as session:
        (fact,) = await session.scalars(select(FactRow))
    assert (fact.dimension, fact.value, fact.scale, fact.kind, fact.side) == (
        "satisfaction", 5, "0-10", "answer", "citizen",
    )  # fmt: skip
    assert (fact.moment, fact.service, fact.administration, fact.language, fact.model) == (
        "submission", "birth-certificate", "town-hall", "en", "m1",
    )  # fmt: skip
    assert (fact.conversation_id, fact.request_id, fact.demo) == ("c1", "request-1", False)


async def test_a_changed_face_is_one_fact(store: FeedbackStore, database: Database) -> None:
    await asyncio.gather(*(store.rate(FILING, face) for face in [*Face] * 3))
    await store.rate(FILING, Face.BAD)
    assert await _facts(database) == [("satisfaction", 0, "0-10")]


async def test_a_question_answered_again_says_the_last_answer_only(store: FeedbackStore, database: Database) -> None:
    clarity, help_, reached, resolved, *_ = questions("request-1", Moment.SUBMISSION)
    for question, keys in ((clarity, ("2", "4")), (help_, ("found", "not_found")), (reached, ("not_tried",))):
        for key in keys:
            choice = question.choice(key)
            assert choice is not None
            await store.answer(FILING, question, choice)
    assert await _facts(database) == [
        ("clarity", 4, "1-5"), ("help_tried", 1, "yes-no"), ("help_found", 0, "yes-no"),
    ]  # fmt: skip
    assert await store.said(FILING) == {"clarity", "help_tried", "help_found"}
    assert resolved.id == "resolved"


async def test_a_moment_is_asked_about_once_whether_it_is_answered_or_not(
    store: FeedbackStore, database: Database
) -> None:
    assert await store.ask(FILING)
    assert not await store.ask(FILING)
    assert not await store.ask(replace(FILING, conversation_id="c2")), "the same request, in another conversation"
    assert await store.ask(replace(FILING, moment=Moment.OUTCOME))
    assert await store.ask(replace(FILING, request_id="request-2"))
    talk = Subject("c1", Moment.INFORMATION)
    assert await store.ask(talk)
    assert not await store.ask(talk)
    assert await store.ask(replace(talk, conversation_id="c2"))
    assert [dimension for dimension, _, _ in await _facts(database)] == ["asked"] * 5


async def test_what_was_answered_unasked_is_not_asked(store: FeedbackStore) -> None:
    await store.rate(FILING, Face.GOOD)
    assert not await store.ask(replace(FILING, conversation_id="c2"))
    assert await store.is_rated(replace(FILING, conversation_id="c2"))


async def test_an_erasure_takes_both_links_from_the_facts(store: FeedbackStore, database: Database) -> None:
    await store.ask(FILING)
    await store.rate(FILING, Face.GOOD)
    async with database.writing() as session:
        await unlink(session, request_ids=["request-1"], erase_words=True)
    async with database.reading() as session:
        rows = list(await session.scalars(select(FactRow)))
    assert [(row.conversation_id, row.request_id, row.value) for row in rows] == [(None, None, 1), (None, None, 10)]


@pytest.mark.parametrize(
    ("origin", "channel"), [(None, "api"), ("plain", "plain"), ("https://www.ville.example", "widget")]
)
def test_the_channel_is_told_by_where_the_conversation_came_from(origin: str | None, channel: str) -> None:
    assert channel_of(origin) == channel
