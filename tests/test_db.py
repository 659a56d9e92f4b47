"""Transactions, times and errors, on SQLite and on PostgreSQL."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.db import Database
from bot.errors import Unavailable
from bot.satisfaction.tables import FeedbackRow

PARIS_IN_SUMMER = timezone(timedelta(hours=2))


def _row(conversation_id: str = "c1", at: datetime | None = None) -> dict[str, object]:
    return {
        "conversation_id": conversation_id,
        "moment": "use",
        "subject": "",
        "note": 5,
        "at": at or datetime(2026, 11, 22, tzinfo=UTC),
    }


async def _count(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(FeedbackRow))).scalar_one()


async def test_a_transaction_that_ends_well_is_kept(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row()))
    assert await _count(database) == 1


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow).values(_row()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    assert await _count(database) == 0


async def test_a_transaction_that_is_cancelled_leaves_nothing_and_no_lock(database: Database) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow).values(_row()))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row("c2")))
    assert await _count(database) == 1


async def test_short_work_waits_for_another_who_writes_and_stops_nobody_meanwhile(database: Database) -> None:
    async def short() -> None:
        async with database.transaction(at_once=True) as connection:
            await connection.execute(insert(FeedbackRow).values(_row("short")))

    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row()))
        task = asyncio.create_task(short())
        # The loop goes on: were it stopped, the other could never commit and the wait would end in an error.
        for _ in range(20):
            await asyncio.sleep(0.01)
    await task
    assert await _count(database) == 2


async def test_short_work_that_fails_or_is_cancelled_leaves_nothing_and_no_lock(database: Database) -> None:
    written = asyncio.Event()

    async def short(ends: bool) -> None:
        async with database.transaction(at_once=True) as connection:
            await connection.execute(insert(FeedbackRow).values(_row()))
            written.set()
            if ends:
                raise ZeroDivisionError
            await asyncio.Event().wait()

    with pytest.raises(ZeroDivisionError):
        await short(ends=True)
    written.clear()
    task = asyncio.create_task(short(ends=False))
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction(at_once=True) as connection:
        await connection.execute(insert(FeedbackRow).values(_row("c2")))
    assert await _count(database) == 1


async def test_a_broken_constraint_keeps_its_own_name(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow), [_row(), _row()])


async def test_each_error_is_told_of_in_short_work_too_and_a_broken_constraint_is_none(database: Database) -> None:
    told: list[str] = []
    database.on_error(lambda: told.append("failed"))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow), [_row(), _row()])
    assert told == []
    for at_once in (False, True):
        with suppress(DBAPIError, Unavailable):
            async with database.looking(at_once=at_once) as connection:
                await connection.execute(text("SELECT nothing FROM nowhere"))
    assert told == ["failed"] * 2


async def test_an_error_of_the_database_does_not_repeat_what_was_written(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow), [_row() | {"comment": "Hélène Lefèvre"}] * 2)
    assert "Lef" not in str(caught.value)


async def test_twenty_writers_that_read_first_lose_no_addition(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row() | {"note": 0}))

    async def add_one() -> None:
        async with database.writing() as session:
            note = (await session.execute(select(FeedbackRow.note).with_for_update())).scalar_one()
            await asyncio.sleep(0)
            await session.execute(update(FeedbackRow).values(note=note + 1))

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with database.reading() as session:
        assert (await session.execute(select(FeedbackRow.note))).scalar_one() == 20


async def test_a_writer_on_sqlite_takes_the_lock_before_it_reads(sqlite_url: str) -> None:
    # With a plain BEGIN both would read, and the second to write would be refused whatever it waits.
    first, second = (Database(sqlite_url) for _ in range(2))
    order: list[str] = []
    inside = asyncio.Event()

    async def write(database: Database, name: str) -> None:
        async with database.writing() as session:
            await session.execute(select(func.count()).select_from(FeedbackRow))
            order.append(f"{name} in")
            inside.set()
            await asyncio.sleep(0.1)
            order.append(f"{name} out")

    one = asyncio.create_task(write(first, "first"))
    await inside.wait()
    await asyncio.gather(one, write(second, "second"))
    assert order == ["first in", "first out", "second in", "second out"]
    await first.close()
    await second.close()


async def test_a_transaction_that_failed_before_it_asked_for_anything_leaves_no_lock(sqlite_url: str) -> None:
    first, second = Database(sqlite_url, pool_size=1), Database(sqlite_url)
    with pytest.raises(RuntimeError):
        async with first.writing():
            raise RuntimeError("before the first statement")
    await first.ping()
    async with asyncio.timeout(2), second.writing() as session:
        await session.execute(delete(FeedbackRow))
    await first.close()
    await second.close()


async def test_sqlite_reads_while_another_writes(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row("not yet kept")))
        assert await _count(database) == 0
        await session.rollback()
    await database.close()


async def test_sqlite_refuses_an_orphan(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        async with database.writing() as session:
            await session.execute(
                text("INSERT INTO buttons VALUES ('b-1', 'no such conversation', 'Oui', 'affirm', '{}')")
            )
    await database.close()


async def test_a_time_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    stored = datetime(2026, 7, 14, 1, 30, tzinfo=PARIS_IN_SUMMER)
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow).values(_row(at=stored)))
    async with database.reading() as session:
        read = (await session.execute(select(FeedbackRow.at))).scalar_one()
    assert read == stored
    assert (read.day, read.hour, read.utcoffset()) == (13, 23, timedelta(0))


async def test_times_from_different_zones_are_compared_as_instants(database: Database) -> None:
    early, late = datetime(2026, 7, 14, 1, 30, tzinfo=PARIS_IN_SUMMER), datetime(2026, 7, 14, 0, 0, tzinfo=UTC)
    async with database.writing() as session:
        await session.execute(insert(FeedbackRow), [_row("early", early), _row("late", late)])
    async with database.reading() as session:
        query = select(FeedbackRow.conversation_id).where(FeedbackRow.at < late)
        assert (await session.scalars(query)).all() == ["early"]


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with database.writing() as session:
            await session.execute(insert(FeedbackRow).values(_row(at=datetime(2026, 7, 14))))
