"""Lists of requests, page by page."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.db import Database, now
from bot.errors import Unprocessable
from bot.requests.casework import CITIZEN, Casework
from bot.requests.lifecycle import Actor
from bot.requests.listing import Filter, Order, count_open, count_states
from bot.requests.model import State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from tests.requests.conftest import AGENT, filed


async def _all(casework: Casework, **wanted: object) -> list[str]:
    found, after = [], None
    while True:
        page = await casework.list(**wanted, after=after, limit=3)  # type: ignore[arg-type]
        found += [line.reference for line in page.lines]
        after = page.next
        if after is None:
            return found


async def test_pages_hold_every_request_once_in_their_order(requests: RequestStore, casework: Casework) -> None:
    references = [(await filed(requests)).reference for _ in range(8)]
    await requests.start("birth-certificate", "fr", "c1")
    assert await _all(casework, order=Order.NEWEST) == references[::-1]
    assert await _all(casework, order=Order.DUE) == references, "a draft is never listed"


async def test_the_latest_comes_first_and_late_ones_can_be_listed_alone(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    first, late, later, decided = [(await filed(requests)).reference for _ in range(4)]
    await casework.advance(decided, State.ACCEPTED, AGENT)
    async with database.writing() as session:
        for reference, days in ((late, 1), (later, 9), (decided, 30)):
            due = now() - timedelta(days=days)
            await session.execute(update(RequestRow).where(RequestRow.reference == reference).values(due_at=due))
    assert await _all(casework, wanted=Filter(late=True)) == [later, late]
    assert await _all(casework, wanted=Filter(states=(State.FILED,))) == [later, late, first]
    lines = (await casework.list()).lines
    assert {line.reference for line in lines if line.late} == {late, later}


async def test_requests_are_listed_by_state_service_and_unread_message(
    requests: RequestStore, casework: Casework
) -> None:
    first, second = await filed(requests), await filed(requests, "street-problem")
    await casework.send_message(first.reference, CITIZEN, "Bonjour")
    await casework.send_message(second.reference, AGENT, "Bonjour")
    assert await _all(casework, wanted=Filter(unread=True)) == [first.reference]
    assert await _all(casework, wanted=Filter(services=("street-problem",))) == [second.reference]
    await casework.mark_read(first.reference, Actor.AGENT)
    assert await _all(casework, wanted=Filter(unread=True)) == []


@pytest.mark.parametrize(
    "after", ["x", "", "é", "W10=", "WyIyMDI2IiwgMV0=", "bnVsbA==", "WyIyMDI2LTAxLTAxIiwgImEiXQ=="]
)
async def test_a_place_that_comes_from_no_page_is_refused(casework: Casework, after: str) -> None:
    with pytest.raises(Unprocessable):
        await casework.list(after=after)


@pytest.mark.parametrize("limit", [0, -1, 201])
async def test_a_page_has_its_bounds(casework: Casework, limit: int) -> None:
    with pytest.raises(Unprocessable):
        await casework.list(limit=limit)


async def test_states_are_counted(requests: RequestStore, casework: Casework, database: Database) -> None:
    for _ in range(2):
        request = await filed(requests)
    await casework.advance(request.reference, State.EXAMINED, AGENT)
    await requests.start("birth-certificate", "fr", "c1")
    assert await count_states(database) == {State.DRAFT: 1, State.FILED: 1, State.EXAMINED: 1}


async def test_pages_of_several_states_are_one_list_and_what_is_over_is_never_late(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    references = [(await filed(requests)).reference for _ in range(7)]
    for reference in references[::2]:
        await casework.advance(reference, State.EXAMINED, AGENT)
    await casework.advance(references[0], State.ACCEPTED, AGENT)
    both = Filter(states=(State.FILED, State.EXAMINED))
    assert await _all(casework, wanted=both) == references[1:]
    assert await _all(casework, wanted=both, order=Order.NEWEST) == references[:0:-1]
    async with database.writing() as session:
        await session.execute(update(RequestRow).values(due_at=now() - timedelta(days=1)))
    assert await _all(casework, wanted=Filter(states=(State.ACCEPTED,), late=True)) == []
    assert sorted(await _all(casework, wanted=Filter(due_before=now()))) == sorted(references[1:])
    assert await count_open(database, ["birth-certificate"]) == (6, 6)
    assert await count_open(database, ["street-problem"]) == (0, 0)
    assert await _all(casework, wanted=Filter(filed_since=now())) == []
    assert len(await _all(casework, wanted=Filter(filed_before=now()))) == 7
