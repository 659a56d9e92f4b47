"""Requests that were made up: they look real, and nothing that counts, tells or decides takes them for real."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from bot.catalogue.load import Catalogue
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author, Casework
from bot.requests.delays import FEWEST
from bot.requests.demo import BY, answers, make_up
from bot.requests.lifecycle import TRANSITIONS, Actor
from bot.requests.listing import Filter, Line, Order, count_open, count_states
from bot.requests.model import State, asked
from bot.requests.outbox import Outbox
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from bot.requests.webhooks import Webhooks
from bot.satisfaction import demo
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.gather import Gathering
from bot.satisfaction.journey import Journeys
from bot.satisfaction.store import FeedbackStore
from bot.settings import Settings

AGENT = Author(Actor.AGENT, "camille")
DAYS = 30


@pytest.fixture
async def casework(database: Database, cipher: Cipher, catalogue: Catalogue) -> Casework:
    """The casework of a database with some weeks of demonstration and one real request."""
    filled = await demo.fill(database, cipher, catalogue, now().date(), "Europe/Paris", days=DAYS)
    assert filled.requests > 100
    requests = RequestStore(database, cipher)
    await requests.file((await requests.start("birth-certificate", "fr", None)).id, 10)
    return Casework(database, cipher)


async def made_up(casework: Casework, order: Order = Order.NEWEST, limit: int = 30) -> list[Line]:
    return (await casework.list(Filter(demo=True), order=order, limit=limit)).lines


async def test_they_live_as_real_ones_do_and_their_scores_lead_to_them(
    casework: Casework, database: Database, cipher: Cipher, catalogue: Catalogue
) -> None:
    count, faults = await casework.verify()
    assert count > 100
    assert faults == [], "each chain of events holds"
    requests, feedback = RequestStore(database, cipher), FeedbackStore(database)
    seen, given = set(), []
    for line in [*await made_up(casework), *await made_up(casework, Order.DUE)]:
        request, events = await requests.by_reference(line.reference), await casework.history(line.reference)
        form = catalogue.services[line.service].request
        assert form is not None
        assert set(request.answers) == {each.id for each in asked(form, request.answers)}
        times = [event.at for event in events]
        assert times == sorted(times)
        assert times[-1] <= now(), "nothing happened in the future"
        for before, event in pairwise(events):
            if event.state is not before.state:
                assert event.actor in TRANSITIONS[before.state, event.state].by
        assert {event.by for event in events if event.actor is Actor.AGENT} <= {BY}
        seen.add(line.state)
        given += await feedback.about_request(request.id)
    assert seen >= {State.ACCEPTED, State.FILED}
    assert given


async def test_nothing_takes_them_for_real_and_they_go_without_a_trace(
    casework: Casework, database: Database, cipher: Cipher, catalogue: Catalogue
) -> None:
    assert [each.demo for each in (await casework.list()).lines] == [False]
    assert await count_states(database) == {State.FILED: 1}
    assert await count_open(database, ["birth-certificate", demo.WORSE]) == (1, 0)
    assert (await count_open(database, [demo.WORSE], demo=True))[1] > 0, "some are late"
    decided = select(func.count()).where(RequestRow.service == demo.BETTER, RequestRow.decided_at.is_not(None))
    async with database.reading() as session:
        assert (await session.scalar(decided) or 0) > FEWEST
    assert await casework.delays(demo.BETTER) is None, "citizens are not told how long made-up requests took"

    await Gathering(database, catalogue).run()
    await Journeys(database, catalogue).note()
    async with database.reading() as session:
        gathered = set(await session.scalars(select(FactRow.dimension).where(~FactRow.demo)))
    assert gathered == {"step_started", "step_filed"}, "of the one that is real"

    await Webhooks(database, cipher, Settings(webhook_hosts="office.example")).add("https://office.example/hook", [])
    before = await Outbox(database).counts()
    line = next(each for each in await made_up(casework) if not each.state.is_final)
    await casework.send_message(line.reference, AGENT, "Bonjour")
    await casework.advance(line.reference, State.ACCEPTED, AGENT)
    assert await Outbox(database).counts() == before, "nobody is told"
    await casework.send_message((await casework.list()).lines[0].reference, AGENT, "Bonjour")
    assert await Outbox(database).counts() != before, "who filed a real one is"

    await demo.remove(database)
    assert await made_up(casework) == []
    assert await casework.verify() == (1, []), "the real one is as it was"


def test_every_form_of_the_catalogue_can_be_answered(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        if service.request is None:
            continue
        filed = make_up(
            random.Random(service.id), service.id, service.request, "fr", now() - timedelta(days=3), now(),
            late=False, correction=True,
        )  # fmt: skip
        given = answers(service.request, filed)
        required = {each.id for each in asked(service.request, given) if each.required and each.type != "file"}
        assert {name for name in required if given[name] is None} == set(), service.id
