"""Jobs: one process at a time, at their interval, whatever fails."""

import asyncio
from datetime import timedelta

from bot.db import Database
from bot.jobs import Job, Scheduler

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
