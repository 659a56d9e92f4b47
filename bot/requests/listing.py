"""Lists of requests, page by page: each begins after the last line of the one before (keyset), however many."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, false, func, select, true, tuple_, union_all

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
        demo: those that `guichet demo` made up, or the real ones; never both.
    """

    states: tuple[State, ...] = ()
    services: tuple[str, ...] = ()
    late: bool = False
    unread: bool = False
    due_before: datetime | None = None
    filed_before: datetime | None = None
    filed_since: datetime | None = None
    demo: bool = False


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
    demo: bool


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
    wanted = wanted or Filter()
    key = RequestRow.due_at if order is Order.DUE else RequestRow.filed_at
    place = tuple_(key, RequestRow.id)
    ordering = (key, RequestRow.id) if order is Order.DUE else (key.desc(), RequestRow.id.desc())
    unread = _unread()
    conditions = [RequestRow.filed_at.is_not(None), *_conditions(wanted, unread)]
    if after is not None:
        last = _decode(after)
        conditions.append(place > last if order is Order.DUE else place < last)
    # Each state by itself, along its own index: together, the open ones would be looked for among all that is over.
    every: list[list[ColumnElement[bool]]] = [[]]
    states = _states(wanted)
    parts = [
        select(key.label("at"), RequestRow.id)
        .where(*conditions, *state)
        .order_by(*ordering)
        .limit(limit + 1)
        .subquery()
        for state in (every if states is None else [[RequestRow.state == each] for each in states])
    ]
    if not parts:
        return Page([], None)
    async with database.reading() as session:
        found = (await session.execute(union_all(*(select(each.c.at, each.c.id) for each in parts)))).all()
        places = sorted(((row.at, row.id) for row in found), reverse=order is Order.NEWEST)
        shown = [each for _, each in places[:limit]]
        query = select(RequestRow, unread.label("unread")).where(RequestRow.id.in_(shown))
        rows = {row.RequestRow.id: _line(row.RequestRow, row.unread) for row in await session.execute(query)}
    following = _encode(*places[limit - 1]) if len(places) > limit else None
    return Page([rows[each] for each in shown if each in rows], following)


async def count_open(database: Database, services: Sequence[str], *, demo: bool = False) -> tuple[int, int]:
    """Return how many requests of some services are not over, and how many of these are late; real ones, or made up."""
    late = func.count().filter(RequestRow.due_at < now())
    waiting = [
        select(func.count().label("open"), late.label("late")).where(
            RequestRow.state == state, _among(services), _is(demo=demo)
        )
        for state in OPEN
    ]
    async with database.reading() as session:
        rows = (await session.execute(union_all(*waiting))).all()
    return sum(row.open for row in rows), sum(row.late for row in rows)


async def count_states(database: Database) -> dict[State, int]:
    """Return how many real requests there are in each state, drafts included."""
    async with database.reading() as session:
        query = select(RequestRow.state, func.count()).where(~RequestRow.demo).group_by(RequestRow.state)
        return {State(state): count for state, count in await session.execute(query)}


def _states(wanted: Filter) -> list[State] | None:
    """Return the states to look in; None for all of them."""
    if wanted.late or wanted.due_before is not None:
        return [each for each in OPEN if not wanted.states or each in wanted.states]
    return list(wanted.states) or None


def _among(services: Sequence[str]) -> ColumnElement[bool]:
    # Not by the index of the services, which SQLite would prefer: it leads through all that is over.
    return RequestRow.service.concat("").in_(services)


def _is(*, demo: bool) -> ColumnElement[bool]:
    """Return the condition of what is made up, or of what is real."""
    return RequestRow.demo.is_(true()) if demo else RequestRow.demo.is_(false())


def _unread() -> ScalarSelect[int]:
    """Return how many messages of its citizen nobody has read, of the request of the row."""
    theirs = RequestEventRow.request_id == RequestRow.id, RequestEventRow.actor == Actor.CITIZEN
    new = RequestEventRow.kind == Kind.MESSAGE, RequestEventRow.read_at.is_(None)
    return select(func.count()).where(*theirs, *new).correlate(RequestRow).scalar_subquery()


def _conditions(wanted: Filter, unread: Any) -> list[ColumnElement[bool]]:
    conditions = [_is(demo=wanted.demo)]
    if wanted.services:
        conditions.append(_among(wanted.services))
    if wanted.late:
        conditions.append(RequestRow.due_at < now())
    if wanted.due_before is not None:
        conditions.append(RequestRow.due_at < wanted.due_before)
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
        *(row.reference, row.service, state, row.language, row.filed_at, row.due_at, row.decided_at, late, unread),
        demo=row.demo,
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
