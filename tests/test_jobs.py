"""Jobs: one process at a time, at their interval, whatever fails."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import jobs
from bot.db import Database, now
from bot.jobs import Job, JobRow, Scheduler

LONG = timedelta(hours=1)
AT_ONCE = timedelta(0)


class Work:
    def __init__(self, *, fails: bool = False, seconds: float = 0) -> None:
        self.times = self.ended = 0
        self._fails = fails
        self._seconds = seconds

    async def __call__(self) -> str:
        self.times += 1
        await asyncio.sleep(self._seconds)
        if self._fails:
            raise RuntimeError("broken")
        self.ended += 1
        return "done"


async def test_a_job_runs_once_in_its_interval(database: Database) -> None:
    work = Work()
    scheduler = Scheduler(database, [Job("count", LONG, work)])
    assert await scheduler.run_due() == ["count"]
    assert await scheduler.run_due() == []
    assert await Scheduler(database, [Job("count", LONG, work)]).run_due() == []
    assert work.times == 1


async def test_a_job_that_is_due_again_runs_again(database: Database) -> None:
    work = Work()
    scheduler = Scheduler(database, [Job("count", AT_ONCE, work)])
    assert await scheduler.run_due() == await scheduler.run_due() == ["count"]
    assert work.times == 2


async def test_processes_that_look_together_run_a_job_once(database: Database) -> None:
    work = Work(seconds=0.05)
    schedulers = [Scheduler(database, [Job("count", LONG, work)]) for _ in range(4)]
    ran = await asyncio.gather(*(each.run_due() for each in schedulers))
    assert sorted(map(len, ran)) == [0, 0, 0, 1]
    assert work.times == 1


async def test_a_job_that_fails_does_not_keep_the_others_from_running(database: Database) -> None:
    broken, sound = Work(fails=True), Work()
    scheduler = Scheduler(database, [Job("broken", LONG, broken), Job("sound", LONG, sound)])
    assert await scheduler.run_due() == ["broken", "sound"]
    assert (broken.times, sound.times) == (1, 1)


async def test_a_job_of_a_process_that_died_is_taken_when_its_lease_ends(database: Database) -> None:
    work = Work()
    job = Job("count", AT_ONCE, work)
    assert await Scheduler(database, [job])._take(job)
    assert await Scheduler(database, [job]).run_due() == []
    await _lease_ends(database)
    assert await Scheduler(database, [job]).run_due() == ["count"]
    assert work.times == 1


SHORT = timedelta(milliseconds=300)


async def test_a_job_that_lasts_longer_than_its_lease_is_not_taken_by_another_process(database: Database) -> None:
    long, other, lease = Work(seconds=2.0), Work(), timedelta(seconds=1)
    running = asyncio.create_task(Scheduler(database, [Job("count", AT_ONCE, long, lease=lease)]).run_due())
    await _held(database, "count")
    looking = Scheduler(database, [Job("count", AT_ONCE, other, lease=lease)])
    await asyncio.sleep(1.3)
    assert await looking.run_due() == []
    assert await running == ["count"]
    assert (long.times, other.times) == (1, 0)


async def test_a_daily_job_whose_process_died_is_taken_again_the_same_day(database: Database) -> None:
    work = Work()
    daily = Job("count", timedelta(days=1), work)
    assert await Scheduler(database, [daily])._take(daily)
    await _lease_ends(database)
    other = Scheduler(database, [daily])
    assert await other.run_due() == ["count"]
    assert await other.run_due() == await Scheduler(database, [daily]).run_due() == [], "it is done, and due tomorrow"
    assert work.times == 1


async def _lease_ends(database: Database) -> None:
    """Let the lease of whoever has a job be over."""
    async with database.writing() as session:
        await session.execute(update(JobRow).values(leased_until=now() - timedelta(seconds=1)))


async def test_a_process_that_lost_its_lease_stops_its_job(database: Database) -> None:
    work = Work(seconds=60)
    running = asyncio.create_task(Scheduler(database, [Job("count", AT_ONCE, work, lease=SHORT)]).run_due())
    await _held(database, "count")
    async with database.writing() as session:
        await session.execute(update(JobRow).values(holder="another"))
    assert await asyncio.wait_for(running, 30) == ["count"]
    async with database.reading() as session:
        assert await session.scalar(select(JobRow.holder)) == "another"


async def _held(database: Database, name: str) -> None:
    async with asyncio.timeout(10):
        while True:
            async with database.reading() as session:
                if await session.scalar(select(JobRow.holder).where(JobRow.name == name)):
                    return
            await asyncio.sleep(0.01)


async def test_a_job_that_is_nearly_done_when_its_process_stops_is_finished_and_not_run_again(
    database: Database,
) -> None:
    work = Work(seconds=0.3)
    await _stopped_in_the_middle(Scheduler(database, [Job("count", LONG, work)]), work)
    assert await Scheduler(database, [Job("count", LONG, work)]).run_due() == []
    assert (work.times, work.ended) == (1, 1)


async def test_a_job_that_lasts_when_its_process_stops_is_handed_to_another_at_once_and_ends_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "FINISHES", 0.1)
    long, short = Work(seconds=3600), Work()
    await _stopped_in_the_middle(Scheduler(database, [Job("count", LONG, long)]), long)
    others = [Scheduler(database, [Job("count", LONG, short)]) for _ in range(3)]
    ran = await asyncio.gather(*(each.run_due() for each in others))
    assert sorted(map(len, ran)) == [0, 0, 1], "it is taken at once, though its next time is an hour away"
    assert (long.times, long.ended, short.ended) == (1, 0, 1)
    assert await Scheduler(database, [Job("count", LONG, short)]).run_due() == []


async def _stopped_in_the_middle(scheduler: Scheduler, work: Work) -> None:
    running = asyncio.create_task(scheduler.run())
    async with asyncio.timeout(30):
        while not work.times:  # noqa: ASYNC110 - what is looked at tells nobody that it changed
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
