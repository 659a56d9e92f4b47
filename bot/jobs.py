"""Work that comes back: each job runs at its interval, in one process at a time, whichever gateway takes it first.

A job is taken by changing its row, which a database does for one process only. Whoever runs it renews the lease; when
the lease ends, its process died, and another takes the job at once, due or not: it was not done.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Database, now
from bot.errors import Unavailable

logger = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks for a job that is due."""
LEASE = timedelta(seconds=30)
"""Time after which the job of a process that says nothing more is taken by another; clocks may differ by half of it."""
FINISHES = 3.0
"""Seconds that a job under way has to come to its end when its process is told to stop."""
SKEW = timedelta(minutes=5)
"""A time further off than could be by now, by so much, was written by a clock that was ahead."""


class LostJob(Exception):
    """Another process has the job now."""


class JobRow(Base):
    """When a job is due, and who has it."""

    __tablename__ = "jobs"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime]
    holder: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        name: unique among the jobs.
        every: time from one start to the next.
        run: does the work and says in a few words what it did, or "" when there was nothing to do.
        lease: time after which another process takes a job whose process died.
    """

    name: str
    every: timedelta
    run: Callable[[], Awaitable[str]]
    lease: timedelta = LEASE


class Scheduler:
    """Runs jobs when they are due.

    Args:
        database: where the jobs of all processes are.
        jobs: what is to be run.
    """

    def __init__(self, database: Database, jobs: Sequence[Job]) -> None:
        self._database = database
        self._jobs = jobs
        self._holder = secrets.token_hex(8)
        self._next: dict[str, datetime] = {}

    async def run(self) -> None:
        """Run what is due, for ever; a job that fails is logged and comes back at its next time."""
        while True:
            await self.run_due()
            await asyncio.sleep(TICK)

    async def run_due(self) -> list[str]:
        """Run the jobs that are due now and that no other process has.

        Returns:
            The names of those that were run.
        """
        # Side by side: a job that waits for a mail server keeps no other from running.
        ran = await asyncio.gather(*(self._run_if_due(job) for job in self._jobs))
        return [job.name for job, did in zip(self._jobs, ran, strict=True) if did]

    async def _run_if_due(self, job: Job) -> bool:
        # What this process knows to be later is not asked of the database again.
        at = now()
        if at < self._next.get(job.name, at) <= at + job.lease:
            return False
        try:
            if not await self._take(job):
                return False
        except Exception as error:  # the database is away: the job waits for it
            logger.warning("%s waits: %s", job.name, type(error).__name__)
            return False
        work: asyncio.Future[str] = asyncio.ensure_future(job.run())
        try:
            if done := await self._held(job, work):
                logger.info("%s: %s", job.name, done)
        except asyncio.CancelledError:  # this process ends
            await self._leave(job, work)
            raise
        except Exception as error:  # it comes back at its next time
            logger.warning("%s failed: %s", job.name, type(error).__name__)
        await self._release(job)
        return True

    async def _held(self, job: Job, work: asyncio.Future[str]) -> str:
        """Wait for a job and renew its lease meanwhile; who lost it stops, for another runs it."""
        keeping = asyncio.create_task(self._keep(job))
        both: set[asyncio.Future[Any]] = {work, keeping}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            keeping.cancel()
        if not work.done():
            await _stop(work)
            raise LostJob
        return work.result()

    async def _leave(self, job: Job, work: asyncio.Future[str]) -> None:
        """Let a job come to its end if that is near; else stop it and let another process take it at once."""
        await asyncio.wait({work}, timeout=FINISHES)
        if work.done():
            await self._release(job)
            return
        await _stop(work)
        await self._release(job, done=False)

    async def _keep(self, job: Job) -> None:
        """Renew a lease until another process has the job; a database that is away is waited for."""
        mine = update(JobRow).where(JobRow.name == job.name, JobRow.holder == self._holder).returning(JobRow.name)
        while True:
            await asyncio.sleep(job.lease.total_seconds() / 3)
            with suppress(Unavailable):
                async with self._database.writing() as session:
                    kept = await session.execute(mine.values(leased_until=now() + job.lease))
                    if kept.one_or_none() is None:
                        return

    async def _take(self, job: Job) -> bool:
        at = now()
        # What a clock that was ahead wrote keeps no job waiting.
        last_due, last_lease = at + job.every + SKEW, at + job.lease + SKEW
        due = or_(JobRow.due_at <= at, JobRow.due_at > last_due)
        lost = or_(JobRow.leased_until < at, JobRow.leased_until > last_lease)
        taken = (
            update(JobRow)
            .where(JobRow.name == job.name, or_(and_(JobRow.leased_until.is_(None), due), lost))
            .values(holder=self._holder, leased_until=at + job.lease, due_at=at + job.every)
            .returning(JobRow.name)
        )
        async with self._database.reading() as session:
            row = (
                await session.execute(select(JobRow.due_at, JobRow.leased_until).where(JobRow.name == job.name))
            ).one_or_none()
        if row is None:
            await self._declare(job, at)
        elif at < (row.leased_until or row.due_at) <= (last_lease if row.leased_until else last_due):
            # Looked at again when it is due, and soon enough if another process drops it.
            self._next[job.name] = min(row.leased_until or row.due_at, at + job.lease)
            return False
        async with self._database.writing() as session:
            return (await session.execute(taken)).one_or_none() is not None

    async def _declare(self, job: Job, at: datetime) -> None:
        try:
            async with self._database.writing() as session:
                await session.execute(insert(JobRow).values(name=job.name, due_at=at))
        except IntegrityError:
            logger.debug("%s was declared by another process", job.name)

    async def _release(self, job: Job, *, done: bool = True) -> None:
        """Give a job back: done until it is due again, or to be taken at once, as one whose lease ended."""
        at = now()
        ended = {"holder": None, "leased_until": None, "done_at": at} if done else {"leased_until": at - job.lease}
        try:
            async with self._database.writing() as session:
                mine = update(JobRow).where(JobRow.name == job.name, JobRow.holder == self._holder)
                await session.execute(mine.values(ended))
        except Exception as error:  # the lease ends by itself
            logger.warning("%s could not be given back: %s", job.name, type(error).__name__)


async def _stop(work: asyncio.Future[str]) -> None:
    work.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await work
