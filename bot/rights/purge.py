"""Retention at work: what is older than its kind may be is removed, in small transactions."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.erasure import erase_invitations, expired_invitations
from bot.conversations import erasure as conversations
from bot.db import Database, now
from bot.learning import erasure as learning
from bot.learning import inbox_erasure as inbox
from bot.privacy.retention import Retention, limit
from bot.requests import erasure as requests
from bot.rights.holdings import Holdings
from bot.satisfaction import erasure as satisfaction

BATCH = 200
"""Things removed in one transaction: on SQLite the citizens' messages wait for it."""
Removed = dict[str, int]
"""How many were removed, by kind."""


async def purge(holdings: Holdings, retention: Retention, *, dry_run: bool = False) -> Removed:
    """Remove what is too old, with its files.

    Args:
        holdings: where it is.
        retention: the days that each kind is kept.
        dry_run: only count.

    Returns:
        How many were removed, or would be, by kind: `drafts`, `requests`, `conversations`, `feedback`, `facts`,
        `examples` of training, `comings` (who came about what), `invitations`, lines of the `audit` trail. What goes
        with each (messages, history, files...) is not counted.
    """

    async def erase_requests(session: AsyncSession, ids: Sequence[str]) -> None:
        await satisfaction.unlink(session, request_ids=ids, erase_words=False)
        await holdings.contacts.erase(session, request_ids=ids)
        await requests.erase(session, ids)

    at, database = now(), holdings.database
    drafts, over = requests.expired_drafts(limit(retention.draft, at)), requests.expired(limit(retention.request, at))
    kinds: dict[str, tuple[Select[Any], Callable[[AsyncSession, Sequence[Any]], Awaitable[Any]]]] = {
        "drafts": (drafts, erase_requests),
        "requests": (over, erase_requests),
        "conversations": (
            conversations.expired(limit(retention.conversation, at), requests.linked(without=(drafts, over))),
            _erase_conversations,
        ),
        "feedback": (satisfaction.expired(limit(retention.feedback, at)), satisfaction.erase),
        "invitations": (expired_invitations(at), erase_invitations),
        "examples": (learning.expired(limit(retention.example, at)), learning.erase),
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
    removed["comings"] = await holdings.contacts.forget(limit(retention.feedback, at), dry_run=dry_run)
    removed["audit"] = await holdings.trail.purge(limit(retention.audit, at), dry_run=dry_run)
    if not dry_run:
        await holdings.files.delete_orphans()
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


async def _erase_conversations(session: AsyncSession, ids: Sequence[str]) -> None:
    await satisfaction.unlink(session, ids, erase_words=False)
    await learning.unlink(session, ids, erase_words=False)
    await inbox.erase(session, ids)
    await conversations.erase(session, ids)


async def _refresh_statistics(database: Database) -> None:
    # SQLite chooses between the indexes of the log by what it last counted; PostgreSQL counts by itself.
    async with database.writing() as session:
        await session.execute(text("PRAGMA analysis_limit=1000"))
        await session.execute(text("ANALYZE"))
