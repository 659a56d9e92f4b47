"""Wrong passwords and codes in a row, and how long the next try must wait, whether the account exists or not."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.accounts.model import wait_after
from bot.accounts.tables import LoginFailureRow
from bot.db import Database, now
from bot.errors import TooManyRequests

FORGOTTEN_AFTER = timedelta(days=1)
"""Wrong tries that are older count no more."""


class Failures:
    """The wrong tries of a database, by whatever was tried."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def wait_over(self, tried: str) -> None:
        """Return when a try is allowed now.

        Raises:
            TooManyRequests: it is not yet; with `retry_after`, in seconds.
        """
        query = select(LoginFailureRow.until).where(LoginFailureRow.name_hash == _key(tried))
        async with self._database.reading() as session:
            until = (await session.execute(query)).scalar_one_or_none()
        if until is not None and until > now():
            wait = int((until - now()).total_seconds()) + 1
            raise TooManyRequests(f"Too many wrong tries; try again in {wait} s.", code="locked", retry_after=wait)

    async def count(self, tried: str) -> None:
        """Count a wrong try; each one after the first few makes the next wait longer."""
        at, key = now(), _key(tried)
        try:
            async with self._database.writing() as session:
                row = await session.get(LoginFailureRow, key, with_for_update=True)
                failures = 1 + (row.failures if row is not None and row.at > at - FORGOTTEN_AFTER else 0)
                values = {"failures": failures, "at": at, "until": at + wait_after(failures)}
                if row is None:
                    await session.execute(insert(LoginFailureRow).values(name_hash=key, **values))
                else:
                    await session.execute(
                        update(LoginFailureRow).where(LoginFailureRow.name_hash == key).values(**values)
                    )
        except IntegrityError:
            return  # two first tries at once: the other one was counted

    async def forgive(self, tried: str) -> None:
        """Forget the wrong tries, after a right one."""
        async with self._database.writing() as session:
            await session.execute(delete(LoginFailureRow).where(LoginFailureRow.name_hash == _key(tried)))

    async def forget(self) -> str:
        """Delete what counts no more, and say how much; a job."""
        async with self._database.writing() as session:
            old = await session.execute(delete(LoginFailureRow).where(LoginFailureRow.at < now() - FORGOTTEN_AFTER))
        return f"{old.rowcount} wrong tries forgotten" if old.rowcount else ""  # type: ignore[attr-defined]


def _key(tried: str) -> str:
    return hashlib.sha256(tried.encode(errors="surrogatepass")).hexdigest()
