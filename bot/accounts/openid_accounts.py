"""The accounts of those whom a provider signs in: made at their first coming, kept in step with their groups."""

import secrets
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.accounts.audit import AuditTrail
from bot.accounts.model import Account
from bot.accounts.openid import Person
from bot.accounts.store import as_account
from bot.accounts.tables import AccountRow, SessionRow
from bot.db import Database, now
from bot.errors import Conflict, NotAllowed

BY = "openid"
"""Who makes and changes these accounts, in the audit trail."""


class OpenIDAccounts:
    """The accounts of a database that belong to somebody at the provider.

    Args:
        database: where they are.
        trail: tells what was made and changed.
    """

    def __init__(self, database: Database, trail: AuditTrail) -> None:
        self._database = database
        self._trail = trail

    async def of(self, person: Person) -> Account:
        """Return the account of somebody, with the role and the offices that their groups give now.

        It is found by issuer and subject alone. An account that has the same name or address and another holder is
        left alone; the new one gets another name.

        Raises:
            NotAllowed: the account was closed here.
        """
        account = await self._find(person.key) or await self._make(person)
        if not account.active:
            raise NotAllowed("This account was closed. Ask whoever manages the accounts.", code="account-closed")
        if (account.role, account.administrations) != (person.role, person.administrations):
            await self._change(account, person)
        return await self._find(person.key) or account

    async def tie(self, account: Account, key: str, *, by: str) -> None:
        """Let an account that is here already be opened by somebody at the provider, beside its password.

        Who asks was made sure of before: its owner by the password, or an admin. Nothing that the provider tells of a
        name or an address is.

        Args:
            account: of this console.
            key: of issuer and subject (`bot.accounts.openid.key_of`).
            by: who ties it.

        Raises:
            Conflict: the account is somebody else's at the provider, or they have another account here.
        """
        free = AccountRow.openid_subject.is_(None) | (AccountRow.openid_subject == key)
        change = update(AccountRow).where(AccountRow.id == account.id, free).values(openid_subject=key)
        try:
            async with self._database.writing() as session:
                tied = (await session.execute(change.returning(AccountRow.id))).one_or_none()
                if tied is not None:
                    await self._trail.note_in(session, by, "tied", "account", account.id, "to the provider")
        except IntegrityError:
            raise Conflict(
                "This person of the provider has another account here. An admin can untie that one first.",
                code="openid-tied-elsewhere",
            ) from None
        if tied is None:
            raise Conflict("This account is tied to somebody else: untie it first.", code="openid-tied")

    async def untie(self, account: Account, *, by: str) -> None:
        """Let nobody at the provider open an account any longer, and end the sessions that the provider began."""
        async with self._database.writing() as session:
            await session.execute(update(AccountRow).where(AccountRow.id == account.id).values(openid_subject=None))
            theirs = SessionRow.account_id == account.id, SessionRow.by_provider
            await session.execute(delete(SessionRow).where(*theirs))
            await self._trail.note_in(session, by, "untied", "account", account.id, "from the provider")

    async def _find(self, key: str) -> Account | None:
        async with self._database.reading() as session:
            row = (await session.scalars(select(AccountRow).where(AccountRow.openid_subject == key))).one_or_none()
        return as_account(row) if row is not None else None

    async def _make(self, person: Person) -> Account:
        for name in (person.wished, f"{person.wished}-{person.key[:4]}", f"{person.wished}-{person.key[:12]}"):
            account_id = secrets.token_hex(8)
            values: dict[str, Any] = {
                "id": account_id,
                "name": name,
                "shown": person.shown,
                "role": person.role,
                "administrations": list(person.administrations),
                "language": "fr",
                "active": True,
                "openid_subject": person.key,
                "created_at": now(),
            }
            try:
                async with self._database.writing() as session:
                    await session.execute(insert(AccountRow).values(values))
                    await self._trail.note_in(session, BY, "created", "account", account_id, f"{name} {person.role}")
            except IntegrityError:
                # The name is somebody else's, or the same person came twice at once.
                if found := await self._find(person.key):
                    return found
                continue
            return await self._find(person.key)  # type: ignore[return-value] # it was just made
        raise Conflict("No name is free for this account.", code="name-taken")

    async def _change(self, account: Account, person: Person) -> None:
        """Follow the groups, also when that leaves no admin: the provider decides, and the command makes another."""
        values = {"role": person.role, "administrations": list(person.administrations)}
        async with self._database.writing() as session:
            await session.execute(update(AccountRow).where(AccountRow.id == account.id).values(**values))
            await session.execute(delete(SessionRow).where(SessionRow.account_id == account.id))
            detail = f"role={person.role}, administrations={list(person.administrations)}"
            await self._trail.note_in(session, BY, "changed", "account", account.id, detail)
