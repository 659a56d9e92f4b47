"""Retention at work: what is older than its kind may be is removed, in small transactions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import erasure as conversations
from bot.db import Database, now
from bot.privacy.retention import Retention, limit
from bot.requests import erasure as requests
from bot.satisfaction import erasure as satisfaction

BATCH = 200
"""Things removed in one transaction: on SQLite the citizens' messages wait for it."""
Removed = dict[str, int]
"""How many were removed, by kind: `drafts`, `requests`, `conversations`, `feedback`, `facts`."""


async def purge(database: Database, retention: Retention, *, dry_run: bool = False) -> Removed:
    """Remove what is too old.

    Args:
        database: where it is.
        retention: the days that each kind is kept.
        dry_run: only count.

    Returns:
        How many were removed, or would be, by kind. What goes with each (messages, history...) is not counted.
    """
    at = now()
    drafts, over = requests.expired_drafts(limit(retention.draft, at)), requests.expired(limit(retention.request, at))
    kinds: dict[str, tuple[Select[Any], Callable[[AsyncSession, Sequence[Any]], Awaitable[Any]]]] = {
        "drafts": (drafts, _erase_requests),
        "requests": (over, _erase_requests),
        "conversations": (
            conversations.expired(limit(retention.conversation, at), requests.linked(without=(drafts, over))),
            _erase_conversations,
        ),
        "feedback": (satisfaction.expired(limit(retention.feedback, at)), satisfaction.erase),
        "facts": (satisfaction.expired_facts(limit(retention.feedback, at)), satisfaction.erase_facts),
    }
    removed: Removed = {}
    for kind, (too_old, erase) in kinds.items():
        if dry_run:
            async with database.reading() as session:
                removed[kind] = (
                    await session.execute(select(func.count()).select_from(too_old.subquery()))
                ).scalar_one()
        else:
            removed[kind] = await _in_batches(database, too_old, erase)
    if not dry_run and database.is_sqlite:
        await _refresh_statistics(database)
    return removed


def said(removed: Removed) -> str:
    """Return in a few words what was removed; nothing when nothing was."""
    return ", ".join(f"{count} {kind}" for kind, count in removed.items() if count)


async def _in_batches(
    database: Database, too_old: Select[Any], erase: Callable[[AsyncSession, Sequence[Any]], Awaitable[Any]]
) -> int:
    count = 0
    while True:
        async with database.writing() as session:
            ids = list(await session.scalars(too_old.limit(BATCH)))
            if ids:
                await erase(session, ids)
        count += len(ids)
        if len(ids) < BATCH:
            return count


async def _erase_requests(session: AsyncSession, ids: Sequence[str]) -> None:
    await satisfaction.unlink(session, request_ids=ids, erase_words=False)
    await requests.erase(session, ids)


async def _erase_conversations(session: AsyncSession, ids: Sequence[str]) -> None:
    await satisfaction.unlink(session, ids, erase_words=False)
    await conversations.erase(session, ids)


async def _refresh_statistics(database: Database) -> None:
    # SQLite chooses between the indexes of the log by what it last counted; PostgreSQL counts by itself.
    async with database.writing() as session:
        await session.execute(text("PRAGMA analysis_limit=1000"))
        await session.execute(text("ANALYZE"))
