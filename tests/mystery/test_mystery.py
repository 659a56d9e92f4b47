"""A few of the visits, at each commit; `make mystery` plays them all."""

from collections.abc import AsyncIterator

import pytest

from tests.mystery.grid import failures
from tests.mystery.hall import Hall
from tests.mystery.runner import play
from tests.mystery.visit import Visit, read_all
from tests.service import Service

FAST = [visit for visit in read_all() if visit.fast]


@pytest.fixture
async def hall(service: Service) -> AsyncIterator[Hall]:
    """The hall of the service that the tests share."""
    opened = await Hall.open(service)
    yield opened
    await opened.close()


@pytest.mark.parametrize("visit", FAST, ids=lambda visit: visit.name)
async def test_a_mystery_client_gets_what_they_came_for(hall: Hall, visit: Visit) -> None:
    record = await play(visit, hall)
    told = "\n".join(f"> {each.said}\n{each.reply.text}" for each in record.exchanges)
    assert failures(record) == [], f"{record.stuck}\n{told}"
