"""What waits to be done, for whoever watches over the service."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.conversations.handoff import HandoffState
from bot.conversations.handoff_tables import HandoffRow
from bot.conversations.tables import PendingRow
from bot.db import Database
from bot.requests.outbox import Status
from bot.requests.tables import OutboxRow


@dataclass(frozen=True)
class Backlog:
    """How much waits, and since when the oldest does; None when nothing waits.

    Attributes:
        messages: of citizens, that the engine has not answered yet.
        people: citizens who wait for a person.
        outbox: notices and webhooks that are not sent yet.
        outbox_failed: those that were given up.
    """

    messages: int
    messages_since: datetime | None
    people: int
    people_since: datetime | None
    outbox: int
    outbox_since: datetime | None
    outbox_failed: int


async def backlog(database: Database) -> Backlog:
    """Return what waits.

    Raises:
        Unavailable: the database does not answer.
    """
    waiting = OutboxRow.status.in_((Status.WAITING, Status.SENDING))
    async with database.looking() as connection:
        messages = (await connection.execute(select(func.count(), func.min(PendingRow.at)))).one()
        people = (
            await connection.execute(
                select(func.count(), func.min(HandoffRow.asked_at)).where(HandoffRow.state == HandoffState.WAITING)
            )
        ).one()
        outbox = (await connection.execute(select(func.count(), func.min(OutboxRow.created_at)).where(waiting))).one()
        failed = await connection.scalar(select(func.count()).where(OutboxRow.status == Status.FAILED))
    return Backlog(
        messages=messages[0],
        messages_since=messages[1],
        people=people[0],
        people_since=people[1],
        outbox=outbox[0],
        outbox_since=outbox[1],
        outbox_failed=failed or 0,
    )
