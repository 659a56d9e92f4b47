"""Who is at the desk: agents whose console is open, and whether anybody could answer at all."""

from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from bot.accounts.model import Account, Right
from bot.accounts.store import as_account
from bot.accounts.tables import AccountRow
from bot.conversations.handoff_tables import PresenceRow
from bot.db import Database, now

GONE_AFTER = timedelta(minutes=2)
"""An agent whose page was not heard of for so long is no longer there."""


class Presence:
    """The agents at the desk of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def here(self, account_id: str) -> None:
        """Say that an agent is there and takes conversations."""
        async with self._database.writing() as session:
            seen = update(PresenceRow).where(PresenceRow.account_id == account_id).values(seen_at=now())
            if (await session.execute(seen.returning(PresenceRow.account_id))).one_or_none() is None:
                await session.execute(insert(PresenceRow).values(account_id=account_id, seen_at=now()))

    async def still_here(self, account_id: str) -> bool:
        """Keep an agent there who is, and return whether they are."""
        async with self._database.writing() as session:
            seen = update(PresenceRow).where(PresenceRow.account_id == account_id).values(seen_at=now())
            return (await session.execute(seen.returning(PresenceRow.account_id))).one_or_none() is not None

    async def away(self, account_id: str) -> None:
        """Say that an agent takes no more conversations."""
        async with self._database.writing() as session:
            await session.execute(delete(PresenceRow).where(PresenceRow.account_id == account_id))

    async def at_desk(self, administration: str | None) -> list[Account]:
        """Return the agents who are there for an office."""
        query = (
            select(AccountRow)
            .join(PresenceRow, PresenceRow.account_id == AccountRow.id)
            .where(AccountRow.active, PresenceRow.seen_at > now() - GONE_AFTER)
            .order_by(AccountRow.name)
        )
        async with self._database.reading() as session:
            return [each for each in map(as_account, await session.scalars(query)) if _answers(each, administration)]

    async def staffed(self, administration: str | None) -> bool:
        """Return whether anybody, there or not, would read a message left for an office."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(AccountRow).where(AccountRow.active))
            return any(_answers(as_account(row), administration) for row in rows)


def _answers(account: Account, administration: str | None) -> bool:
    return account.may(Right.ANSWER) and account.sees(administration)
