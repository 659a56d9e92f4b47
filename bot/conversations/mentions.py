"""Colleagues who are named in a comment (`@lea`): told once each, until they have opened the conversation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from bot.accounts.model import Account
from bot.conversations.review_tables import MentionRow
from bot.db import Database, now

NAMED = re.compile(r"(?<![\w.@-])@([a-z0-9](?:[a-z0-9._@-]{0,78}[a-z0-9])?)", re.IGNORECASE)
SHOWN = 20
"""Conversations shown on the first page."""


@dataclass(frozen=True)
class Mention:
    """That somebody named one in a comment of a conversation, the last time that they did."""

    conversation_id: str
    by: str
    at: datetime


def named(text: str) -> list[str]:
    """Return the names of accounts that a comment has after an @, each once."""
    return list(dict.fromkeys(each.lower() for each in NAMED.findall(text)))


class Mentions:
    """The mentions of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, conversation_id: str, colleagues: Sequence[Account], by: str) -> None:
        """Tell colleagues that they were named; they were found to be allowed to read the conversation."""
        values = [
            {"conversation_id": conversation_id, "account_id": each.id, "by": by, "at": now()} for each in colleagues
        ]
        if values:
            async with self._database.writing() as session:
                await session.execute(insert(MentionRow), values)

    async def unread(self, account_id: str) -> list[Mention]:
        """Return the conversations in which somebody is named and that they have not opened since, newest first."""
        last = func.max(MentionRow.id).label("last")
        newest = (
            select(last)
            .where(MentionRow.account_id == account_id, MentionRow.read_at.is_(None))
            .group_by(MentionRow.conversation_id)
            .order_by(last.desc())
            .limit(SHOWN)
        )
        query = select(MentionRow).where(MentionRow.id.in_(newest)).order_by(MentionRow.id.desc())
        async with self._database.reading() as session:
            return [Mention(row.conversation_id, row.by, row.at) for row in await session.scalars(query)]

    async def read(self, account_id: str, conversation_id: str) -> None:
        """Note that somebody has opened a conversation."""
        mine = (
            MentionRow.account_id == account_id,
            MentionRow.conversation_id == conversation_id,
            MentionRow.read_at.is_(None),
        )
        async with self._database.reading() as session:
            if (await session.execute(select(MentionRow.id).where(*mine).limit(1))).one_or_none() is None:
                return  # most pages: nothing is written
        async with self._database.writing() as session:
            await session.execute(update(MentionRow).where(*mine).values(read_at=now()))
