"""A challenger listens: what citizens write is understood by it as well, beside the service and without answering.

Not in the engine, whose memory holds one model: every quarter of an hour a process of its own, at the lowest priority,
asks champion and challenger what came since the last time (`bot.engine.compare.listen`). What they disagree about is
kept by its turn, as the messages of the comparison are (`changed_messages.live`); it shows, and decides nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from bot.conversations.tables import TurnRow
from bot.db import Database, now
from bot.learning.comparison import Answer, Change
from bot.learning.messages import by_words, typed
from bot.learning.models import current_model
from bot.learning.runs import RunState, RunStore
from bot.learning.runs_tables import ChangedMessageRow, RunRow
from bot.learning.subprocess_step import run_step
from bot.settings import Settings

AT_ONCE = 1000
"""Messages of one listening; more wait for the next."""
LAST_LOOK = timedelta(hours=1)
"""Time after the end in which the last messages are still listened to."""

Step = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Disagreement:
    """A message that the two models understood otherwise; `count`: in how many turns."""

    text: str
    count: int
    before: Answer
    after: Answer


@dataclass(frozen=True)
class Heard:
    """What a challenger listened to.

    Attributes:
        messages: how many, repeated ones counted each time.
        otherwise: of how many the champion thought otherwise.
        disagreements: those, the most frequent first.
    """

    messages: int
    otherwise: int
    disagreements: list[Disagreement]


class Shadow:
    """Lets the newest challenger listen.

    Args:
        settings: for how long, and where the models are.
        database: where runs and turns are.
        step: runs one step in a process of its own.
    """

    def __init__(self, settings: Settings, database: Database, step: Step = run_step) -> None:
        self._settings = settings
        self._for = timedelta(hours=settings.shadow_hours)
        self._database = database
        self._runs = RunStore(database)
        self._step = step

    async def listen(self) -> str:
        """Let the challenger of the last run listen to what came since the last time, and say how it went.

        It does not when a run goes on, when another model than its champion serves, or when its hours are over.

        Raises:
            Failed: the process failed; the same messages are tried again the next time.
        """
        row = await self._listening()
        if row is None or row.ended_at is None:
            return ""
        came = (
            typed(select(TurnRow.id, TurnRow.text))
            .where(TurnRow.id > row.heard_to, TurnRow.at > row.ended_at, TurnRow.at <= row.ended_at + self._for)
            .order_by(TurnRow.id)
            .limit(AT_ONCE)
        )
        async with self._database.reading() as session:
            new = list((await session.execute(came)).tuples())
        if not new:
            return ""
        told = await self._step(
            {
                "step": "listen",
                "champion": row.champion,
                "challenger": row.challenger,
                "messages": by_words(new),
            },
            self._settings.data_dir / "training" / f"run-{row.id}.log",
            _say_nothing,
        )
        changes = [Change.of(each) for each in told["changes"]]
        async with self._database.writing() as session:
            # Of two gateways that listened to the same, the second keeps nothing.
            first = update(RunRow).where(RunRow.id == row.id, RunRow.heard_to == row.heard_to)
            kept: Any = await session.execute(first.values(heard_to=new[-1][0], heard=RunRow.heard + len(new)))
            if kept.rowcount:
                await self._runs.add_changes(session, row.id, changes, live=True)
        return f"listened to {len(new)}, {sum(each.count for each in changes)} understood otherwise"

    async def heard(self, run_id: int) -> Heard:
        """Return what the challenger of a run listened to, and what it would have understood otherwise."""
        query = (
            select(ChangedMessageRow, TurnRow.text)
            .join(TurnRow, TurnRow.id == ChangedMessageRow.turn_id)
            .where(ChangedMessageRow.run_id == run_id, ChangedMessageRow.live.is_(True))
            .order_by(ChangedMessageRow.id)
        )
        found: dict[tuple[str, str, str], Disagreement] = {}
        async with self._database.reading() as session:
            messages = await session.scalar(select(RunRow.heard).where(RunRow.id == run_id)) or 0
            for row, text in await session.execute(query):
                key = (" ".join(text.lower().split()), str(row.before), str(row.after))
                before = found[key].count if key in found else 0
                found[key] = Disagreement(text, before + row.count, Answer(**row.before), Answer(**row.after))
        ordered = sorted(found.values(), key=lambda each: -each.count)
        return Heard(messages, sum(each.count for each in ordered), ordered)

    async def _listening(self) -> RunRow | None:
        newest = select(RunRow).where(RunRow.state == RunState.EVALUATED).order_by(RunRow.id.desc()).limit(1)
        async with self._database.reading() as session:
            row = (await session.scalars(newest)).first()
            active = await session.scalar(select(func.count()).where(RunRow.active.is_(True)))
        if row is None or active or row.ended_at is None or now() > row.ended_at + self._for + LAST_LOOK:
            return None
        models = self._settings.models_dir
        serves = current_model(models).name == row.champion and (models / row.challenger).is_file()
        return row if self._for and serves else None


async def _say_nothing(done: float) -> None:
    """Nobody waits for it."""
