"""Sessions: browsers that are signed in. They live in the database, so that they can be listed and revoked."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.accounts.model import Account
from bot.accounts.store import as_account, digest
from bot.accounts.tables import AccountRow, SessionRow
from bot.db import Database, now

IDLE = timedelta(minutes=60)
"""A session that nobody used for so long is over."""
LONGEST = timedelta(hours=12)
"""A session is over after so long whatever was done: a day of work."""
SEEN_EVERY = timedelta(minutes=1)
"""How precisely the last use is kept, so that most pages write nothing."""


@dataclass(frozen=True)
class Session:
    """A browser that is signed in.

    Attributes:
        account: who.
        complete: whether the second factor was given too, where there is one; nothing opens before.
        by_provider: whether the office's provider signed it in.
    """

    id: str
    account: Account
    complete: bool
    created_at: datetime
    seen_at: datetime
    by_provider: bool = False


class SessionStore:
    """The sessions of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(
        self,
        account: Account,
        *,
        complete: bool,
        instead_of: str = "",
        by_provider: bool = False,
        provider_session: str | None = None,
    ) -> str:
        """Begin a session under a new token, and end the one that it replaces: what one knew before opens nothing.

        Args:
            account: who signs in.
            complete: whether nothing more is asked for.
            instead_of: the token of the session that it replaces.
            by_provider: whether the office's provider signed them in.
            provider_session: a digest of the session there, where the provider tells it.

        Returns:
            The token, for the cookie; only its hash is kept.
        """
        token, at = secrets.token_urlsafe(32), now()
        async with self._database.writing() as session:
            if instead_of:
                await session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(instead_of)))
            await session.execute(
                insert(SessionRow).values(
                    id=secrets.token_hex(8),
                    token_hash=digest(token),
                    account_id=account.id,
                    complete=complete,
                    created_at=at,
                    seen_at=at,
                    by_provider=by_provider,
                    provider_session=provider_session,
                )
            )
        return token

    async def find(self, token: str, *, touch: bool = True) -> Session | None:
        """Return the session of a token, or None when there is none, it is over, or the account is closed.

        Args:
            token: of the cookie.
            touch: whether this counts as use, so that the session lasts.
        """
        at = now()
        query = (
            select(SessionRow, AccountRow)
            .join(AccountRow, AccountRow.id == SessionRow.account_id)
            .where(
                SessionRow.token_hash == digest(token),
                SessionRow.seen_at > at - IDLE,
                SessionRow.created_at > at - LONGEST,
                AccountRow.active,
            )
        )
        async with self._database.reading() as session:
            found = (await session.execute(query)).one_or_none()
        if found is None:
            return None
        row, account = found
        if touch and row.seen_at < at - SEEN_EVERY:
            async with self._database.writing() as session:
                await session.execute(update(SessionRow).where(SessionRow.id == row.id).values(seen_at=at))
        return Session(row.id, as_account(account), row.complete, row.created_at, row.seen_at, row.by_provider)

    async def of(self, account_id: str) -> list[Session]:
        """Return the sessions of an account that still open something, the newest first."""
        at = now()
        query = (
            select(SessionRow, AccountRow)
            .join(AccountRow, AccountRow.id == SessionRow.account_id)
            .where(
                SessionRow.account_id == account_id,
                SessionRow.seen_at > at - IDLE,
                SessionRow.created_at > at - LONGEST,
            )
            .order_by(SessionRow.created_at.desc())
        )
        async with self._database.reading() as session:
            rows = (await session.execute(query)).all()
        return [
            Session(row.id, as_account(account), row.complete, row.created_at, row.seen_at) for row, account in rows
        ]

    async def end(self, account_id: str, session_id: str) -> None:
        """End one session of an account; another's is left alone."""
        async with self._database.writing() as session:
            await session.execute(
                delete(SessionRow).where(SessionRow.id == session_id, SessionRow.account_id == account_id)
            )

    async def end_others(self, account_id: str, but: str = "") -> None:
        """End the sessions of an account, but for one."""
        async with self._database.writing() as session:
            await session.execute(delete(SessionRow).where(SessionRow.account_id == account_id, SessionRow.id != but))

    async def forget(self) -> str:
        """Delete what is over, and say how much; a job."""
        at = now()
        async with self._database.writing() as session:
            over = await session.execute(
                delete(SessionRow).where((SessionRow.seen_at < at - IDLE) | (SessionRow.created_at < at - LONGEST))
            )
        return f"{over.rowcount} sessions ended" if over.rowcount else ""  # type: ignore[attr-defined]


def form_token(cookie: str) -> str:
    """Return what a form must send with a cookie; only our own pages know it."""
    return hmac.digest(cookie.encode(errors="surrogatepass"), b"guichet form", "sha256").hex()


def is_form_token(cookie: str, given: str) -> bool:
    """Return whether a form came from our own page."""
    return hmac.compare_digest(form_token(cookie).encode(), given.encode(errors="surrogatepass"))
