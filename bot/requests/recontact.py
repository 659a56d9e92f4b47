"""Recontact: the same citizen comes back about the same request or service within seven days.

It is the sign that something was not clear the first time. A citizen is known again by what they use anyway: the
conversation, the request, the e-mail address or the phone number that they gave. Of these only a keyed hash is kept,
and no longer than the seven days in which it can say something; that there was a recontact stays, without a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.catalogue.model import FieldType, Service
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
        at = at or now()
        persons = self._persons(service, conversation_id, request)
        recent = (
            select(ContactRow.at)
            .where(ContactRow.person.in_(persons), ContactRow.service == service.id, ContactRow.at > at - WINDOW)
            .order_by(ContactRow.at.desc())
            .limit(1)
        )
        async with self._database.writing() as session:
            last = (await session.execute(recent)).scalar_one_or_none()
            if last is not None and at - last < SAME_VISIT:
                return None
            hours = round((at - last) / timedelta(hours=1), 1) if last is not None else None
            about: dict[str, Any] = {"service": service.id, "request_id": request.id if request else None, "at": at}
            # One row for each way to know the citizen again; the recontact itself is counted on the first only.
            rows = [
                about | {"person": person, "hours_since": None if number else hours}
                for number, person in enumerate(persons)
            ]
            if rows:
                await session.execute(insert(ContactRow), rows)
        return hours

    async def since(self, day: datetime) -> list[Recontact]:
        """Return the recontacts from a time on, the oldest first."""
        query = select(ContactRow).where(ContactRow.hours_since.is_not(None), ContactRow.at >= day)
        async with self._database.reading() as session:
            rows = await session.scalars(query.order_by(ContactRow.at))
            return [Recontact(row.service, row.request_id, row.at, row.hours_since or 0.0) for row in rows]

    async def forget(self) -> str:
        """Forget who came, once it can say nothing more; a job does it every day."""
        old = ContactRow.at < now() - WINDOW
        async with self._database.writing() as session:
            await session.execute(
                update(ContactRow).where(old, ContactRow.hours_since.is_not(None)).values(person=None)
            )
            gone = await session.execute(delete(ContactRow).where(old, ContactRow.hours_since.is_(None)))
        count = int(gone.rowcount)  # type: ignore[attr-defined]
        return f"{count} forgotten" if count else ""

    def _persons(self, service: Service, conversation_id: str | None, request: Request | None) -> list[str]:
        known = {"conversation": conversation_id}
        if request is not None:
            known |= {
                "request": request.id,
                "email": (address_of(request, service, FieldType.EMAIL) or "").lower(),
                "phone": address_of(request, service, FieldType.PHONE),
            }
        return [self._cipher.digits(f"contact:{name}:{value}", 24) for name, value in known.items() if value]
