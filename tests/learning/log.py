"""A log of made-up conversations, written as the engine writes it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import TurnRow
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = START + timedelta(days=1)
"""When everything that was said is over."""

Words = tuple[str, str | None, float]
"""A message: its text, the intent understood (`?` when the assistant was not sure), how surely."""


class Log:
    """Writes conversations."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.database = database
        self.store = ConversationStore(database, cipher)

    async def talk(self, *said: Words, service: str | None = None, at: datetime = START, **more: Any) -> str:
        """Write a conversation, a message a minute; return its identifier."""
        conversation_id, _, _ = await self.store.open(more.get("language", "fr"), None, opening("fr"))
        await self.go_on(conversation_id, *said, service=service, at=at, **more)
        return conversation_id

    async def go_on(
        self,
        conversation_id: str,
        *said: Words,
        service: str | None = None,
        at: datetime = START,
        first: int = 1,
        second: Sequence[tuple[str, float]] = (("ask_delay", 0.2),),
        **more: Any,
    ) -> None:
        """Add messages to a conversation."""
        for place, (text, intent, confidence) in enumerate(said):
            unsure = intent == "?"
            parse: dict[str, Any] = {
                "intent": {"name": "nlu_fallback" if unsure else intent, "confidence": confidence},
                "intent_ranking": [{"name": name, "confidence": other} for name, other in second],
            }
            number = first + place
            answer = Message(Author.BOT, "Réponse")
            turn = Turn(conversation_id, f"m{number}", text, parse=parse, messages=[answer], service=service)
            turn.fallback, turn.kind, turn.field = unsure, more.get("kind", "text"), more.get("field")
            language = more.get("language", "fr")
            await self.store.record(turn, {}, language=language, logged_text=text)
            async with self.database.writing() as session:
                mine = update(TurnRow).where(TurnRow.conversation_id == conversation_id, TurnRow.number == number)
                await session.execute(mine.values(at=at + timedelta(minutes=place)))
