"""Recontact: the same citizen comes back about the same request or service within seven days.

It is the sign that something was not clear the first time. A citizen is known again by what they use anyway: the
conversation, the request, the e-mail address or the phone number that they gave. Of these only a keyed hash is kept,
and no longer than the seven days in which it can say something; that there was a recontact stays, without a person,
as long as what was answered about satisfaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.catalogue.model import FieldType, Service
from bot.conversations.tables import TurnRow
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.requests.model import Request
from bot.requests.notifications import address_of
from bot.requests.tables import ContactRow

WINDOW = timedelta(days=7)
SAME_VISIT = timedelta(hours=4)
"""Time within which coming again is still the same visit."""


@dataclass(frozen=True)
class Recontact:
    """Somebody came back: about what, when, and how many hours after the time before."""

    service: str
    request_id: str | None
    at: datetime
    hours_since: float


class Contacts:
    """Who came about what, in the last seven days.

    Args:
        database: where it is kept.
        cipher: makes the keyed hashes.
    """

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    async def notice(
        self, service: Service, conversation_id: str | None, request: Request | None = None, at: datetime | None = None
    ) -> float | None:
        """Note that a citizen came about a service, or about a request of it.

        Args:
            service: about which.
            conversation_id: in which conversation.
            request: about which request, whose addresses tell who it is.
            at: when; now when left out.

        Returns:
            The hours since the time before, when this is a recontact; else None.
        """
        addresses = {
            "email": (address_of(request, service, FieldType.EMAIL) or "").lower() if request else "",
            "phone": address_of(request, service, FieldType.PHONE) if request else "",
        }
        about = request.id if request else None
        return await self._notice(service.id, conversation_id, about, at or now(), **addresses)

    async def _notice(
        self, service: str, conversation_id: str | None, request_id: str | None, at: datetime, **addresses: str | None
    ) -> float | None:
        known = {"conversation": conversation_id, "request": request_id, **addresses}
        persons = [self._hash(name, value) for name, value in known.items() if value]
        recent = (
            select(ContactRow.at)
            .where(ContactRow.person.in_(persons), ContactRow.service == service, ContactRow.at > at - WINDOW)
            .order_by(ContactRow.at.desc())
            .limit(1)
        )
        async with self._database.writing() as session:
            last = (await session.execute(recent)).scalar_one_or_none()
            if last is not None and at - last < SAME_VISIT:
                return None
            hours = round((at - last) / timedelta(hours=1), 1) if last is not None else None
            about: dict[str, Any] = {"service": service, "request_id": request_id, "at": at}
            # One row for each way to know the citizen again; the recontact itself is counted on the first only.
            rows = [
                about | {"person": person, "hours_since": None if number else hours}
                for number, person in enumerate(persons)
            ]
            if rows:
                await session.execute(insert(ContactRow), rows)
        return hours

    async def gather(self) -> str:
        """Notice who came with questions in the last hours, as the log of the turns tells; a job of every hour.

        Of these citizens only the conversation is known: whoever opens another one is somebody else.

        Returns:
            How many came back, in a few words; "" for none.
        """
        since = now() - SAME_VISIT
        came = (
            select(TurnRow.conversation_id, TurnRow.service, func.min(TurnRow.at).label("at"))
            .where(TurnRow.at > since, TurnRow.service.is_not(None))
            .group_by(TurnRow.conversation_id, TurnRow.service)
            .order_by(func.min(TurnRow.at))
        )
        known = select(ContactRow.person, ContactRow.service).where(ContactRow.at > since)
        async with self._database.reading() as session:
            visits = (await session.execute(came)).all()
            noticed = {(row.person, row.service) for row in await session.execute(known)}
        back = 0
        for visit in visits:
            if (self._hash("conversation", visit.conversation_id), visit.service) not in noticed:
                back += await self._notice(visit.service, visit.conversation_id, None, visit.at) is not None
        return f"{back} came back" if back else ""

    async def since(self, day: datetime) -> list[Recontact]:
        """Return the recontacts from a time on, the oldest first."""
        query = select(ContactRow).where(ContactRow.hours_since.is_not(None), ContactRow.at >= day)
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(ContactRow.at))
            return [Recontact(row.service, row.request_id, row.at, row.hours_since or 0.0) for row in rows]

    async def forget(self, figures_before: datetime, *, dry_run: bool = False) -> int:
        """Forget who came, once it can say nothing more, and the recontacts of before a time; part of the purge.

        Args:
            figures_before: the time before which even a recontact without a person goes.
            dry_run: only count.

        Returns:
            How many rows went, or would go.
        """
        past = ContactRow.at < now() - WINDOW
        gone = or_(ContactRow.at < figures_before, and_(past, ContactRow.hours_since.is_(None)))
        async with self._database.writing() as session:
            if dry_run:
                return (await session.execute(select(func.count()).select_from(ContactRow).where(gone))).scalar_one()
            await session.execute(update(ContactRow).where(past, ContactRow.person.is_not(None)).values(person=None))
            return await _delete(session, gone)

    async def erase(
        self, session: AsyncSession, conversation_ids: Sequence[str] = (), request_ids: Sequence[str] = ()
    ) -> int:
        """Forget that somebody came in some conversations, or about some requests; a recontact stays as a figure.

        Returns:
            How many comings were forgotten.
        """
        persons = [self._hash("conversation", each) for each in conversation_ids]
        theirs = or_(ContactRow.person.in_(persons), ContactRow.request_id.in_(request_ids))
        figures = update(ContactRow).where(theirs, ContactRow.hours_since.is_not(None))
        kept: Any = await session.execute(figures.values(person=None, request_id=None))
        return int(kept.rowcount) + await _delete(session, theirs)

    def _hash(self, name: str, value: str) -> str:
        return self._cipher.digits(f"contact:{name}:{value}", 24)


async def _delete(session: AsyncSession, rows: ColumnElement[bool]) -> int:
    gone: Any = await session.execute(delete(ContactRow).where(rows))
    return int(gone.rowcount)
