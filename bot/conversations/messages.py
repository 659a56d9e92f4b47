"""Messages as rows: what is shown in clear, what only its citizen may read again encrypted, buttons beside."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.conversations.model import Author, Button, Command, Message
from bot.conversations.tables import MessageRow
from bot.db import Base, now
from bot.privacy.encryption import Cipher

# Of the tables, and made once, like the statements of a turn (turn_rows.py).
_ADD_MESSAGES = insert(Base.metadata.tables["messages"])
_ADD_BUTTONS = insert(Base.metadata.tables["buttons"])


async def write_messages(
    session: AsyncSession | AsyncConnection,
    cipher: Cipher,
    conversation_id: str,
    turn_message_id: str | None,
    messages: Sequence[Message],
    *,
    first: int,
) -> None:
    """Write messages in their order, and tell each its place and its time.

    Args:
        session: the transaction that counted them.
        cipher: encrypts those that have a text of their own for the log.
        conversation_id: whose they are.
        turn_message_id: the citizen's message that they belong to, if any.
        messages: what is shown.
        first: the place of the first one.
    """
    at = now()
    rows, buttons = [], []
    for sequence, message in enumerate(messages, start=first):
        message.sequence, message.at = sequence, at.isoformat()
        private = message.logged_text is not None
        body = {
            "buttons": [[button.title, button.payload] for button in message.buttons],
            "client": message.client_id,
        }
        rows.append(
            {
                "conversation_id": conversation_id,
                "sequence": sequence,
                "id": message.id,
                "turn_message_id": turn_message_id,
                "author": str(message.author),
                "text": message.logged_text if private else message.text,
                "body": body if private else body | {"extras": message.extras},
                "secret": cipher.encrypt([message.text, message.extras]) if private else None,
                "at": at,
            }
        )
        buttons += [
            {
                "id": button.payload,
                "conversation_id": conversation_id,
                "title": button.title[:300],
                "intent": button.command.intent,
                "entities": button.command.entities,
            }
            for button in message.buttons
        ]
    if rows:
        await session.execute(_ADD_MESSAGES, rows)
    if buttons:
        await session.execute(_ADD_BUTTONS, buttons)


async def read_messages(session: AsyncSession, cipher: Cipher, *conditions: Any) -> list[Message]:
    """Return the messages that meet the conditions, in their order, with what was encrypted in clear."""
    rows = await session.execute(
        select(
            MessageRow.sequence,
            MessageRow.id,
            MessageRow.author,
            MessageRow.text,
            MessageRow.body,
            MessageRow.secret,
            MessageRow.at,
        )
        .where(*conditions)
        .order_by(MessageRow.sequence)
    )
    messages = []
    for row in rows:
        text, extras = cipher.decrypt(row.secret) if row.secret else (row.text, row.body.get("extras", {}))
        messages.append(
            Message(
                Author(row.author),
                text,
                [Button(title, Command(""), payload) for title, payload in row.body["buttons"]],
                extras,
                id=row.id,
                sequence=row.sequence,
                client_id=row.body["client"],
                at=row.at.isoformat(),
            )
        )
    return messages
