"""Messages that wait for the engine: encrypted, once, in their order."""

import asyncio

import pytest
from sqlalchemy import select

from bot.conversations.notice import opening
from bot.conversations.pending import Pending, PendingMessages
from bot.conversations.store import ConversationStore
from bot.conversations.tables import PendingRow
from bot.db import Database
from bot.privacy.encryption import Cipher


@pytest.fixture
def pending(database: Database, cipher: Cipher) -> PendingMessages:
    return PendingMessages(database, cipher)


@pytest.fixture
async def conversation_id(database: Database, cipher: Cipher) -> str:
    return await _open(database, cipher)


async def _open(database: Database, cipher: Cipher) -> str:
    return (await ConversationStore(database, cipher).open("fr", None, opening("fr")))[0]


async def test_a_kept_message_is_encrypted_once_and_in_its_order(
    pending: PendingMessages, conversation_id: str, database: Database, cipher: Cipher
) -> None:
    another = await _open(database, cipher)
    for message_id, words in (("m2", "né en 1985"), ("m1", "à Lyon"), ("m2", "né en 1985")):
        await pending.keep(conversation_id, message_id, words)
    await pending.keep(another, "m1", "Bonjour")
    async with database.reading() as session:
        stored = (await session.execute(select(PendingRow.text))).scalars().all()
    assert not any(b"Lyon" in each for each in stored)
    assert await pending.waiting(conversation_id) == [
        Pending(conversation_id, "m2", "né en 1985", "fr"),
        Pending(conversation_id, "m1", "à Lyon", "fr"),
    ]
    assert [each.conversation_id for each in await pending.waiting()] == [conversation_id, conversation_id, another]


async def test_a_message_sent_again_and_again_at_once_is_kept_once(
    pending: PendingMessages, conversation_id: str
) -> None:
    await asyncio.gather(*(pending.waiting() for _ in range(5)))  # so that five connections are open
    await asyncio.gather(*(pending.keep(conversation_id, "m1", "Bonjour") for _ in range(5)))
    assert len(await pending.waiting(conversation_id)) == 1


async def test_a_kept_message_is_forgotten_when_it_is_released(pending: PendingMessages, conversation_id: str) -> None:
    await pending.keep(conversation_id, "m1", "Bonjour")
    await pending.keep(conversation_id, "m2", "Encore moi")
    await pending.release((await pending.waiting(conversation_id))[0])
    assert [each.message_id for each in await pending.waiting(conversation_id)] == ["m2"]
