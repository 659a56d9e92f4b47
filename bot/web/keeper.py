"""Keeps messages while the engine is down, and sees that they are answered when it is back."""

import asyncio
import logging
from typing import Any

from bot.conversations.assistant import Assistant
from bot.conversations.model import Author, Message
from bot.conversations.store import ConversationStore, Pending
from bot.errors import GuichetError, Unavailable
from bot.web.hub import Hub
from bot.web.metrics import Metrics

logger = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two tries while messages wait."""
KEPT = {
    "fr": "L'assistant redémarre. Votre message est gardé : la réponse arrivera ici dès que possible.",
    "en": "The assistant is restarting. Your message is kept: the answer will appear here as soon as possible.",
}
REFUSED = {
    "fr": "Je n'ai pas pu répondre à votre message. Pouvez-vous l'écrire autrement ?",
    "en": "I could not answer your message. Could you write it in another way?",
}


class Keeper:
    """Sends messages to the assistant, or keeps them until it is back.

    Args:
        conversations: where messages wait, encrypted.
        assistant: who answers.
        hub: wakes the streams when a late answer is there.
        metrics: counts what happened.
    """

    def __init__(self, conversations: ConversationStore, assistant: Assistant, hub: Hub, metrics: Metrics) -> None:
        self._conversations = conversations
        self._assistant = assistant
        self._hub = hub
        self._metrics = metrics
        self._work = asyncio.Event()
        self._work.set()  # messages may have been kept before a restart

    async def send(self, conversation_id: str, message_id: str, text: str, language: str) -> list[dict[str, Any]]:
        """Return the answer to a message, or the note that it is kept when the engine is down.

        Raises:
            GuichetError: the engine refused the message.
        """
        if self._work.is_set() and await self._conversations.pending(conversation_id):
            # An earlier message waits: this one must not overtake it.
            return await self._keep(conversation_id, message_id, text, language)
        try:
            messages = await self._assistant.answer(conversation_id, message_id, text)
        except Unavailable as error:
            if error.code == "database-unavailable":
                raise
            return await self._keep(conversation_id, message_id, text, language)
        except GuichetError:
            self._metrics.message("failed")
            raise
        self._metrics.message("answered")
        self._hub.ring(conversation_id)
        return messages

    async def _keep(self, conversation_id: str, message_id: str, text: str, language: str) -> list[dict[str, Any]]:
        await self._conversations.keep(conversation_id, message_id, text)
        self._metrics.message("kept")
        self._work.set()
        # Said once for this message, whatever is sent again: its identifier follows from the message's own.
        notice = Message(Author.SYSTEM, KEPT[language], id=f"kept-{message_id}"[:32])
        return [notice.wire()]

    async def run(self) -> None:
        """Answer what was kept, for ever; a message that can never be answered is said to be so and let go."""
        while True:
            await self._work.wait()
            try:
                pending = await self._conversations.pending()
                if not pending:
                    self._work.clear()
                    continue
                stuck: set[str] = set()
                for message in pending:
                    if message.conversation_id not in stuck and not await self._retry(message):
                        stuck.add(message.conversation_id)
            except Exception as error:  # the loop must outlive a database that is away
                logger.warning("kept messages wait: %s", type(error).__name__)
            await asyncio.sleep(INTERVAL)

    async def _retry(self, message: Pending) -> bool:
        try:
            await self._assistant.answer(message.conversation_id, message.message_id, message.text)
        except Unavailable:
            return False
        except GuichetError as error:
            logger.warning("a kept message was refused: %s", error.code)
            if error.code != "conversation-erased":
                await self._conversations.append(
                    message.conversation_id, Message(Author.SYSTEM, REFUSED[message.language])
                )
        await self._conversations.release(message)
        self._metrics.message("late")
        self._hub.ring(message.conversation_id)
        return True
