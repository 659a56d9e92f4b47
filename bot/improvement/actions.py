"""Improvement actions (plan, do, check, act): an owner, the score and verbatims that caused it, and a check."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.errors import Conflict, NotFound, Unprocessable
from bot.improvement.before_after import Check
from bot.improvement.tables import ActionNoteRow, ActionRow, ActionVerbatimRow
from bot.privacy.masking import mask
from bot.satisfaction.tables import FeedbackRow


class State(StrEnum):
    """Where an action is."""

    PLANNED = "planned"
    DONE = "done"  # the change is there: what comes from now on is "after"
    KEPT = "kept"  # decided after the check
    DROPPED = "dropped"


STEPS: dict[State, tuple[State, ...]] = {
    State.PLANNED: (State.DONE, State.DROPPED),
    State.DONE: (State.KEPT, State.DROPPED),
    State.KEPT: (),
    State.DROPPED: (),
}
"""What each state may become."""


@dataclass(frozen=True)
class Aim:
    """What an action should change: a dimension, of a moment and a service or of all of them ("")."""

    dimension: str
    moment: str = ""
    service: str = ""


@dataclass(frozen=True)
class Action:
    """An action as it is shown; `check` is what was compared when it was last checked."""

    id: int
    title: str
    owner: str
    aim: Aim
    hypothesis: str
    score: float | None
    answers: int
    due: date
    state: State
    created_at: datetime
    created_by: str
    done_on: date | None
    verdict: str | None
    check: dict[str, Any] | None
    demo: bool = False

    def late(self, today: date) -> bool:
        """Return whether it should have been done."""
        return self.state is State.PLANNED and self.due < today


@dataclass(frozen=True)
class Note:
    """What somebody wrote about an action, and the state that it had then."""

    at: datetime
    by: str
    state: str
    text: str


class Actions:
    """The actions of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(
        self,
        aim: Aim,
        *,
        title: str,
        owner: str,
        hypothesis: str,
        due: date,
        by: str,
        score: float | None = None,
        answers: int = 0,
        verbatims: Sequence[int] = (),
        demo: bool = False,
    ) -> int:
        """Write down an action and return its number.

        Args:
            aim: what it should change.
            title: what is to be done; what looks personal is masked, here and in the hypothesis.
            owner: who sees to it.
            hypothesis: why it should help.
            due: the day by which it should be done.
            by: the account that writes it.
            score: what was measured: the reason of the action.
            answers: how many answers the score rests on.
            verbatims: the comments that caused it.
            demo: whether it is made up.

        Raises:
            Unprocessable: title, owner or hypothesis is missing.
        """
        for name, value in (("title", title), ("owner", owner), ("hypothesis", hypothesis)):
            if not value.strip():
                raise Unprocessable("An action has a title, an owner and a hypothesis.", code="bad-plan", field=name)
        values = {
            "title": mask(title).text[:200],
            "owner": owner[:120],
            **asdict(aim),
            "hypothesis": mask(hypothesis).text[:2000],
            "score": score,
            "answers": answers,
            "due": due,
            "state": State.PLANNED,
            "created_at": now(),
            "created_by": by[:80],
            "demo": demo,
        }
        async with self._database.writing() as session:
            number = (await session.execute(insert(ActionRow).values(values).returning(ActionRow.id))).scalar_one()
            known = await session.scalars(select(FeedbackRow.id).where(FeedbackRow.id.in_(verbatims)))
            rows = [{"action_id": number, "feedback_id": each} for each in known]
            if rows:
                await session.execute(insert(ActionVerbatimRow), rows)
            await _note(session, number, by, State.PLANNED, "")
        return number

    async def step(self, number: int, to: State, by: str, text: str = "", *, on: date | None = None) -> None:
        """Take an action to its next state, with a word about why.

        Args:
            number: which.
            to: the state.
            by: the account.
            text: why.
            on: the day from which the change is there, when it becomes done.

        Raises:
            NotFound: there is no such action.
            Conflict: it cannot become that from what it is.
        """
        async with self._database.writing() as session:
            row = await _row(session, number)
            if to not in STEPS[State(row.state)]:
                raise Conflict(f"This action is {row.state}.", code="wrong-step")
            values: dict[str, Any] = {"state": to}
            if to is State.DONE:
                values["done_on"] = on or now().date()
            await session.execute(update(ActionRow).where(ActionRow.id == number).values(values))
            await _note(session, number, by, to, text)

    async def note(self, number: int, by: str, text: str) -> None:
        """Write something about an action.

        Raises:
            NotFound: there is no such action.
        """
        async with self._database.writing() as session:
            row = await _row(session, number)
            await _note(session, number, by, State(row.state), text)

    async def keep_check(self, number: int, check: Check) -> None:
        """Keep what a comparison found, as it was found."""
        values = {"verdict": check.verdict, "check": asdict(check) | {"verdict": str(check.verdict)}}
        async with self._database.writing() as session:
            await session.execute(update(ActionRow).where(ActionRow.id == number).values(values))

    async def all(self, *, demo: bool) -> list[Action]:
        """Return the actions: those to do first, the earliest due at the top."""
        query = select(ActionRow).where(ActionRow.demo if demo else ~ActionRow.demo).order_by(ActionRow.due)
        async with self._database.reading() as session:
            found = [_action(row) for row in await session.scalars(query)]
        order = list(State)
        return sorted(found, key=lambda action: order.index(action.state))

    async def get(self, number: int) -> Action:
        """Return an action.

        Raises:
            NotFound: there is none of that number.
        """
        async with self._database.reading() as session:
            return _action(await _row(session, number))

    async def notes(self, number: int) -> list[Note]:
        """Return what was written about an action, in its order."""
        query = select(ActionNoteRow).where(ActionNoteRow.action_id == number).order_by(ActionNoteRow.id)
        async with self._database.reading() as session:
            return [Note(row.at, row.by, row.state, row.text) for row in await session.scalars(query)]

    async def verbatims(self, number: int) -> list[int]:
        """Return the comments that caused an action, as far as they are still there."""
        query = select(ActionVerbatimRow.feedback_id).where(ActionVerbatimRow.action_id == number)
        async with self._database.reading() as session:
            return list(await session.scalars(query))


async def _row(session: AsyncSession, number: int) -> ActionRow:
    row = (await session.execute(select(ActionRow).where(ActionRow.id == number))).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such action.", code="unknown-action")
    return row


async def _note(session: AsyncSession, number: int, by: str, state: State, text: str) -> None:
    values = {"action_id": number, "at": now(), "by": by[:80], "state": state, "text": mask(text).text[:2000]}
    await session.execute(insert(ActionNoteRow).values(values))


def _action(row: ActionRow) -> Action:
    return Action(
        row.id, row.title, row.owner, Aim(row.dimension, row.moment, row.service), row.hypothesis, row.score,
        row.answers, row.due, State(row.state), row.created_at, row.created_by, row.done_on, row.verdict, row.check,
        row.demo,
    )  # fmt: skip
