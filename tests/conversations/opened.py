"""Conversations in the database, for the tests of what is kept of them."""

from sqlalchemy import text

from bot.conversations.erasure import erase
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.db import Base, Database


async def open_one(store: ConversationStore) -> tuple[str, str]:
    conversation_id, token, _ = await store.open("fr", None, opening("fr"))
    return conversation_id, token


async def erase_one(store: ConversationStore, conversation_id: str) -> int:
    await store.forget(conversation_id)
    async with store.database.writing() as session:
        erased = await erase(session, [conversation_id])
    return erased["messages"]


async def everything_in(database: Database) -> str:
    """Return everything that the tables hold, as somebody who reads the database sees it."""
    async with database.reading() as session:
        rows = [(await session.execute(text(f"SELECT * FROM {name}"))).all() for name in Base.metadata.tables]
    return repr(rows)
