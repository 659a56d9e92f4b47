"""A copy of what is stored of one citizen, decrypted: for themselves, on demand (GDPR articles 15 and 20)."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow, PendingRow
from bot.conversations.transcripts import Transcripts
from bot.db import Database, now
from bot.errors import InvalidInput
from bot.privacy.encryption import Cipher
from bot.requests.store import RequestStore
from bot.requests.tables import RequestRow
from bot.rights.subject import Subject, find
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.tables import FeedbackRow


async def export(database: Database, cipher: Cipher, reference: str) -> dict[str, Any]:
    """Return everything that a conversation's identifier or a request's reference leads to.

    Args:
        database: where it is.
        cipher: opens what is encrypted.
        reference: `GU-7K3M-9QXD`, or the identifier of a conversation.

    Returns:
        JSON: `exported_at`, `reference`, `conversations` (with `messages` as the citizen saw them, `waiting` for the
        engine, and `turns` as they were understood), `requests` with their answers, `feedback`, and the `facts` that
        were drawn from all this.

    Raises:
        NotFound: nothing has that reference.
        Misconfigured: something was encrypted with a key that is not here.
    """
    async with database.reading() as session:
        subject = await find(session, reference)
        feedback = await _feedback(
            session,
            or_(
                FeedbackRow.conversation_id.in_(subject.conversations),
                FeedbackRow.subject.in_(subject.requests),
            ),
        )
        facts = await _facts(session, subject)
    store, log = ConversationStore(database, cipher), Transcripts(database)
    conversations = []
    for conversation_id in subject.conversations:
        transcript = asdict(await log.transcript(conversation_id))
        transcript["messages"] = [message.wire() for message in await store.messages_after(conversation_id, 0)]
        transcript["waiting"] = await _waiting(database, cipher, conversation_id)
        conversations.append(transcript)
    requests = RequestStore(database, cipher)
    return _plain(
        {
            "exported_at": now(),
            "reference": subject.reference,
            "conversations": conversations,
            "requests": [asdict(await requests.get(request_id)) for request_id in subject.requests],
            "feedback": feedback,
            "facts": facts,
        }
    )


async def around(database: Database, conversation_id: str) -> dict[str, Any]:
    """Return what completes the citizen's own copy of a conversation, beside its messages.

    Returns:
        JSON: `notice_version`, the `requests` of the conversation with their state, and the `feedback` given in it.
    """
    async with database.reading() as session:
        version = await session.scalar(
            select(ConversationRow.notice_version).where(ConversationRow.id == conversation_id)
        )
        requests = await session.execute(
            select(RequestRow.reference, RequestRow.service, RequestRow.state, RequestRow.filed_at)
            .where(RequestRow.conversation_id == conversation_id)
            .order_by(RequestRow.created_at)
        )
        feedback = await _feedback(session, FeedbackRow.conversation_id == conversation_id)
        return _plain(
            {
                "notice_version": version,
                "requests": [dict(row._mapping) for row in requests],
                "feedback": feedback,
            }
        )


async def _waiting(database: Database, cipher: Cipher, conversation_id: str) -> list[str]:
    query = select(PendingRow.text).where(PendingRow.conversation_id == conversation_id).order_by(PendingRow.id)
    async with database.reading() as session:
        return [cipher.decrypt(text) for text in await session.scalars(query)]


async def _feedback(session: AsyncSession, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(FeedbackRow.moment, FeedbackRow.service, FeedbackRow.note, FeedbackRow.comment, FeedbackRow.at)
        .where(condition)
        .order_by(FeedbackRow.at)
    )
    return [dict(row._mapping) for row in rows]


async def _facts(session: AsyncSession, subject: Subject) -> list[dict[str, Any]]:
    theirs = or_(FactRow.conversation_id.in_(subject.conversations), FactRow.request_id.in_(subject.requests))
    rows = await session.execute(
        select(
            FactRow.at, FactRow.kind, FactRow.moment, FactRow.service, FactRow.dimension, FactRow.value, FactRow.scale
        )
        .where(theirs)
        .order_by(FactRow.id)
    )
    return [dict(row._mapping) for row in rows]


def _plain(value: Any) -> Any:
    """Return a value with its times as text, so that it can be written as JSON."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def write_copy(copy: dict[str, Any], path: Path) -> None:
    """Write a copy to a new file that only its owner may read.

    Raises:
        InvalidInput: there is such a file already, or it cannot be made.
    """
    try:
        # The rights come with the file: it is never readable by others, not even for a moment.
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(copy, file, ensure_ascii=False, indent=2)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.", code="file-refused") from None
