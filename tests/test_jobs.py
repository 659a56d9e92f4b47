"""Jobs: one process at a time, at their interval, whatever fails."""

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from bot.db import Database
from bot.jobs import Job, JobRow, Scheduler

LONG = timedelta(hours=1)
AT_ONCE = timedelta(0)


class Work:
    def __init__(self, *, fails: bool = False, seconds: float = 0) -> None:
        self.times = 0
        self._fails = fails
        self._seconds = seconds

    async def __call__(self) -> str:
        self.times += 1
        await asyncio.sleep(self._seconds)
        if self._fails:
            raise RuntimeError("broken")
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
    work = Work(seconds=60)
    dying = Scheduler(database, [Job("count", AT_ONCE, work, lease=timedelta(milliseconds=300))])
    task = asyncio.create_task(dying._take(Job("count", AT_ONCE, work, lease=timedelta(milliseconds=300))))
    assert await task
    other_work = Work()
    other = Scheduler(database, [Job("count", AT_ONCE, other_work, lease=timedelta(milliseconds=300))])
    assert await other.run_due() == []
    await asyncio.sleep(0.35)
    assert await other.run_due() == ["count"]
    assert other_work.times == 1


SHORT = timedelta(milliseconds=300)


async def test_a_job_that_lasts_longer_than_its_lease_is_not_taken_by_another_process(database: Database) -> None:
    long, other = Work(seconds=1.0), Work()
    running = asyncio.create_task(Scheduler(database, [Job("count", AT_ONCE, long, lease=SHORT)]).run_due())
    await _held(database, "count")
    looking = Scheduler(database, [Job("count", AT_ONCE, other, lease=SHORT)])
    await asyncio.sleep(0.6)
    assert await looking.run_due() == []
    assert await running == ["count"]
    assert (long.times, other.times) == (1, 0)


async def test_a_daily_job_whose_process_died_is_taken_again_the_same_day(database: Database) -> None:
    daily = Job("count", timedelta(days=1), Work(), lease=SHORT)
    dying = Scheduler(database, [daily])
    assert await dying._take(daily)
    work = Work()
    other = Scheduler(database, [Job("count", timedelta(days=1), work, lease=SHORT)])
    assert await other.run_due() == []
    await asyncio.sleep(0.35)
    assert await other.run_due() == ["count"]
    await asyncio.sleep(0.35)
    assert await other.run_due() == [], "it is done, and due tomorrow"
    assert work.times == 1


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
