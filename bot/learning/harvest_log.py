"""Reads the log for the harvest: what came since the last time, and all that is known of some conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.review_tables import AnnotationRow, ProposedExampleRow
from bot.conversations.reviews import Reason
from bot.conversations.tables import TurnRow
from bot.learning.harvest_signals import SILENT_AFTER, UNSURE_INTENT, Correction, Heard, Talk
from bot.learning.inbox_tables import HarvestRow
from bot.satisfaction.model import Face
from bot.satisfaction.tables import FeedbackRow

TURNS_AT_ONCE = 200
"""Turns whose conversations are read together: the gateway does this beside answering citizens, who wait for a step."""
MISSED = (Reason.MISUNDERSTOOD, Reason.WRONG_SERVICE)
"""Judgements that say that what was meant was not found; the others speak of the answer's words."""


@dataclass
class Progress:
    """How far each part of the log was read: numbers of rows, and for notes microseconds (a note can be changed)."""

    turns: int = 0
    corrections: int = 0
    judgements: int = 0
    notes: int = 0


@dataclass(frozen=True)
class Step:
    """Conversations of which something is new, and how far the log was read to find them."""

    conversation_ids: list[str] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    last: bool = True


async def progress_of(session: AsyncSession, *, locked: bool = False) -> Progress:
    """Return how far the log was read; `locked`, nobody else changes it before the end of the transaction."""
    query = select(HarvestRow.part, HarvestRow.up_to)
    rows = await session.execute(query.with_for_update() if locked else query)
    return Progress(**{row.part: row.up_to for row in rows})


async def keep_progress(session: AsyncSession, progress: Progress) -> None:
    """Write how far the log was read."""
    for part, up_to in vars(progress).items():
        await session.merge(HarvestRow(part=part, up_to=up_to))


async def next_step(session: AsyncSession, done: Progress, at: datetime) -> Step:
    """Return the next conversations to be looked at.

    Turns are read once they are older than the silence after which a conversation is over: what follows a message tells
    whether it was understood. The opinions of colleagues and citizens are read as soon as they are there.
    """
    settled = select(func.max(TurnRow.id)).where(TurnRow.at <= at - SILENT_AFTER)
    end = await session.scalar(settled) or 0
    turns = await _new(session, TurnRow.id, TurnRow.conversation_id, done.turns, end)
    corrections = await _new(session, ProposedExampleRow.id, ProposedExampleRow.conversation_id, done.corrections)
    judgements = await _new(session, AnnotationRow.id, AnnotationRow.conversation_id, done.judgements)
    since = datetime.fromtimestamp(done.notes / 1e6, UTC)
    given = (
        select(FeedbackRow.at, FeedbackRow.conversation_id)
        .where(FeedbackRow.at > since, FeedbackRow.conversation_id.is_not(None))
        .order_by(FeedbackRow.at)
        .limit(TURNS_AT_ONCE)
    )
    notes = [(_microseconds(row.at), row.conversation_id) for row in await session.execute(given)]
    found = (turns, corrections, judgements, notes)
    ends = [rows[-1][0] if rows else old for rows, old in zip(found, vars(done).values(), strict=True)]
    ids = list(dict.fromkeys(conversation_id for rows in found for _, conversation_id in rows))
    return Step(ids, Progress(*ends), all(len(rows) < TURNS_AT_ONCE for rows in found))


async def talks(session: AsyncSession, conversation_ids: Sequence[str]) -> list[Talk]:
    """Return all that is known of some conversations, for `harvest_signals.find`."""
    turns: dict[str, list[Heard]] = {each: [] for each in conversation_ids}
    columns = (
        *(TurnRow.id, TurnRow.message_id, TurnRow.at, TurnRow.kind, TurnRow.text, TurnRow.language, TurnRow.intent),
        *(TurnRow.confidence, TurnRow.alternatives, TurnRow.service, TurnRow.field, TurnRow.fallback),
        TurnRow.conversation_id,
    )
    theirs = select(*columns).where(TurnRow.conversation_id.in_(conversation_ids))
    for row in await session.execute(theirs.order_by(TurnRow.conversation_id, TurnRow.number)):
        turns[row.conversation_id].append(_heard(row))
    proposals = select(ProposedExampleRow).where(
        ProposedExampleRow.conversation_id.in_(conversation_ids), ProposedExampleRow.state != "replaced"
    )
    corrections: dict[str, dict[str, Correction]] = {}
    for each in await session.scalars(proposals.order_by(ProposedExampleRow.id)):
        correction = Correction(each.intent, each.service, each.by)
        corrections.setdefault(each.conversation_id, {})[each.message_id] = correction
    judged: dict[str, set[str]] = {}
    missed = select(AnnotationRow.conversation_id, AnnotationRow.message_id).where(
        AnnotationRow.conversation_id.in_(conversation_ids), AnnotationRow.reason.in_(MISSED)
    )
    for conversation_id, message_id in await session.execute(missed):
        judged.setdefault(conversation_id, set()).add(message_id)
    bad: dict[str, list[datetime]] = {}
    worst = select(FeedbackRow.conversation_id, FeedbackRow.at).where(
        FeedbackRow.conversation_id.in_(conversation_ids), FeedbackRow.note == Face.BAD.note
    )
    for given in await session.execute(worst):
        bad.setdefault(str(given.conversation_id), []).append(given.at)
    return [
        Talk(each, heard, corrections.get(each, {}), frozenset(judged.get(each, ())), tuple(bad.get(each, ())))
        for each, heard in turns.items()
    ]


async def _new(session: AsyncSession, number: Any, of: Any, after: int, end: int | None = None) -> list[Any]:
    query = select(number, of).where(number > after).order_by(number).limit(TURNS_AT_ONCE)
    return list((await session.execute(query if end is None else query.where(number <= end))).all())


def _heard(row: Any) -> Heard:
    first = [(row.intent, row.confidence)] if row.intent and row.intent != UNSURE_INTENT else []
    others = [(each["name"], each["confidence"]) for each in row.alternatives]
    ranking = tuple((name, round(confidence or 0.0, 4)) for name, confidence in [*first, *others])
    return Heard(
        turn_id=row.id,
        message_id=row.message_id,
        at=row.at,
        kind=row.kind,
        text=row.text,
        language=row.language,
        intent=row.intent,
        confidence=row.confidence,
        ranking=ranking,
        service=row.service,
        field=row.field,
        fallback=row.fallback,
    )


def _microseconds(at: datetime) -> int:
    # Whole seconds and the rest apart: a float has too few digits for both.
    return int(at.replace(microsecond=0).timestamp()) * 1_000_000 + at.microsecond
