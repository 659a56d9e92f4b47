"""Reads and writes accounts: making, inviting, changing, and checking who signs in."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.accounts.audit import AuditTrail
from bot.accounts.failures import Failures
from bot.accounts.model import Account, Role, Sealer, usable_name
from bot.accounts.passwords import check_password, hash_password, same_password
from bot.accounts.second_factor import accepted_step
from bot.accounts.tables import AccountRow, InvitationRow, SessionRow
from bot.db import Database, now
from bot.errors import Conflict, NotAllowed, NotFound

INVITED_FOR = timedelta(hours=72)
"""How long an invitation can be used."""


class AccountStore:
    """The accounts of a database.

    Args:
        database: where they are.
        sealer: encrypts the secrets of second factors and holds the key of the trail.
    """

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer
        self.trail = AuditTrail(database, sealer)
        self.failures = Failures(database)

    async def add(
        self, name: str, role: Role, administrations: Sequence[str] = (), *, shown: str = "", by: str = "-"
    ) -> Account:
        """Make an account, which nobody can open before its invitation is used.

        Args:
            name: what one will sign in with.
            role: what it is for.
            administrations: the offices that it sees; none for all.
            shown: the name that people read; the name itself when left out.
            by: who makes it.

        Raises:
            Unprocessable: the name cannot be used.
            Conflict: there is one of that name.
        """
        account_id, name = secrets.token_hex(8), usable_name(name)
        values = {
            "id": account_id,
            "name": name,
            "shown": (shown.strip() or name)[:120],
            "role": role,
            "administrations": sorted(set(administrations)),
            "language": "fr",
            "active": True,
            "created_at": now(),
        }
        try:
            async with self._database.writing() as session:
                await session.execute(insert(AccountRow).values(values))
                await self.trail.note_in(session, by, "created", "account", account_id, f"{name} {role}")
        except IntegrityError:
            raise Conflict(f"There is an account named {name}.", code="name-taken", field="name") from None
        return await self.get(account_id)

    async def get(self, account_id: str) -> Account:
        """Return an account.

        Raises:
            NotFound: there is none.
        """
        async with self._database.reading() as session:
            row = await session.get(AccountRow, account_id)
        if row is None:
            raise NotFound("There is no such account.", code="unknown-account")
        return as_account(row)

    async def by_name(self, name: str) -> Account | None:
        """Return the account of a name, or None."""
        return next((each for each in await self.all() if each.name == name.strip().lower()), None)

    async def all(self) -> list[Account]:
        """Return all accounts by name."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(AccountRow).order_by(AccountRow.name))
            return [as_account(row) for row in rows]

    async def any(self) -> bool:
        """Return whether there is an account at all."""
        async with self._database.reading() as session:
            return (await session.execute(select(AccountRow.id).limit(1))).one_or_none() is not None

    async def change(self, account_id: str, *, by: str, **values: Any) -> Account:
        """Change `role`, `administrations`, `shown`, `language` or `active`; whoever loses a right is signed out.

        Raises:
            NotFound: there is no such account.
            Conflict: the last admin would no longer be one.
        """
        before = await self.get(account_id)
        loses = values.get("role", before.role) != Role.ADMIN or values.get("active") is False
        if before.role == Role.ADMIN and loses and not await self._other_admin(account_id):
            raise Conflict("The last admin cannot be taken away.", code="last-admin")
        async with self._database.writing() as session:
            await session.execute(update(AccountRow).where(AccountRow.id == account_id).values(**values))
            if {"role", "administrations", "active"} & set(values):
                await session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))
                detail = ", ".join(f"{name}={value}" for name, value in sorted(values.items()))
                await self.trail.note_in(session, by, "changed", "account", account_id, detail)
        return await self.get(account_id)

    async def _other_admin(self, account_id: str) -> bool:
        return any(each.id != account_id and each.active and each.role == Role.ADMIN for each in await self.all())

    async def invite(self, account_id: str, *, by: str = "-") -> str:
        """Return the token of a link that lets its holder choose the password of an account, once, within three days.

        Earlier links of the same account no longer work.

        Raises:
            NotFound: there is no such account.
        """
        await self.get(account_id)
        token = secrets.token_urlsafe(32)
        async with self._database.writing() as session:
            await session.execute(delete(InvitationRow).where(InvitationRow.account_id == account_id))
            await session.execute(
                insert(InvitationRow).values(
                    token_hash=digest(token), account_id=account_id, expires_at=now() + INVITED_FOR
                )
            )
            await self.trail.note_in(session, by, "invited", "account", account_id)
        return token

    async def invited(self, token: str) -> Account:
        """Return the account that an invitation is for.

        Raises:
            NotFound: it was used, it expired, or there never was one.
        """
        query = select(InvitationRow.account_id).where(
            InvitationRow.token_hash == digest(token), InvitationRow.expires_at > now()
        )
        async with self._database.reading() as session:
            account_id = (await session.execute(query)).scalar_one_or_none()
        if account_id is None:
            raise NotFound("This invitation was used or has expired: ask for another.", code="unknown-invitation")
        return await self.get(account_id)

    async def accept(self, token: str, password: str) -> Account:
        """Use an invitation: set the password, take the second factor away, end every session of the account.

        Raises:
            NotFound: the invitation cannot be used.
            Unprocessable: the password is too easily guessed.
        """
        account = await self.invited(token)
        check_password(password, account.name)
        kept = await hash_password(password)
        async with self._database.writing() as session:
            used = await session.execute(
                delete(InvitationRow)
                .where(InvitationRow.token_hash == digest(token))
                .returning(InvitationRow.account_id)
            )
            if used.one_or_none() is None:
                raise NotFound("This invitation was used or has expired: ask for another.", code="unknown-invitation")
            await session.execute(
                update(AccountRow)
                .where(AccountRow.id == account.id)
                .values(password_hash=kept, totp_secret=None, totp_step=None)
            )
            await session.execute(delete(SessionRow).where(SessionRow.account_id == account.id))
            await self.trail.note_in(session, account.name, "accepted-invitation", "account", account.id)
        return await self.get(account.id)

    async def set_password(self, account: Account, old: str, new: str) -> None:
        """Change the password of whoever knows the present one.

        Raises:
            NotAllowed: the present one is wrong.
            TooManyRequests: it was wrong too often.
            Unprocessable: the new one is too easily guessed.
        """
        await self.check(account.name, old)
        check_password(new, account.name)
        kept = await hash_password(new)
        async with self._database.writing() as session:
            await session.execute(update(AccountRow).where(AccountRow.id == account.id).values(password_hash=kept))
            await self.trail.note_in(session, account.name, "changed-password", "account", account.id)

    async def check(self, name: str, password: str) -> Account:
        """Return the account that a name and a password open.

        A name that does not exist, an account that is closed and a wrong password get the same answer, after the same
        work, and are counted alike.

        Raises:
            NotAllowed: they open none.
            TooManyRequests: there were too many wrong tries for this name; with `retry_after`.
        """
        folded = name.strip().lower()[:200]
        await self.failures.wait_over(folded)
        query = select(AccountRow).where(AccountRow.name == folded, AccountRow.active)
        async with self._database.reading() as session:
            row = (await session.scalars(query)).one_or_none()
        if not await same_password(password, row.password_hash if row else None) or row is None:
            await self.failures.count(folded)
            raise NotAllowed("This name and this password do not open an account.", code="wrong-password")
        await self.failures.forgive(folded)
        return as_account(row)

    async def check_code(self, account: Account, code: str) -> None:
        """Accept a code of the second factor, once.

        Raises:
            NotAllowed: it is wrong, too old, or was used.
            TooManyRequests: there were too many wrong codes.
        """
        counted = f"{account.name}\x1fcode"
        await self.failures.wait_over(counted)
        async with self._database.reading() as session:
            row = await session.get(AccountRow, account.id)
        step = None
        if row is not None and row.totp_secret is not None:
            step = accepted_step(self._sealer.decrypt(row.totp_secret), code, now(), row.totp_step)
        if step is None or not await self._take_step(account.id, step):
            await self.failures.count(counted)
            raise NotAllowed("This code is wrong or was used already.", code="wrong-code")
        await self.failures.forgive(counted)

    async def _take_step(self, account_id: str, step: int) -> bool:
        # The same code sent twice at once opens once: one statement decides.
        fresh = (AccountRow.totp_step.is_(None)) | (AccountRow.totp_step < step)
        async with self._database.writing() as session:
            taken = await session.execute(
                update(AccountRow)
                .where(AccountRow.id == account_id, fresh)
                .values(totp_step=step)
                .returning(AccountRow.id)
            )
            return taken.one_or_none() is not None

    async def set_second_factor(self, account: Account, secret: str, code: str) -> None:
        """Ask for codes from now on; the first one proves that the application has the secret.

        Raises:
            NotAllowed: the code does not fit the secret.
        """
        step = accepted_step(secret, code, now(), None)
        if step is None:
            raise NotAllowed("This code is wrong: check the clock of the phone.", code="wrong-code")
        await self._write_secret(account, self._sealer.encrypt(secret), step, "set-second-factor", account.name)

    async def drop_second_factor(self, account: Account, *, by: str) -> None:
        """Ask for no more codes."""
        await self._write_secret(account, None, None, "dropped-second-factor", by)

    async def _write_secret(
        self, account: Account, secret: bytes | None, step: int | None, action: str, by: str
    ) -> None:
        async with self._database.writing() as session:
            await session.execute(
                update(AccountRow).where(AccountRow.id == account.id).values(totp_secret=secret, totp_step=step)
            )
            await self.trail.note_in(session, by, action, "account", account.id)


def as_account(row: AccountRow) -> Account:
    """Return a row as an account, without what opens it."""
    return Account(
        row.id,
        row.name,
        row.shown,
        Role(row.role),
        tuple(row.administrations),
        row.language,
        row.active,
        row.password_hash is not None,
        row.totp_secret is not None,
        row.openid_subject is not None,
        row.created_at,
    )


def digest(token: str) -> str:
    """Return what is kept of a token of 256 bits of chance, which nobody guesses: a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
