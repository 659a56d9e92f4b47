"""Keeps messages while the engine or the database is away, and sees that they are answered when it is back."""

import asyncio
import itertools
import logging
from typing import Any

from bot.conversations.assistant import AWAY, Assistant
from bot.conversations.durable import DurableStore
from bot.conversations.model import Author, Message
from bot.conversations.pending import Pending
from bot.conversations.pending_durable import DurablePending
from bot.conversations.replay import Replay
from bot.errors import GuichetError, Unavailable
from bot.relay import WORK, Relay
from bot.web.hub import Hub
from bot.web.metrics import Metrics

logger = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two tries while messages wait."""
EVERY = 10
"""Tries between two looks for what a gateway kept that told nobody any more."""
KEPT = {
    "fr": "L'assistant redémarre. Votre message est gardé : la réponse arrivera ici dès que possible.",
    "en": "The assistant is restarting. Your message is kept: the answer will appear here as soon as possible.",
}
UNWRITTEN = {
    "fr": "Je ne peux rien enregistrer pour l'instant. Votre message est gardé : la réponse arrivera ici dès que "
    "possible.",
    "en": "I cannot record anything for the moment. Your message is kept: the answer will appear here as soon as "
    "possible.",
}
WITHOUT_DATABASE = ("database-unavailable", "conversation-not-remembered")
"""What the engine says when it cannot answer without the database: a request, an opinion, an unknown conversation."""
REFUSED = {
    "fr": "Je n'ai pas pu répondre à votre message. Pouvez-vous l'écrire autrement ?",
    "en": "I could not answer your message. Could you write it in another way?",
}


class Keeper:
    """Sends messages to the assistant, or keeps them until it is back.

    Args:
        conversations: where what cannot be answered is said.
        pending: where messages wait, encrypted.
        replay: writes what waited for the database.
        assistant: who answers.
        hub: wakes the streams when a late answer is there.
        relay: tells the other gateways that a message is kept: this one may not be there when it can be answered.
        metrics: counts what happened.
    """

    def __init__(
        self,
        conversations: DurableStore,
        pending: DurablePending,
        replay: Replay,
        assistant: Assistant,
        hub: Hub,
        relay: Relay,
        metrics: Metrics,
    ) -> None:
        self._conversations = conversations
        self._pending = pending
        self._replay = replay
        self._assistant = assistant
        self._hub = hub
        self._relay = relay
        self._metrics = metrics
        self._work = asyncio.Event()
        self._work.set()  # messages may have been kept before a restart

    async def send(self, conversation_id: str, message_id: str, text: str, language: str) -> list[dict[str, Any]]:
        """Return the answer to a message, or the note that it is kept when it cannot be answered yet.

        Raises:
            Unavailable: it cannot be kept either.
            GuichetError: the engine refused the message.
        """
        if self._work.is_set() and await self._pending.waits(conversation_id):
            # An earlier message waits: this one must not overtake it.
            return await self._keep(conversation_id, message_id, text, KEPT[language])
        try:
            messages = await self._ask(conversation_id, message_id, text)
        except Unavailable as error:
            words = UNWRITTEN if error.code in WITHOUT_DATABASE else KEPT
            return await self._keep(conversation_id, message_id, text, words[language])
        except GuichetError:
            self._metrics.message("failed")
            raise
        self._metrics.message("answered")
        self._hub.ring(conversation_id)
        return messages

    async def _ask(self, conversation_id: str, message_id: str, text: str) -> list[dict[str, Any]]:
        heard = True
        try:
            return await self._assistant.answer(conversation_id, message_id, text)
        except Unavailable as error:
            heard = error.code != AWAY
            if error.code != "conversation-not-remembered" or not await self._conversations.vouch(conversation_id):
                raise
            return await self._assistant.answer(conversation_id, message_id, text)
        finally:
            if heard:
                self._conversations.begun(conversation_id)

    async def _keep(self, conversation_id: str, message_id: str, text: str, words: str) -> list[dict[str, Any]]:
        await self._pending.keep(conversation_id, message_id, text)
        self._metrics.message("kept")
        self.wake()
        self._relay.tell(WORK)
        # Said once for this message, whatever is sent again: its identifier follows from the message's own.
        notice = Message(Author.SYSTEM, words, id=f"kept-{message_id}"[:32])
        return [notice.wire()]

    def wake(self) -> None:
        """Look whether a message waits: one was kept, here or at another gateway."""
        self._work.set()

    async def run(self) -> None:
        """Write what waited for the database and answer what was kept, for ever.

        A message that can never be answered is said to be so and let go.
        """
        for look in itertools.count():
            if look % EVERY == 0:
                self.wake()
            try:
                for conversation_id in await self._replay.run():
                    self._hub.ring(conversation_id)
                    self._work.set()
                if self._work.is_set():
                    await self._answer_kept()
            except Exception as error:  # the loop must outlive a database that is away
                logger.warning("kept messages wait: %s", type(error).__name__)
            await asyncio.sleep(INTERVAL)

    async def _answer_kept(self) -> None:
        try:
            pending = await self._pending.waiting()
            if not pending and not self._replay.waits:
                self._work.clear()
        except Unavailable:  # the engine may be back before the database
            pending = await self._pending.remembered()
        stuck: set[str] = set()
        for message in pending:
            if message.conversation_id not in stuck and not await self._retry(message):
                stuck.add(message.conversation_id)

    async def _retry(self, message: Pending) -> bool:
        answer: list[dict[str, Any]] = []
        try:
            answer = await self._ask(message.conversation_id, message.message_id, message.text)
        except Unavailable:
            return False
        except GuichetError as error:
            logger.warning("a kept message was refused: %s", error.code)
            if error.code != "conversation-erased":
                return await self._refuse(message)
        if await self._pending.release(message):
            self._hub.ring(message.conversation_id)
        else:
            self._hub.show(message.conversation_id, answer)
        self._metrics.message("late")
        return True

    async def _refuse(self, message: Pending) -> bool:
        """Say that a message can never be answered, and let it go; return whether that could be done."""
        words = REFUSED.get(message.language, REFUSED["fr"])
        try:
            await self._pending.refuse(message, Message(Author.SYSTEM, words), self._conversations)
        except Unavailable:
            return False
        self._hub.ring(message.conversation_id)
        self._metrics.message("late")
        return True
