"""How long requests really take: computed from those that were decided, hidden when there are too few."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.db import Database, now
from bot.requests.casework import CITIZEN, Casework
from bot.requests.delays import FEWEST, PERIOD, Delays, delays_line, summarise
from bot.requests.model import State
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from tests.requests.conftest import AGENT, filed


def test_nothing_is_said_of_too_few() -> None:
    assert summarise([3.0] * (FEWEST - 1)) is None
    assert summarise([3.0] * FEWEST) == Delays(FEWEST, 3, 3, 3)


def test_the_three_figures_are_a_quarter_half_and_nine_in_ten() -> None:
    assert summarise([float(day) for day in range(100, 0, -1)]) == Delays(100, 25, 50, 90)


@given(st.lists(st.floats(0, 900), min_size=FEWEST, max_size=200))
def test_at_least_the_part_that_is_said_had_their_answer_by_then(days: list[float]) -> None:
    found = summarise(days)
    assert found is not None
    for part, figure in ((0.25, found.fast), (0.5, found.usual), (0.9, found.slow)):
        assert sum(day <= figure for day in days) >= part * len(days)
        assert sum(day <= figure - 1 for day in days) < part * len(days) or figure == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_single_day_is_not_written_as_several(language: str) -> None:
    line = delays_line(Delays(12, 1, 2, 30), language)
    assert ("1 jour," in line) or ("1 day," in line)
    assert "30 jours" in line or "30 days" in line


async def test_only_decisions_of_the_last_months_on_this_service_count(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    async def decided(days: int, service: str = "birth-certificate", ago: timedelta = timedelta(0)) -> None:
        request = await filed(requests, service)
        await casework.advance(request.reference, State.ACCEPTED, AGENT)
        at = now() - ago
        async with database.writing() as session:
            row = update(RequestRow).where(RequestRow.id == request.id)
            await session.execute(row.values(filed_at=at - timedelta(days=days, minutes=-5), decided_at=at))

    for days in range(1, FEWEST + 1):
        await decided(days)
    assert await casework.delays("birth-certificate") == Delays(FEWEST, 3, 5, 9)
    await decided(400, "street-problem")
    await decided(400, ago=PERIOD + timedelta(days=1))
    withdrawn = await filed(requests)
    await casework.advance(withdrawn.reference, State.WITHDRAWN, CITIZEN)
    await filed(requests)
    assert await casework.delays("birth-certificate") == Delays(FEWEST, 3, 5, 9)
    assert await casework.delays("street-problem") is None
