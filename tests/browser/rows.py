"""Messages written into the database of the running service, as an agent or another part of the house would."""

import asyncio
import json
from threading import Thread
from typing import Any

from playwright.sync_api import Page

from bot.conversations.model import Author, Message
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from tests.service import Service


def saved(page: Page) -> dict[str, Any]:
    """Return what the widget keeps of its conversation: id, token, mode, outbox."""
    kept = page.evaluate("Object.entries({...sessionStorage, ...localStorage}).find(([k]) => k.includes('http'))?.[1]")
    return dict(json.loads(kept))


def put(service: Service, conversation_id: str, *messages: Message) -> None:
    """Add messages to a conversation."""

    async def write() -> None:
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
        store = ConversationStore(database, Cipher(read_keys("", service.data_dir)))
        for message in messages:
            await store.append(conversation_id, message)
        await database.close()

    # Playwright runs a loop in this thread: the database gets one of its own.
    thread = Thread(target=lambda: asyncio.run(write()))
    thread.start()
    thread.join()


def question(type_: str, label: str, **more: Any) -> Message:
    """Return a question that awaits an answer of some type."""
    awaited = {"field": type_, "type": type_, "label": label, "required": True, "step": 3, "steps": 7}
    return Message(Author.BOT, f"{label} ?", extras={"input": awaited | more, "language": "fr"})
