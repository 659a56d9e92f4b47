"""Facts: added with what caused them, never changed."""

from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, DBAPIError

from bot.conversations.model import Moment
from bot.db import Database
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactRow

CLEAR = Fact(
    at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    kind=Kind.ANSWER,
    side=Side.CITIZEN,
    moment=Moment.SUBMISSION,
    service="birth-certificate",
    administration="commune",
    channel="widget",
    language="fr",
    dimension="clarity",
    value=4,
    scale="1-5",
    conversation_id="c1",
    request_id="r1",
    model="m1",
)


async def test_a_fact_is_read_as_it_was_added(database: Database) -> None:
    await FactStore(database).append([CLEAR])
    async with database.reading() as session:
        (row,) = await session.scalars(select(FactRow))
    assert {name: getattr(row, name) for name in asdict(CLEAR)} == asdict(CLEAR)


async def test_a_fact_goes_with_the_transaction_of_its_cause(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.writing() as session:
            await FactStore(database).add(session, [CLEAR])
            raise ZeroDivisionError
    async with database.reading() as session:
        assert list(await session.scalars(select(FactRow))) == []


@pytest.mark.parametrize("change", [{"value": 1.0}, {"dimension": "ease"}, {"service": None}], ids=str)
async def test_the_database_refuses_to_change_a_figure(database: Database, change: dict[str, object]) -> None:
    await FactStore(database).append([CLEAR])
    with pytest.raises((DatabaseError, DBAPIError), match="facts do not change"):
        async with database.writing() as session:
            await session.execute(update(FactRow).values(change))
