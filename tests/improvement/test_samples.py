"""Weekly samples: what is drawn, who may judge it, and what one may know before both have."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update

from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.improvement.samples import EACH, Samples, Stratum, Verdict, week_of
from bot.improvement.tables import SampleRow, VerdictRow
from bot.privacy.encryption import Cipher
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.model import Face
from bot.satisfaction.tables import FeedbackRow

ZONE = "Europe/Paris"


def last_week() -> datetime:
    """Return this moment of last week, on the office's calendar: on Sunday at 23:30 in UTC, Monday has come there."""
    return datetime.now(ZoneInfo(ZONE)) - timedelta(days=7)


class Week:
    """Conversations of last week."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.database = database
        self._store = ConversationStore(database, cipher)

    async def conversation(
        self, *, at: datetime | None = None, confidence: float = 0.9, face: Face | None = None, left: bool = False
    ) -> str:
        at = (at or last_week()).astimezone(UTC)
        conversation_id, _, _ = await self._store.open("fr", None, opening("fr"))
        parse: dict[str, Any] = {"intent": {"name": "ask_price", "confidence": confidence}, "intent_ranking": []}
        turn = Turn(conversation_id, "m1", "combien", parse=parse, messages=[Message(Author.BOT, "cher")], model="m")
        await self._store.record(turn, {}, language="fr", logged_text="combien")
        async with self.database.writing() as session:
            here = ConversationRow.id == conversation_id
            await session.execute(update(ConversationRow).where(here).values(created_at=at))
            if face is not None:
                note = {"moment": "information", "subject": "", "note": face.note, "at": at, "demo": False}
                await session.execute(insert(FeedbackRow).values(conversation_id=conversation_id, **note))
            if left:
                await FactStore(self.database).add(session, [_abandonment(conversation_id, at)])
        return conversation_id

    async def drawn(self) -> dict[str, str]:
        async with self.database.reading() as session:
            rows = await session.execute(select(SampleRow.conversation_id, SampleRow.stratum))
            return {row.conversation_id: row.stratum for row in rows}


def _abandonment(conversation_id: str, at: datetime) -> Fact:
    return Fact(
        at=at,
        kind=Kind.SIGNAL,
        side=Side.CITIZEN,
        moment="submission",
        service=None,
        administration=None,
        channel="widget",
        language="fr",
        dimension="abandonment",
        value=1.0,
        scale="yes-no",
        conversation_id=conversation_id,
    )


@pytest.fixture
def week(database: Database, cipher: Cipher) -> Week:
    return Week(database, cipher)


@pytest.fixture
def samples(database: Database) -> Samples:
    return Samples(database, ZONE)


async def test_each_stratum_gives_its_share_and_no_conversation_is_drawn_twice(week: Week, samples: Samples) -> None:
    for _ in range(EACH + 2):
        await week.conversation(face=Face.BAD, confidence=0.2)  # of two strata: it is in the first
        await week.conversation(confidence=0.2)
        await week.conversation(left=True)
        await week.conversation(face=Face.GOOD)
    said = await samples.draw()
    drawn = await week.drawn()
    assert Counter(drawn.values()) == dict.fromkeys(Stratum, EACH)
    assert said == f"{4 * EACH} conversations drawn for {week_of(last_week().date())}"
    assert await samples.draw() == "", "once a week"
    assert await week.drawn() == drawn


async def test_only_the_week_before_is_drawn(week: Week, samples: Samples) -> None:
    old, young = await week.conversation(at=now() - timedelta(days=15)), await week.conversation(at=now())
    mine = await week.conversation()
    await samples.draw()
    assert set(await week.drawn()) == {mine}
    assert not {old, young} & set(await week.drawn())


async def test_nobody_sees_what_another_found_before_both_have_judged(week: Week, samples: Samples) -> None:
    one = await week.conversation()
    await samples.draw()
    await samples.judge(one, "tess", Verdict.BAD, "Le prix était faux, dit jean.dupont@exemple.fr")
    hidden = await samples.of(one, "quentin")
    assert (hidden.verdicts, hidden.count, hidden.differ) == ([], 1, False)
    assert [each.by for each in (await samples.of(one, "tess")).verdicts] == ["tess"]
    assert [each.verdicts for each in await samples.all("quentin")] == [[]]
    await samples.judge(one, "quentin", Verdict.GOOD, "")
    for reader in ("tess", "quentin", "ada"):
        shown = await samples.of(one, reader)
        assert {each.by: each.verdict for each in shown.verdicts} == {"tess": Verdict.BAD, "quentin": Verdict.GOOD}
        assert shown.differ
        assert "jean.dupont" not in shown.verdicts[0].note


async def test_one_judges_once_and_two_are_enough(week: Week, samples: Samples) -> None:
    one = await week.conversation()
    await samples.draw()
    await samples.judge(one, "tess", Verdict.BAD, "")
    with pytest.raises(Conflict):
        await samples.judge(one, "tess", Verdict.GOOD, "")
    await samples.judge(one, "ada", Verdict.BAD, "")
    with pytest.raises(Conflict):
        await samples.judge(one, "quentin", Verdict.GOOD, "")
    assert [each.verdict for each in (await samples.of(one, "ada")).verdicts] == [Verdict.BAD, Verdict.BAD]
    with pytest.raises(NotFound):
        await samples.judge("not-drawn", "tess", Verdict.GOOD, "")


async def test_three_who_judge_at_once_leave_two_verdicts(week: Week, samples: Samples) -> None:
    one = await week.conversation()
    await samples.draw()
    judged = await asyncio.gather(
        *(samples.judge(one, name, Verdict.GOOD, "") for name in ("tess", "ada", "quentin")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in judged) == ["Conflict", "NoneType", "NoneType"]
    assert (await samples.of(one, "ada")).done


async def test_agreement_is_told_for_each_two_people_and_for_all(week: Week, samples: Samples) -> None:
    ids = [await week.conversation() for _ in range(4)]
    async with week.database.writing() as session:
        drawn = {"week": "2026-W01", "stratum": "random", "drawn_at": now()}
        await session.execute(insert(SampleRow), [{"conversation_id": each} | drawn for each in ids])
    for each, first, second in zip(ids, "good good bad partly".split(), "good bad bad partly".split(), strict=True):
        await samples.judge(each, "tess", Verdict(first), "")
        if each != ids[-1]:
            await samples.judge(each, "ada", Verdict(second), "")
    found = await samples.agreements()
    assert set(found) == {("", ""), ("ada", "tess")}
    assert found["ada", "tess"].pairs == 3
    assert found["ada", "tess"].kappa == pytest.approx(0.4)
    assert found["", ""] == found["ada", "tess"]


async def test_a_sample_goes_with_its_conversation(week: Week, samples: Samples) -> None:
    one = await week.conversation()
    await samples.draw()
    await samples.judge(one, "tess", Verdict.BAD, "")
    async with week.database.writing() as session:
        await session.execute(delete(ConversationRow))
    async with week.database.reading() as session:
        assert (await session.execute(select(VerdictRow))).all() == []
    assert await week.drawn() == {}


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert week_of(date(2027, 1, 3)) == "2026-W53"
    assert week_of(date(2026, 11, 22)) == "2026-W47"
