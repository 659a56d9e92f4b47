"""Hosts Rasa's agent: one message in, its answer out; models loaded beside the running one, warmed, and swapped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.conversations.model import Button, Message, Overtaken
from bot.conversations.store import ConversationStore
from bot.conversations.tracker_store import LogTrackerStore
from bot.conversations.turn import Turn, opened
from bot.engine.actions_in_process import ActionsInProcess
from bot.engine.channel import Collector
from bot.engine.client import STARTING
from bot.engine.load import load_agent, understand
from bot.engine.locks import BUSY, ConversationLocks
from bot.errors import Failed, Misconfigured, TooLarge, Unavailable, Unprocessable
from bot.memory import settle
from bot.requests.masked import masked

logger = logging.getLogger(__name__)

ATTEMPTS = 3
"""Times that a message is thought over because its conversation went on elsewhere, its lock being lost."""


class Host:
    """The engine: the model in service, and the conversations that it answers.

    Args:
        store: where conversations are.
        locks: hold a conversation while it is answered.
        message_limit: characters accepted in a message.
    """

    def __init__(self, store: ConversationStore, locks: ConversationLocks, message_limit: int) -> None:
        self._store = store
        self._limit = message_limit
        self._actions = ActionsInProcess("actions")
        self._agent: Agent | None = None
        self._locks = locks
        self._loading = asyncio.Lock()
        self.model = ""

    @property
    def ready(self) -> bool:
        """Whether a model is in service."""
        return self._agent is not None

    async def load(self, model: Path) -> None:
        """Load a model beside the one in service, try it, and put it in its place.

        Raises:
            Misconfigured: the file is not a model that can be used; the one in service stays.
        """
        async with self._loading:
            agent = await asyncio.to_thread(self._load, model)
            self._agent, self.model = agent, model.name
            del agent
            settle()
            logger.info("model %s in service", model.name)

    def _load(self, model: Path) -> Agent:
        agent = load_agent(model, self._actions)
        missing = set(agent.domain.user_actions) - self._actions.names - set(agent.domain.responses)
        if missing:
            raise Misconfigured(
                f"The model {model.name} calls actions that do not exist: {', '.join(sorted(missing))}.",
                code="bad-model",
            )
        # Rasa wraps every store in one that falls back to memory and forgets; ours is put in without it.
        agent.processor.tracker_store = LogTrackerStore(agent.domain, self._store, masked)
        return agent

    def _serving(self) -> Agent:
        if self._agent is None:
            raise Unavailable("The assistant is starting.", code=STARTING)
        return self._agent

    def parse(self, text: str) -> dict[str, Any]:
        """Return what is understood of a text, as Rasa has it."""
        return understand(self._serving(), text)

    async def answer(self, conversation_id: str, message_id: str, text: str) -> list[Message]:
        """Answer a message of a conversation; the same `message_id` twice is answered once.

        Args:
            conversation_id: a conversation that exists.
            message_id: the citizen's program's own identifier of the message.
            text: what was typed, or the identifier of a button.

        Returns:
            The answer, at least one message unless a person has taken over.

        Raises:
            Unprocessable: the text is empty.
            TooLarge: it is longer than what is accepted.
            NotFound: the button was not offered in this conversation.
            Unavailable: no model is in service, or the database is away.
            Failed: an action failed, or nothing was answered; nothing of the turn is kept.
        """
        if not text.strip():
            raise Unprocessable("The message is empty.", code="empty-message", field="text")
        if len(text) > self._limit:
            raise TooLarge(
                f"The message has {len(text)} characters; {self._limit} are accepted.",
                code="message-too-long",
                field="text",
                limit=self._limit,
            )
        return await self._once(conversation_id, message_id, lambda: self._turn(conversation_id, message_id, text))

    async def remind(
        self, conversation_id: str, message_id: str, intent: str, entities: list[dict[str, Any]]
    ) -> list[Message]:
        """Say by itself what an intent calls for; the same `message_id` twice is answered once.

        Raises:
            Unavailable: no model is in service, or the database is away.
            Failed: an action failed, or nothing was said; nothing of the turn is kept.
        """

        async def turn() -> Turn:
            understood = {"name": intent, "confidence": 1.0}
            text = f"[rappel : {intent}]"
            parse = {"text": text, "intent": understood, "intent_ranking": [understood], "entities": entities}
            return Turn(conversation_id, message_id, text, "reminder", parse)

        return await self._once(conversation_id, message_id, turn)

    async def _once(self, conversation_id: str, message_id: str, read: Callable[[], Awaitable[Turn]]) -> list[Message]:
        for _ in range(ATTEMPTS):
            async with self._locks.lock(conversation_id):
                state, answered, follows = await self._store.state(conversation_id, message_id)
                if answered:
                    return await self._store.answer_to(conversation_id, message_id)
                agent = self._serving()
                turn = await read()
                turn.state, turn.follows = state, follows
                try:
                    return await self._play(agent, turn)
                except Overtaken:
                    logger.warning("a conversation went on in another engine: its message is answered from there")
        raise Unavailable("Another engine answers in this conversation.", code=BUSY, retry_after=1)

    async def _turn(self, conversation_id: str, message_id: str, text: str) -> Turn:
        if Button.is_payload(text):
            title, command = await self._store.command_of(conversation_id, text)
            entities = [{"entity": name, "value": value} for name, value in command.entities.items() if value]
            intent = {"name": command.intent, "confidence": 1.0}
            parse = {"text": title, "intent": intent, "intent_ranking": [intent], "entities": entities}
            return Turn(conversation_id, message_id, title, "button", parse)
        return Turn(conversation_id, message_id, text, "text", self.parse(text))

    async def _play(self, agent: Agent, turn: Turn) -> list[Message]:
        turn.model = self.model
        collector = Collector()
        turn.messages = collector.messages
        message = UserMessage(
            turn.text, collector, turn.conversation_id, parse_data=turn.parse, message_id=turn.message_id
        )
        with opened(turn):
            await agent.processor.handle_message(message)
        if turn.failure is not None:
            raise turn.failure
        if not turn.saved or not turn.messages:
            raise Failed("Nothing was answered to this message.", code="no-answer")
        return turn.messages
