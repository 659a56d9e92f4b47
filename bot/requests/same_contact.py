"""Which requests gave the same e-mail address or the same phone number: a keyed digest of each, never the value.

It is there so that nobody has to tell their story twice: an agent who has the right, and says what for, sees the
requests of one contact side by side. The digest is made with the key, so that who reads the database alone cannot try
addresses; it is a column of the request, and goes with it. The same contact is not always the same person: an
association or a relative may have filed for several.
"""

from typing import Any

from sqlalchemy import false, or_, select, union, update

from bot.catalogue.load import Catalogue
from bot.catalogue.model import FieldType
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.model import Request
from bot.requests.notifications import address_of
from bot.requests.preferences import shown_by
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow

BATCH = 200
"""Requests whose digests are made in one run of the job."""
MOST = 50
"""Requests shown of one contact: beyond, it is an office that files for many, and no citizen."""
DIGITS = 40


class SameContact:
    """Finds the requests of one contact.

    Args:
        database: where the requests are.
        cipher: makes the digests.
        catalogue: says which answers are addresses.
    """

    def __init__(self, database: Database, cipher: Cipher, catalogue: Catalogue) -> None:
        self._database = database
        self._cipher = cipher
        self._catalogue = catalogue
        self._requests = RequestStore(database, cipher)

    async def note_new(self) -> str:
        """Make the digests of requests that were filed or completed, and note how their citizens like to be spoken to.

        A job.

        Returns:
            How many, for its log.
        """
        query = select(RequestRow.id).where(RequestRow.filed_at.is_not(None), RequestRow.same_email.is_(None))
        async with self._database.reading() as session:
            new = list(await session.scalars(query.limit(BATCH)))
        for request_id in new:
            request = await self._requests.get(request_id)
            values: dict[str, Any] = dict(self._digests(request))
            if request.preference.told_at is None:
                values |= await self._said_before(values) or self._shown(request)
            async with self._database.writing() as session:
                await session.execute(update(RequestRow).where(RequestRow.id == request_id).values(values))
        return f"{len(new)} requests" if new else ""

    async def _said_before(self, digests: dict[str, str]) -> dict[str, Any]:
        """Return what the same contact said last of how they like to be spoken to; nothing when they did not."""
        same = [getattr(RequestRow, name) == digest for name, digest in digests.items() if digest]
        query = select(RequestRow.prefers_language, RequestRow.prefers_way, RequestRow.prefers_told_at)
        query = query.where(or_(false(), *same), RequestRow.prefers_told_at.is_not(None))
        async with self._database.reading() as session:
            row = (await session.execute(query.order_by(RequestRow.prefers_told_at.desc()).limit(1))).one_or_none()
        return {**row._mapping, "language": row.prefers_language} if row else {}

    def _shown(self, request: Request) -> dict[str, Any]:
        shown = shown_by(request, self._catalogue.services.get(request.service), self.contact(request))
        return {"prefers_language": shown.language, "prefers_way": shown.way}

    async def with_same(self, request: Request) -> list[Request]:
        """Return a request and those filed in the same conversation or with the same contact, the newest first."""
        digests = self._digests(request)
        same: list[Any] = [RequestRow.id == request.id]
        same += [getattr(RequestRow, name) == digest for name, digest in digests.items() if digest]
        if request.conversation_id:
            same.append(RequestRow.conversation_id == request.conversation_id)
        # One query for each way to be the same, by its own index; in their order afterwards.
        ways = [select(RequestRow.filed_at, RequestRow.id).where(each) for each in same]
        async with self._database.reading() as session:
            found = {tuple(row) for row in await session.execute(union(*ways)) if row.filed_at is not None}
        return [await self._requests.get(request_id) for _, request_id in sorted(found, reverse=True)[:MOST]]

    def contact(self, request: Request) -> dict[str, str]:
        """Return the addresses that were given in a request, in one form each; "" for none."""
        service = self._catalogue.services.get(request.service)
        if service is None:
            return {"email": "", "phone": ""}
        email = address_of(request, service, FieldType.EMAIL) or ""
        return {"email": email.lower(), "phone": address_of(request, service, FieldType.PHONE) or ""}

    def _digests(self, request: Request) -> dict[str, str]:
        given = self.contact(request)
        return {
            f"same_{kind}": self._cipher.digits(f"same-{kind}:{value}", DIGITS) if value else ""
            for kind, value in given.items()
        }
