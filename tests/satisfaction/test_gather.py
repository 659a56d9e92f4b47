"""The log becomes signals, each once, whoever runs the job and however often."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from bot.catalogue.load import Catalogue
from bot.conversations.erasure import erase
from bot.conversations.handoff_tables import HandoffEventRow, HandoffRow
from bot.conversations.model import Author, Message, Moment
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import TurnRow
from bot.conversations.turn import Turn
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author as CaseAuthor
from bot.requests.casework import Casework
from bot.requests.events import Item, Problem
from bot.requests.lifecycle import Actor
from bot.requests.model import Request, State
from bot.requests.recontact import Contacts
from bot.requests.store import RequestStore
from bot.requests.tables import ContactRow, RequestEventRow, RequestRow
from bot.rights.erasure import erase as erase_subject
from bot.rights.holdings import Holdings
from bot.satisfaction import gather
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.gather import Gathering

AGENT = CaseAuthor(Actor.AGENT, "agent")
ASKED = {"extras": {"input": {"field": "birth_date", "type": "date"}}}


class Past:
    """An office with a past: what is written here happened some time ago."""

    def __init__(self, database: Database, cipher: Cipher, catalogue: Catalogue) -> None:
        self.database = database
        self.conversations = ConversationStore(database, cipher)
        self.requests, self.casework = RequestStore(database, cipher), Casework(database, cipher)
        self.gathering = Gathering(database, catalogue)

    async def arrive(self, origin: str | None = "https://www.ville.example") -> str:
        return (await self.conversations.open("fr", origin, opening("fr")))[0]

    async def say(self, conversation_id: str, text: str, ago: timedelta, **more: Any) -> None:
        parse = {
            "intent": {"name": more.pop("intent", "ask_price"), "confidence": 1.0},
            "actions": more.pop("actions", []),
        }
        answer = Message(Author.BOT, "86 €", extras=more.pop("extras", {}))
        turn = Turn(conversation_id, f"{text} {ago}", "", parse=parse, messages=[answer], model="m1", **more)
        await self.conversations.record(turn, {}, language="fr", logged_text=text, at=now() - ago)

    async def file(self, conversation_id: str | None = None) -> Request:
        draft = await self.requests.start("birth-certificate", "fr", conversation_id)
        await self.requests.file(draft.id, 10)
        return await self.requests.get(draft.id)

    async def age(self, table: Any, ago: timedelta, column: str = "at") -> None:
        async with self.database.writing() as session:
            await session.execute(update(table).values({column: now() - ago}))

    async def facts(self, *dimensions: str) -> list[FactRow]:
        async with self.database.reading() as session:
            query = select(FactRow).order_by(FactRow.id)
            rows = await session.scalars(query.where(FactRow.dimension.in_(dimensions)) if dimensions else query)
            return list(rows)

    async def values(self, *dimensions: str) -> list[tuple[str, float]]:
        return sorted((row.dimension, row.value) for row in await self.facts(*dimensions))


@pytest.fixture
def past(database: Database, cipher: Cipher, catalogue: Catalogue) -> Past:
    return Past(database, cipher, catalogue)


HOURS = timedelta(hours=1)


async def test_a_visit_that_is_over_becomes_signals_with_what_they_speak_of(past: Past) -> None:
    c = await past.arrive()
    await past.say(c, "j'ai paumé mes fafs", 3 * HOURS, fallback=True)
    about = {"service": "birth-certificate", "moment": Moment.SUBMISSION}
    await past.say(c, "acte de naissance", 2.9 * HOURS, actions=["request_form"], extras=ASKED["extras"], **about)
    await past.gathering.run()
    found = {row.dimension: row for row in await past.facts()}
    assert {name: row.value for name, row in found.items() if name != "time_to_answer"} == {
        "turns": 2, "fallback": 1, "rephrasing": 1, "repetition": 0, "handoff_asked": 0, "distress": 0,
        "abandonment": 1, "abandoned_at:birth_date": 1,
    }  # fmt: skip
    row = found["fallback"]
    assert (row.service, row.administration, row.moment, row.channel, row.language, row.model) == (
        "birth-certificate", past.gathering._catalogue.services["birth-certificate"].administration,
        "submission", "widget", "fr", "m1",
    )  # fmt: skip
    assert (row.kind, row.side, row.conversation_id) == ("signal", "citizen", c)


async def test_a_visit_that_goes_on_waits_and_is_then_counted_whole_and_once(past: Past) -> None:
    c = await past.arrive()
    await past.say(c, "bonjour", timedelta(minutes=50))
    await past.say(c, "encore là", timedelta(minutes=25))
    await past.gathering.run()
    assert await past.values() == []
    await past.say(c, "toujours là", timedelta(minutes=0))
    await past.gathering.run()
    assert await past.values() == []


async def test_two_visits_of_a_conversation_are_two(past: Past) -> None:
    c = await past.arrive()
    for ago in (5 * HOURS, 4.9 * HOURS, 2 * HOURS):
        await past.say(c, f"il y a {ago}", ago)
    await past.gathering.run()
    assert await past.values("turns") == [("turns", 1), ("turns", 2)]


async def test_a_job_run_again_or_twice_at_once_counts_nothing_twice(past: Past) -> None:
    for ago in range(2, 8):
        await past.say(await past.arrive(), "bonjour", ago * HOURS)
    await asyncio.gather(past.gathering.run(), past.gathering.run())
    await past.gathering.run()
    assert await past.values("turns") == [("turns", 1)] * 6


async def test_a_visit_settles_its_matter_when_nobody_came_again_for_seven_days(past: Past) -> None:
    back, settled = await past.arrive(), await past.arrive()
    day = 24 * HOURS
    await past.say(back, "un", 12 * day, service="passport")
    await past.say(settled, "un", 11 * day, service="passport")
    await past.say(back, "deux", 10 * day, service="passport")
    await past.say(settled, "deux", 1 * day, service="passport")
    await past.gathering.run()
    facts = sorted((row.conversation_id, row.at, row.value) for row in await past.facts("resolved_without_recontact"))
    assert [value for conversation_id, _, value in facts if conversation_id == back] == [0, 1]
    assert [value for conversation_id, _, value in facts if conversation_id == settled] == [1]


async def test_who_asks_elsewhere_after_their_request_was_not_settled_for_good(
    past: Past, catalogue: Catalogue, cipher: Cipher
) -> None:
    day = 24 * HOURS
    asks_again, waits, asks_late = [await past.arrive() for _ in range(3)]
    contacts, service = Contacts(past.database, cipher), catalogue.services["birth-certificate"]
    for conversation, later in ((asks_again, 3 * day), (waits, None), (asks_late, 9 * day)):
        await past.say(conversation, "acte de naissance", 11 * day, service="birth-certificate")
        request = await past.file(conversation)
        await contacts.notice(service, conversation, request, now() - 11 * day)
        if later:
            await contacts.notice(service, await past.arrive(), request, now() - 11 * day + later)
    await past.gathering.run()
    facts = {row.conversation_id: row.value for row in await past.facts("resolved_without_recontact")}
    assert facts == {asks_again: 0, waits: 1, asks_late: 1}, "in another browser, by the number of the request"


async def test_a_citizen_who_was_transferred_waited_once(past: Past) -> None:
    c = await past.arrive()
    asked = now() - HOURS
    async with past.database.writing() as session:
        row = HandoffRow(id="h1", conversation_id=c, state="ended", language="fr", asked_at=asked, service="passport")
        session.add(row)
        await session.flush()
        for minutes, kind in ((0, "asked"), (3, "claimed"), (5, "transferred"), (9, "claimed")):
            at = asked + timedelta(minutes=minutes)
            session.add(HandoffEventRow(handoff_id="h1", at=at, kind=kind, detail=""))
            await session.flush()
    await past.gathering.run()
    assert await past.values("wait") == [("wait", 180)]


async def test_a_request_gives_its_completions_its_decision_and_whether_it_was_late(past: Past) -> None:
    request = await past.file()
    for _ in range(2):
        await past.casework.ask_completion(request.reference, AGENT, [Item(Problem.MISSING, label="photo")])
        await past.casework.complete(request.reference, 0, "la voici")
    await past.casework.advance(request.reference, State.ACCEPTED, AGENT)
    await past.age(RequestEventRow, timedelta(minutes=10))
    await past.gathering.run()
    assert await past.values("correction", "late") == [("correction", 1), ("correction", 2), ("late", 0)]
    [decided] = await past.facts("decision_time")
    assert (decided.moment, decided.request_id) == ("outcome", request.id)


async def test_a_late_request_is_said_late_once_even_when_it_is_decided_after(past: Past) -> None:
    request = await past.file()
    await past.age(RequestRow, HOURS, "due_at")
    await past.gathering.run()
    await past.casework.advance(request.reference, State.ACCEPTED, AGENT)
    await past.age(RequestEventRow, timedelta(minutes=10))
    await past.gathering.run()
    assert await past.values("late") == [("late", 1)]


async def test_a_recontact_is_counted_once_for_each_time(past: Past) -> None:
    at = now() - HOURS
    async with past.database.writing() as session:
        for hours in (None, 30.0, 24.0 * 9):
            session.add(ContactRow(person="p", service="passport", request_id=None, at=at, hours_since=hours))
    await past.gathering.run()
    await past.gathering.run()
    assert await past.values("recontact") == [("recontact", 1)]


async def test_after_an_erasure_no_fact_leads_to_the_conversation_nor_to_its_request(
    past: Past, holdings: Holdings
) -> None:
    c = await past.arrive()
    request = await past.file(c)
    await past.say(c, "bonjour", 2 * HOURS, service="passport")
    await past.casework.advance(request.reference, State.ACCEPTED, AGENT)
    await past.age(RequestEventRow, timedelta(minutes=10))
    await past.gathering.run()
    before = len(await past.facts())
    await erase_subject(holdings, request.reference)
    facts = await past.facts()
    assert len(facts) == before > 0
    assert {(row.conversation_id, row.request_id) for row in facts} == {(None, None)}


async def test_what_was_erased_before_it_was_read_leaves_nothing(past: Past) -> None:
    c = await past.arrive()
    await past.say(c, "bonjour", 2 * HOURS)
    async with past.database.writing() as session:
        await erase(session, [c])
    await past.gathering.run()
    assert await past.values() == []


async def test_what_comes_after_the_last_row_was_erased_is_read_though_it_may_have_its_number(past: Past) -> None:
    first, last = await past.arrive(), await past.arrive()
    await past.say(first, "bonjour", 3 * HOURS)
    await past.say(last, "combien ?", 3 * HOURS)
    await past.gathering.run()
    async with past.database.writing() as session:
        await erase(session, [last])
    await past.say(await past.arrive(), "où ?", 2 * HOURS)
    await past.gathering.run()
    assert await past.values("turns") == [("turns", 1)] * 3, "the third is not passed over, the first not read again"


async def test_each_mark_goes_back_with_the_last_row_of_its_table(past: Past) -> None:
    tables = {"visits": TurnRow, "requests": RequestEventRow, "handoffs": HandoffEventRow, "recontacts": ContactRow}
    c = await past.arrive()
    handoff = HandoffRow(id="h", conversation_id=c, state="claimed", language="fr", asked_at=now() - 3 * HOURS)
    async with past.database.writing() as session:
        session.add(handoff)
        await session.flush()
        session.add(HandoffEventRow(handoff_id="h", at=now() - 3 * HOURS, kind="claimed", detail=""))
        session.add(ContactRow(person="p", service="passport", request_id=None, at=now() - HOURS, hours_since=None))
    await past.say(c, "bonjour", 3 * HOURS)
    await past.file(c)
    await past.age(RequestEventRow, HOURS)
    await past.gathering.run()
    for source, table in tables.items():
        async with past.database.writing() as session:
            mark = select(FactMarkRow.upto).where(FactMarkRow.source == source)
            assert await session.scalar(mark) == await session.scalar(select(func.max(table.id))), source
            await session.execute(delete(table))
            # PostgreSQL gives no number twice: there the mark may stay.
            assert await session.scalar(mark) == 0 or not past.database.is_sqlite, source


async def test_what_is_erased_while_it_is_read_does_not_move_the_mark(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    c = await past.arrive()
    await past.say(c, "bonjour", 3 * HOURS)
    read, age, table = gather.SOURCES["visits"]

    async def erased_meanwhile(*given: Any) -> Any:
        found = await read(*given)
        async with past.database.writing() as session:
            await erase(session, [c])
        return found

    monkeypatch.setitem(gather.SOURCES, "visits", (erased_meanwhile, age, table))
    await past.gathering.run()
    monkeypatch.undo()
    await past.say(await past.arrive(), "bonsoir", 2 * HOURS)
    await past.gathering.run()
    assert await past.values("turns") == [("turns", 1)]
