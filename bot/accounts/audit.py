"""The audit trail: who read and changed what. It only grows.

The database refuses to change or delete a line (a trigger of the migration). Each line carries a digest, made with the
secret key, of itself and of the line before: a line that somebody changed, added or took away in the database file is
found by `verify`, except the last ones, when they are cut off together.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.model import Sealer
from bot.accounts.tables import AuditRow
from bot.db import Database, now

_LOCK = 7_201_308
BATCH = 2000


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
        if not self._database.is_sqlite:
            # Two lines written at once would follow the same one.
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
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
        before, last = "", 0
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

    def _digest(self, before: str, at: datetime, *line: str) -> str:
        # A sign that cannot be typed keeps the parts apart.
        return self._sealer.digits("audit:" + "\x1f".join((before, at.isoformat(), *line)), 64)


def _entry(row: AuditRow) -> Entry:
    return Entry(row.id, row.at, row.account, row.action, row.kind, row.object_id, row.detail)
