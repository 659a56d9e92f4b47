"""The audit trail: who read and changed what. It only grows, until its oldest lines are old enough to go.

The database refuses to change a line, and to delete one of the last six months (triggers of the migrations). Each line
carries a digest, made with the secret key, of itself and of the line before: a line that somebody changed, added or
took away in the database file is found by `verify`, except the last ones, when they are cut off together. When the
oldest lines go, a line says so with the digest of the last of them, and the chain begins there.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.model import Sealer
from bot.accounts.tables import AuditRow
from bot.db import Database, now

_LOCK = 7_201_308
BATCH = 2000
PURGED = "purged"
"""What was done to the trail when its oldest lines went; the object of that line is the digest of the last of them."""
ITSELF = "audit-trail"


@dataclass(frozen=True)
class Entry:
    """One line: `account` did `action` to the object `object_id`, which is a `kind`."""

    id: int
    at: datetime
    account: str
    action: str
    kind: str
    object_id: str
    detail: str


class AuditTrail:
    """The audit trail of a database.

    Args:
        database: where it is.
        sealer: holds the key of the digests.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def note(self, account: str, action: str, kind: str, object_id: str, detail: str = "") -> None:
        """Add a line in a transaction of its own.

        Args:
            account: the name of who did it; `-` for the command line.
            action: `signed-in`, `read`, `changed`... a short word.
            kind: what it was done to: `account`, `conversation`, `request`, `handoff`.
            object_id: which one.
            detail: what else matters, without personal data of citizens.
        """
        async with self._database.writing() as session:
            await self.note_in(session, account, action, kind, object_id, detail)

    async def note_in(
        self, session: AsyncSession, account: str, action: str, kind: str, object_id: str, detail: str = ""
    ) -> None:
        """Add a line in the transaction of what it tells."""
        await self._alone(session)
        last = select(AuditRow.digest).order_by(AuditRow.id.desc()).limit(1)
        before = (await session.execute(last)).scalar_one_or_none() or ""
        line = (now(), account[:80], action[:40], kind[:20], object_id[:80], detail[:500])
        names = ("at", "account", "action", "kind", "object_id", "detail")
        values = dict(zip(names, line, strict=True)) | {"digest": self._digest(before, *line)}
        await session.execute(insert(AuditRow).values(values))

    async def entries(
        self, *, account: str = "", object_id: str = "", before: int = 0, limit: int = 100
    ) -> list[Entry]:
        """Return lines, the newest first.

        Args:
            account: only those of this name.
            object_id: only those about this object.
            before: only those older than this line; 0 for all.
            limit: at most so many.
        """
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if account:
            query = query.where(AuditRow.account == account)
        if object_id:
            query = query.where(AuditRow.object_id == object_id)
        if before:
            query = query.where(AuditRow.id < before)
        async with self._database.reading() as session:
            return [_entry(row) for row in await session.scalars(query)]

    async def verify(self) -> int | None:
        """Return the number of the first line that is not as it was written, or None when all are."""
        before, last = await self._beginning(), 0
        while True:
            query = select(AuditRow).where(AuditRow.id > last).order_by(AuditRow.id).limit(BATCH)
            async with self._database.reading() as session:
                rows = list(await session.scalars(query))
            for row in rows:
                if row.digest != self._digest(
                    before, row.at, row.account, row.action, row.kind, row.object_id, row.detail
                ):
                    return row.id
                before, last = row.digest, row.id
            if len(rows) < BATCH:
                return None

    async def purge(self, before: datetime, *, dry_run: bool = False) -> int:
        """Remove the lines that were written before a time, and say so in a line of their own.

        Args:
            before: the time; the database refuses to lose a line of the last six months.
            dry_run: only count.

        Returns:
            How many lines went, or would go.
        """
        # Whole lines from the beginning, up to the first that is young enough: what stays is one chain.
        young = select(func.min(AuditRow.id)).where(AuditRow.at >= before).scalar_subquery()
        old = AuditRow.id < func.coalesce(young, 2**62)
        async with self._database.writing() as session:
            await self._alone(session)
            count = (await session.execute(select(func.count()).select_from(AuditRow).where(old))).scalar_one()
            if dry_run or not count:
                return count
            last = (await session.scalars(select(AuditRow).where(old).order_by(AuditRow.id.desc()).limit(1))).one()
            await self.note_in(session, "-", PURGED, ITSELF, last.digest, f"{count} lines until {last.at:%Y-%m-%d}")
            await session.execute(delete(AuditRow).where(AuditRow.id <= last.id))
        return count

    async def _beginning(self) -> str:
        """Return the digest that the first line follows: "", or the one that the last purge left."""
        query = select(AuditRow.object_id).where(AuditRow.action == PURGED, AuditRow.kind == ITSELF)
        async with self._database.reading() as session:
            return (await session.scalars(query.order_by(AuditRow.id.desc()).limit(1))).one_or_none() or ""

    async def _alone(self, session: AsyncSession) -> None:
        if not self._database.is_sqlite:
            # Two lines written at once would follow the same one.
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def _digest(self, before: str, at: datetime, *line: str) -> str:
        # A sign that cannot be typed keeps the parts apart.
        return self._sealer.digits("audit:" + "\x1f".join((before, at.isoformat(), *line)), 64)


def _entry(row: AuditRow) -> Entry:
    return Entry(row.id, row.at, row.account, row.action, row.kind, row.object_id, row.detail)
