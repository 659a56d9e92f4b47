"""What was not sent, or perhaps not: a person looks at it, lets it be sent again, or says that it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from bot.conversations.handoff_tables import HandoffRow
from bot.db import Database, now
from bot.errors import NotFound
from bot.requests.outbox import Channel, Status
from bot.requests.tables import OutboxRow, RequestEventRow, RequestRow

LISTED = 200
"""Lines of a list for a person; what is beyond shows when these are settled."""
SETTLED = "settled by a person"


@dataclass(frozen=True)
class DeadLetter:
    """Something that was not sent, or perhaps not; `reference` of the request, or of the message left at the desk."""

    id: int
    reference: str
    channel: str
    status: str
    attempts: int
    error: str | None
    created_at: datetime
    service: str | None
    handoff_id: str | None

    @property
    def kind(self) -> str:
        """What it is about: `request` or `handoff`, as the audit trail says it."""
        return "handoff" if self.handoff_id else "request"


@dataclass(frozen=True)
class Within:
    """What somebody may see of it.

    Attributes:
        services: those whose requests come to their offices.
        offices: whose messages left at the desk they answer; None for all of them.
        webhooks: whether news to the office's software are their business.
    """

    services: Sequence[str]
    offices: Sequence[str] | None
    webhooks: bool


class Undelivered:
    """The dead letters of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, within: Within | None = None) -> list[DeadLetter]:
        """Return what was not sent, or perhaps not, the oldest first; `LISTED` at most for somebody who is named."""
        query = _letters(within).order_by(OutboxRow.id)
        async with self._database.reading() as session:
            return [DeadLetter(*row) for row in await session.execute(query.limit(LISTED) if within else query)]

    async def count(self, within: Within) -> int:
        """Return how many there are, `LISTED` at most."""
        lines = _letters(within).limit(LISTED).subquery()
        async with self._database.reading() as session:
            return (await session.execute(select(func.count()).select_from(lines))).scalar_one()

    async def one(self, number: int, within: Within) -> DeadLetter:
        """Return a dead letter.

        Raises:
            NotFound: there is none of that number within what one may see.
        """
        async with self._database.reading() as session:
            row = (await session.execute(_letters(within).where(OutboxRow.id == number))).one_or_none()
        if row is None:
            raise _unknown(number)
        return DeadLetter(*row)

    async def send_again(self, number: int) -> None:
        """Let a dead letter be tried again, because a person decided so.

        Raises:
            NotFound: there is no dead letter of that number.
        """
        await self._change(number, status=Status.WAITING, attempts=0, next_at=now(), error=None)

    async def settle(self, number: int) -> None:
        """Say that a dead letter needs nothing more: it arrived, or the citizen was told otherwise.

        Raises:
            NotFound: there is no dead letter of that number.
        """
        await self._change(number, status=Status.SKIPPED, error=SETTLED)

    async def _change(self, number: int, **values: Any) -> None:
        dead = OutboxRow.id == number, OutboxRow.status.in_((Status.FAILED, Status.UNCERTAIN))
        async with self._database.writing() as session:
            found = await session.execute(update(OutboxRow).where(*dead).values(**values).returning(OutboxRow.id))
            if found.one_or_none() is None:
                raise _unknown(number)


def _letters(within: Within | None) -> Select[Any]:
    query = (
        select(
            OutboxRow.id,
            func.coalesce(RequestRow.reference, OutboxRow.handoff_id),
            OutboxRow.channel,
            OutboxRow.status,
            OutboxRow.attempts,
            OutboxRow.error,
            OutboxRow.created_at,
            func.coalesce(RequestRow.service, HandoffRow.service),
            OutboxRow.handoff_id,
        )
        .outerjoin(RequestEventRow, RequestEventRow.id == OutboxRow.event_id)
        .outerjoin(RequestRow, RequestRow.id == RequestEventRow.request_id)
        .outerjoin(HandoffRow, HandoffRow.id == OutboxRow.handoff_id)
        .where(OutboxRow.status.in_((Status.FAILED, Status.UNCERTAIN)))
    )
    return query if within is None else query.where(_seen(within))


def _seen(within: Within) -> ColumnElement[bool]:
    news: list[ColumnElement[bool]] = [RequestRow.service.in_(within.services)]
    if not within.webhooks:
        news.append(OutboxRow.channel != Channel.WEBHOOK)
    # An answer that surely did not go is back at the desk already, as a message that waits for one.
    left: list[ColumnElement[bool]] = [OutboxRow.handoff_id.is_not(None), OutboxRow.status == Status.UNCERTAIN]
    if within.offices is not None:
        left.append(or_(HandoffRow.administration.is_(None), HandoffRow.administration.in_(within.offices)))
    return or_(and_(*news), and_(*left))


def _unknown(number: int) -> NotFound:
    return NotFound(f"There is no dead letter {number}.", code="unknown-letter")
