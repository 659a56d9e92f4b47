"""Lists of requests, page by page: each begins after the last line of the one before (keyset), however many."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from bot.db import Database, now
from bot.errors import Unprocessable
from bot.requests.events import Kind
from bot.requests.lifecycle import Actor
from bot.requests.model import Request, State
from bot.requests.tables import RequestEventRow, RequestRow

MOST_LINES = 200
OPEN = (State.FILED, State.TO_COMPLETE, State.EXAMINED)


class Order(StrEnum):
    """What comes first: the request that is due first (the latest of the late ones), or the newest."""

    DUE = "due"
    NEWEST = "newest"


@dataclass(frozen=True)
class Filter:
    """Which requests are listed; drafts never are, because they are not with the office.

    Attributes:
        states: any of these; all when empty.
        services: any of these; all when empty.
        late: only those whose announced delay is over.
        unread: only those with a message of the citizen that nobody read.
        due_before: only those that are not over and whose answer was announced before this time.
        filed_before: only those filed before this time.
        filed_since: only those filed at this time or later.
    """

    states: tuple[State, ...] = ()
    services: tuple[str, ...] = ()
    late: bool = False
    unread: bool = False
    due_before: datetime | None = None
    filed_before: datetime | None = None
    filed_since: datetime | None = None


@dataclass(frozen=True)
class Line:
    """A request in a list, without anything personal."""

    reference: str
    service: str
    state: State
    language: str
    filed_at: datetime
    due: datetime
    decided_at: datetime | None
    late: bool
    unread: int


@dataclass(frozen=True)
class Page:
    """Some lines of a list; `next` is what to ask for the following page with, None on the last."""

    lines: list[Line]
    next: str | None


async def list_requests(
    database: Database,
    wanted: Filter | None = None,
    *,
    order: Order = Order.DUE,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of requests.

    Args:
        database: where they are.
        wanted: which ones; all that are filed when left out.
        order: what comes first.
        after: `next` of the page before.
        limit: lines at most, 1 to 200.

    Raises:
        Unprocessable: `after` comes from no page, or `limit` is out of bounds.
    """
    if not 1 <= limit <= MOST_LINES:
        raise Unprocessable(f"`limit` is a number from 1 to {MOST_LINES}.", field="limit")
    key = RequestRow.due_at if order is Order.DUE else RequestRow.filed_at
    place = tuple_(key, RequestRow.id)
    unread = (
        select(func.count())
        .where(
            RequestEventRow.request_id == RequestRow.id,
            RequestEventRow.kind == Kind.MESSAGE,
            RequestEventRow.actor == Actor.CITIZEN,
            RequestEventRow.read_at.is_(None),
        )
        .scalar_subquery()
    )
    query = select(RequestRow, unread.label("unread")).where(
        RequestRow.filed_at.is_not(None), *_conditions(wanted or Filter(), unread)
    )
    if after is not None:
        last = _decode(after)
        query = query.where(place > last if order is Order.DUE else place < last)
    ordering = (key, RequestRow.id) if order is Order.DUE else (key.desc(), RequestRow.id.desc())
    async with database.reading() as session:
        rows = (await session.execute(query.order_by(*ordering).limit(limit + 1))).all()
    lines = [_line(row.RequestRow, row.unread) for row in rows[:limit]]
    last_row = rows[limit - 1].RequestRow if len(rows) > limit else None
    if last_row is None:
        return Page(lines, None)
    return Page(lines, _encode(last_row.due_at if order is Order.DUE else last_row.filed_at, last_row.id))


async def count_open(database: Database, services: Sequence[str]) -> tuple[int, int]:
    """Return how many requests of some services are not over, and how many of these are late."""
    late = func.count().filter(RequestRow.due_at < now())
    query = select(func.count(), late).where(RequestRow.state.in_(OPEN), RequestRow.service.in_(services))
    async with database.reading() as session:
        row = (await session.execute(query)).one()
    return row[0], row[1]


async def count_states(database: Database) -> dict[State, int]:
    """Return how many requests there are in each state, drafts included."""
    async with database.reading() as session:
        query = select(RequestRow.state, func.count()).group_by(RequestRow.state)
        return {State(state): count for state, count in await session.execute(query)}


def _conditions(wanted: Filter, unread: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(RequestRow.state.in_(wanted.states))
    if wanted.services:
        conditions.append(RequestRow.service.in_(wanted.services))
    if wanted.late:
        conditions += [RequestRow.due_at < now(), RequestRow.state.in_(OPEN)]
    if wanted.due_before is not None:
        conditions += [RequestRow.due_at < wanted.due_before, RequestRow.state.in_(OPEN)]
    if wanted.filed_before is not None:
        conditions.append(RequestRow.filed_at < wanted.filed_before)
    if wanted.filed_since is not None:
        conditions.append(RequestRow.filed_at >= wanted.filed_since)
    if wanted.unread:
        conditions.append(unread > 0)
    return conditions


def _line(row: RequestRow, unread: int) -> Line:
    state = State(row.state)
    assert row.filed_at is not None
    assert row.due_at is not None
    late = not state.is_final and row.due_at < now()
    return Line(
        *(row.reference, row.service, state, row.language, row.filed_at, row.due_at, row.decided_at, late, unread)
    )


def place_of(request: Request, order: Order) -> str:
    """Return the place of a request in a list, as the `next` of a page that ends with it, wherever it stands now."""
    at = request.due if order is Order.DUE else request.filed_at
    return _encode(at or request.created_at, request.id)


def _encode(at: datetime, request_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), request_id]).encode()).decode()


def _decode(after: str) -> tuple[datetime, str]:
    try:
        at, request_id = json.loads(base64.urlsafe_b64decode(after.encode("ascii")))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(request_id, str) or "\x00" in request_id:
            raise ValueError
    except (ValueError, TypeError, binascii.Error):
        raise Unprocessable("`after` is the `next` of the page before.", field="after") from None
    return moment, request_id
