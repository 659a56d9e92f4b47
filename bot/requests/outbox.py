"""The outbox: what is to be sent is written in the same transaction as the event that it tells, and sent by a job.

So a notification exists exactly when its event does. The row holds no address and no words: both are read from the
request, or from the message left at the desk, when it is sent. A row is taken with a lease, by one process at a time,
and then:

- what surely did not go (no connection, "try again later") is tried again, each time after a longer while;
- what surely never will (no such mailbox, attempts used up) is `failed`;
- what may have gone, because the process or the connection died after the words were handed over, is never sent again
  by itself: it is `uncertain`, and a person decides (bot/requests/undelivered.py). To a citizen, twice is an error that
  worries; a webhook is sent again instead, because its receiver knows an event by its identifier.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.requests.events import Kind, RequestEvent
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.requests.tables import OutboxRow, RequestRow, WebhookRow

LEASE = timedelta(minutes=5)
"""Time after which a row whose sender died is looked at again."""
ATTEMPTS = 20
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=4)
"""The wait doubles after each failure up to the longest: two days in all, so that a mail server may be down a night."""


class Channel(StrEnum):
    """How something is sent."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"
    WEBHOOK = "webhook"


class Status(StrEnum):
    """Where something to be sent stands; `skipped` when the citizen gave no address for its channel."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Parcel:
    """Something to be sent, about an event of a request, or to who left a message at the desk (`handoff_id`)."""

    id: int
    event_id: int | None
    channel: Channel
    webhook_id: int | None
    attempts: int
    created_at: datetime
    handoff_id: str | None = None


def told(event: RequestEvent) -> list[Channel]:
    """Return the channels on which the citizen is told about an event: none for what they did themselves.

    The acknowledgement is the exception: it is sent to the address that they gave, and stands in the chat already.
    """
    if event.kind is Kind.STATE and event.state is State.FILED:
        return [Channel.EMAIL, Channel.SMS]
    if event.actor is Actor.CITIZEN or event.state is State.DRAFT:
        return []
    return [Channel.CHAT, Channel.EMAIL, Channel.SMS]


async def enqueue(session: AsyncSession, request_id: str, event: RequestEvent) -> None:
    """Write what is to be sent about an event, in the transaction of the event."""
    at = now()
    rows = [{"channel": str(channel), "webhook_id": None} for channel in told(event)]
    if event.state is not State.DRAFT:
        service = select(RequestRow.service).where(RequestRow.id == request_id).scalar_subquery()
        hooks = await session.execute(select(WebhookRow.id, WebhookRow.services, service.label("service")))
        rows += [
            {"channel": str(Channel.WEBHOOK), "webhook_id": hook.id}
            for hook in hooks
            if not hook.services or hook.service in hook.services
        ]
    if rows:
        common = {"event_id": event.id, "status": Status.WAITING, "attempts": 0, "created_at": at, "next_at": at}
        await session.execute(insert(OutboxRow), [row | common for row in rows])


async def enqueue_letter(session: AsyncSession, handoff_id: str) -> None:
    """Write that who left a message is to be answered by e-mail, in the transaction of the answer."""
    at = now()
    letter = {"handoff_id": handoff_id, "channel": str(Channel.EMAIL), "status": Status.WAITING}
    await session.execute(insert(OutboxRow).values(**letter, attempts=0, created_at=at, next_at=at))


class Outbox:
    """What waits to be sent.

    Args:
        database: where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, count: int = 20) -> list[Parcel]:
        """Take what is due, so that no other process does.

        A parcel whose sender died is set aside as uncertain, unless it is a webhook's: that is taken again.
        """
        at = now()
        died = and_(OutboxRow.status == Status.SENDING, OutboxRow.leased_until < at)
        repeatable = OutboxRow.channel.in_((Channel.WEBHOOK, Channel.CHAT))
        due = or_(
            and_(OutboxRow.status == Status.WAITING, OutboxRow.next_at <= at),
            and_(died, repeatable),
        )
        async with self._database.writing() as session:
            await session.execute(
                update(OutboxRow)
                .where(died, ~repeatable)
                .values(status=Status.UNCERTAIN, leased_until=None, error="the sender died")
            )
            # In their order; other processes pass over what this one is taking (on PostgreSQL; SQLite has one writer).
            chosen = (
                select(OutboxRow.id).where(due).order_by(OutboxRow.id).limit(count).with_for_update(skip_locked=True)
            )
            taken = await session.scalars(
                update(OutboxRow)
                .where(OutboxRow.id.in_(list(await session.scalars(chosen))))
                .values(status=Status.SENDING, leased_until=at + LEASE, attempts=OutboxRow.attempts + 1)
                .returning(OutboxRow)
            )
            parcels = [
                Parcel(
                    *(row.id, row.event_id, Channel(row.channel), row.webhook_id, row.attempts, row.created_at),
                    handoff_id=row.handoff_id,
                )
                for row in taken
            ]
        return sorted(parcels, key=lambda parcel: parcel.id)

    async def settle(self, parcel: Parcel, status: Status, error: str | None = None) -> Status:
        """Write how the sending of a parcel ended, and return it; `waiting`, tried too often, becomes `failed`."""
        at = now()
        if status is Status.WAITING and parcel.attempts >= ATTEMPTS:
            status = Status.FAILED
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (parcel.attempts - 1))
        async with self._database.writing() as session:
            await session.execute(
                update(OutboxRow)
                .where(OutboxRow.id == parcel.id, OutboxRow.status == Status.SENDING)
                .values(
                    status=status,
                    leased_until=None,
                    next_at=at + wait,
                    sent_at=at if status is Status.SENT else None,
                    error=error[:80] if error else None,
                )
            )
        return status

    async def counts(self) -> dict[str, int]:
        """Return how many parcels there are, by status."""
        async with self._database.reading() as session:
            query = select(OutboxRow.status, func.count()).group_by(OutboxRow.status)
            return {row[0]: row[1] for row in await session.execute(query)}
