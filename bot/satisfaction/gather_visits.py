"""Reads visits from the log of turns and gives their signals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.catalogue.load import Catalogue
from bot.conversations.tables import ConversationRow, MessageRow, TurnRow
from bot.requests.tables import ContactRow, RequestRow
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.signals import ABANDONED_AT, QUIET, SIGNALS, Said, abandoned_at, abandonment
from bot.satisfaction.signals_after import WINDOW, resolved_without_recontact
from bot.satisfaction.store import channel_of

if TYPE_CHECKING:
    from bot.satisfaction.gather import Batch

LONGEST = 300
"""Turns of a visit that are looked at: what is longer is no visit of a person."""
Rows = Sequence[Any]
_COLUMNS = (
    *(
        TurnRow.id,
        TurnRow.conversation_id,
        TurnRow.message_id,
        TurnRow.at,
        TurnRow.kind,
        TurnRow.text,
        TurnRow.language,
    ),
    *(TurnRow.intent, TurnRow.service, TurnRow.moment, TurnRow.actions, TurnRow.field, TurnRow.fallback),
    *(TurnRow.model, TurnRow.milliseconds, ConversationRow.origin),
)


async def visits(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return the signals of the visits that ended in a batch of turns, and the new mark."""
    facts: list[Fact] = []
    upto, ended = await _ended(session, batch)
    for rows, _ in ended:
        said = [_said(row) for row in rows]
        last = rows[-1]
        if abandonment(said):
            said[-1] = replace(said[-1], awaited=await _awaited(session, last))
        for dimension, (scale, signal) in SIGNALS.items():
            value = signal(said)
            if value is not None:
                facts.append(_fact(rows, catalogue, dimension, value, scale))
        field = abandoned_at(said)
        if field:
            facts.append(_fact(rows, catalogue, f"{ABANDONED_AT}{field}"[:60], 1.0, "count"))
    return facts, upto


async def durable_resolutions(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return whether the visits that ended in a batch of turns settled their matter, and the new mark."""
    upto, ended = await _ended(session, batch)
    facts = []
    for rows, following in ended:
        if any(row.service for row in rows):
            last = rows[-1]
            came = [*following, *await _came_about_requests(session, last)]
            value = resolved_without_recontact(last.at, came, helped=not last.fallback)
            facts.append(_fact(rows, catalogue, "resolved_without_recontact", value, "yes-no"))
    return facts, upto


async def _came_about_requests(session: AsyncSession, last: Any) -> list[datetime]:
    """Return when somebody came, in whichever conversation, about the requests of the one in which a visit ended.

    By the number of the request, which they gave: no person is known again, and no hash of one is read. What is noted
    within half an hour is the visit itself: a request is noted when it is filed, after the message that filed it.
    """
    query = (
        select(ContactRow.at)
        .join(RequestRow, RequestRow.id == ContactRow.request_id)
        .where(RequestRow.conversation_id == last.conversation_id, ContactRow.at > last.at + QUIET)
    )
    return list(await session.scalars(query))


async def _ended(session: AsyncSession, batch: "Batch") -> tuple[int, list[tuple[Rows, list[Any]]]]:
    """Return the new mark, and each visit whose last turn is in the batch, with the times of what came after it."""
    read = await session.execute(
        select(TurnRow.id, TurnRow.conversation_id, TurnRow.number, TurnRow.at)
        .where(TurnRow.id > batch.mark)
        .order_by(TurnRow.id)
        .limit(batch.size)
    )
    ready: dict[int, Any] = {}
    for row in read:
        if row.at > batch.before:
            break
        ready[row.id] = row
    if not ready:
        return batch.mark, []
    found = [
        visit
        for conversation_id in dict.fromkeys(row.conversation_id for row in ready.values())
        for visit in await _visits_of(session, conversation_id, [r for r in ready.values() if r[1] == conversation_id])
        if visit[0][-1].id in ready
    ]
    return max(ready), found


async def _visits_of(session: AsyncSession, conversation_id: str, read: Rows) -> list[tuple[Rows, list[Any]]]:
    numbers = [row.number for row in read]
    latest = max(row.at for row in read) + WINDOW + timedelta(minutes=1)
    query = (
        select(*_COLUMNS)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(
            TurnRow.conversation_id == conversation_id,
            TurnRow.number >= min(numbers) - LONGEST,
            TurnRow.at <= latest,
        )
        .order_by(TurnRow.number)
    )
    found = list(_split((await session.execute(query)).all()))
    return [(visit, [row.at for later in found[place + 1 :] for row in later[:1]]) for place, visit in enumerate(found)]


def _split(rows: Rows) -> Iterator[Rows]:
    """Yield the visits of a conversation."""
    visit: list[Any] = []
    for row in rows:
        if visit and row.at - visit[-1].at > QUIET:
            yield visit
            visit = []
        visit.append(row)
    if visit:
        yield visit


def _said(row: Any) -> Said:
    return Said(
        at=row.at,
        kind=row.kind,
        text=row.text,
        intent=row.intent,
        actions=tuple(row.actions),
        field=row.field,
        fallback=row.fallback,
        milliseconds=row.milliseconds,
    )


async def _awaited(session: AsyncSession, turn: Any) -> str | None:
    """Return the field that the last message of a turn asked for."""
    query = select(MessageRow.body).where(
        MessageRow.conversation_id == turn.conversation_id, MessageRow.turn_message_id == turn.message_id
    )
    inputs = [
        (body.get("extras") or {}).get("input") for body in await session.scalars(query.order_by(MessageRow.sequence))
    ]
    return next((each["field"] for each in reversed(inputs) if each), None)


def _fact(rows: Rows, catalogue: Catalogue, dimension: str, value: float, scale: str) -> Fact:
    last = rows[-1]
    service = next((row.service for row in reversed(rows) if row.service), None)
    known = catalogue.services.get(service or "")
    return Fact(
        at=last.at,
        kind=Kind.SIGNAL,
        side=Side.CITIZEN,
        moment=next((row.moment for row in reversed(rows) if row.moment), ""),
        service=service,
        administration=known.administration if known else None,
        channel=channel_of(last.origin),
        language=last.language,
        dimension=dimension,
        value=value,
        scale=scale,
        conversation_id=last.conversation_id,
        model=last.model,
    )
