"""Training runs as they are stored: one at a time, held by one process, resumable by another when that one died."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.tables import TurnRow
from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.learning.comparison import Answer, Change, Comparison
from bot.learning.gate import Decision, Judged, decide
from bot.learning.messages import by_words, typed
from bot.learning.runs_tables import ChangedMessageRow, RunRow

LEASE = timedelta(seconds=30)
"""Time after which another process takes a run whose process says nothing more."""
REPLAYED = 1000
"""Real messages that both models are asked, the newest."""


class RunState(StrEnum):
    """Where a run stands. The first five follow one another; the others are ends."""

    QUEUED = "queued"
    HARVESTING = "harvesting"
    PREPARING = "preparing"
    TRAINING = "training"
    EVALUATING = "evaluating"
    EVALUATED = "evaluated"
    UNCHANGED = "unchanged"
    CANCELLED = "cancelled"
    FAILED = "failed"


class LostRun(Conflict):
    """Another process has the run now."""


@dataclass(frozen=True)
class Run:
    """A training run.

    Attributes:
        done: how much of the present step is done, from 0 to 1.
        challenger: the archive that it trains; "" before.
        report: `learned` (examples accepted), `findings` before training, `comparison` of the models, `seconds`.
    """

    id: int
    state: RunState
    active: bool
    asked_by: str
    asked_at: datetime
    cancelled: bool
    done: float
    ended_at: datetime | None
    project: str
    checksum: str
    champion: str
    challenger: str
    report: dict[str, Any]
    error: str

    @property
    def comparison(self) -> Comparison | None:
        """Both models on the same cases, once that was measured."""
        return Comparison.of(self.report["comparison"]) if "comparison" in self.report else None


@dataclass(frozen=True)
class Changed:
    """A real message that the challenger understands otherwise; `right`: whether a person finds it right."""

    id: int
    text: str
    count: int
    before: Answer
    after: Answer
    right: bool | None
    judged_by: str | None


class RunStore:
    """The training runs of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, by: str) -> Run:
        """Ask for a run; whichever process runs them takes it.

        Raises:
            Conflict: one is under way already.
        """
        values = {"active": True, "state": RunState.QUEUED, "asked_by": by, "asked_at": now(), "cancelled": False}
        empty = {
            "done": 0.0,
            "project": "",
            "checksum": "",
            "champion": "",
            "challenger": "",
            "report": {},
            "error": "",
        }
        try:
            async with self._database.writing() as session:
                result: Any = await session.execute(insert(RunRow).values(**values, **empty))
        except IntegrityError:
            raise Conflict(
                "A training run is under way: wait for its end, or cancel it.", code="run-under-way"
            ) from None
        return await self.get(int(result.inserted_primary_key[0]))

    async def take(self, holder: str) -> Run | None:
        """Take the run that waits, or whose process died; return None when there is none."""
        free = or_(RunRow.leased_until.is_(None), RunRow.leased_until < now())
        taken = update(RunRow).where(RunRow.active.is_(True), free).values(holder=holder, leased_until=now() + LEASE)
        async with self._database.reading() as session:
            # Most of the time there is none: a look does not keep citizens' turns from being written.
            if await session.scalar(select(RunRow.id).where(RunRow.active.is_(True), free)) is None:
                return None
        async with self._database.writing() as session:
            result: Any = await session.execute(taken)
            if not result.rowcount:
                return None
            row = (await session.scalars(select(RunRow).where(RunRow.active.is_(True)))).one()
            return _run(row)

    async def step(self, run_id: int, holder: str, **values: Any) -> bool:
        """Write how far a run is, and keep it for its process.

        Args:
            run_id: which.
            holder: the process that has it.
            values: what changes: `state`, `done`, `checksum`...

        Returns:
            Whether somebody asked to cancel it.

        Raises:
            LostRun: another process has it now.
        """
        mine = (RunRow.id == run_id, RunRow.active.is_(True), RunRow.holder == holder)
        async with self._database.writing() as session:
            kept = update(RunRow).where(*mine).values(leased_until=now() + LEASE, **values)
            result: Any = await session.execute(kept)
            if not result.rowcount:
                raise LostRun("Another process has this run now.", code="lost-run")
            return bool(await session.scalar(select(RunRow.cancelled).where(RunRow.id == run_id)))

    async def end(self, run_id: int, holder: str, state: RunState, **values: Any) -> None:
        """End a run.

        Raises:
            LostRun: another process has it now.
        """
        await self.step(run_id, holder, state=state, active=None, ended_at=now(), **values)

    async def cancel(self, run_id: int) -> None:
        """Ask that a run be cancelled; its process sees it within seconds. One that has ended stays as it is."""
        async with self._database.writing() as session:
            await session.execute(update(RunRow).where(RunRow.id == run_id).values(cancelled=True))

    async def keep_changes(self, run_id: int, changes: Sequence[Change]) -> None:
        """Keep the messages that change, unless they are kept already."""
        async with self._database.writing() as session:
            if not await session.scalar(
                select(ChangedMessageRow.id).where(ChangedMessageRow.run_id == run_id).limit(1)
            ):
                await self.add_changes(session, run_id, changes)

    async def add_changes(
        self, session: AsyncSession, run_id: int, changes: Sequence[Change], *, live: bool = False
    ) -> None:
        """Add messages that change, but those whose conversation went meanwhile; `live`: the challenger listened."""
        ids = [each.turn_id for each in changes]
        there = set(await session.scalars(select(TurnRow.id).where(TurnRow.id.in_(ids))))
        session.add_all(
            ChangedMessageRow(
                run_id=run_id,
                turn_id=each.turn_id,
                count=each.count,
                before=vars(each.before),
                after=vars(each.after),
                live=live,
            )
            for each in changes
            if each.turn_id in there
        )

    async def get(self, run_id: int) -> Run:
        """Return a run.

        Raises:
            NotFound: there is none of that number.
        """
        async with self._database.reading() as session:
            row = await session.get(RunRow, run_id)
        if row is None:
            raise NotFound(f"There is no training run {run_id}.", code="unknown-run")
        return _run(row)

    async def runs(self, limit: int = 20) -> list[Run]:
        """Return the last runs, the newest first."""
        async with self._database.reading() as session:
            return [_run(row) for row in await session.scalars(select(RunRow).order_by(RunRow.id.desc()).limit(limit))]

    async def forget_words(self, known: Collection[str]) -> None:
        """Take the words of examples out of the remarks of all runs, but those that are `known` still."""
        async with self._database.writing() as session:
            for row in await session.scalars(select(RunRow)):
                found = row.report.get("findings", [])
                kept = [
                    each if each["text"] in ("", *known) else {**each, "text": "[…]", "detail": ""} for each in found
                ]
                if kept != found:
                    row.report = {**row.report, "findings": kept}

    async def of_challenger(self, archive: str) -> Run | None:
        """Return the run that evaluated a model, or None when none did."""
        query = select(RunRow).where(RunRow.challenger == archive, RunRow.state == RunState.EVALUATED)
        async with self._database.reading() as session:
            row = (await session.scalars(query.order_by(RunRow.id.desc()))).first()
        return _run(row) if row else None

    async def changes(self, run_id: int) -> list[Changed]:
        """Return the real messages that change, the most frequent first."""
        query = (
            select(ChangedMessageRow, TurnRow.text)
            .join(TurnRow, TurnRow.id == ChangedMessageRow.turn_id)
            .where(ChangedMessageRow.run_id == run_id, ChangedMessageRow.live.is_(False))
            .order_by(ChangedMessageRow.count.desc(), ChangedMessageRow.id)
        )
        async with self._database.reading() as session:
            return [
                Changed(row.id, text, row.count, Answer(**row.before), Answer(**row.after), row.right, row.judged_by)
                for row, text in await session.execute(query)
            ]

    async def judge(self, run_id: int, change_id: int, right: bool | None, by: str) -> None:
        """Say whether the challenger is right about a message; None takes the judgement back.

        Raises:
            NotFound: the run has no such message.
        """
        which = update(ChangedMessageRow).where(ChangedMessageRow.run_id == run_id, ChangedMessageRow.id == change_id)
        async with self._database.writing() as session:
            result: Any = await session.execute(which.values(right=right, judged_by=None if right is None else by))
            if not result.rowcount:
                raise NotFound("This run changes no such message.", code="unknown-change")

    async def decision(self, run: Run) -> Decision | None:
        """Return what the gate says of a run now; None while nothing was measured."""
        if run.comparison is None:
            return None
        return decide(run.comparison, [Judged(each.count, each.right) for each in await self.changes(run.id)])

    async def last_messages(self, limit: int = REPLAYED) -> list[tuple[int, int, str]]:
        """Return what citizens typed last, outside forms: a turn, in how many of the turns, and the text, masked."""
        query = typed(select(TurnRow.id, TurnRow.text)).order_by(TurnRow.id.desc()).limit(limit)
        async with self._database.reading() as session:
            return by_words((await session.execute(query)).tuples())


def _run(row: RunRow) -> Run:
    return Run(
        row.id,
        RunState(row.state),
        bool(row.active),
        row.asked_by,
        row.asked_at,
        row.cancelled,
        row.done,
        row.ended_at,
        row.project,
        row.checksum,
        row.champion,
        row.challenger,
        row.report,
        row.error,
    )
