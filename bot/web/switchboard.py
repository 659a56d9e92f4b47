"""Who gets a message: the assistant, or the person who holds the conversation."""

from typing import Any

from bot.conversations.assistant import Assistant
from bot.conversations.handoff import DeskCommand
from bot.conversations.handoff_talk import Talk
from bot.conversations.model import Button, Command, Mode
from bot.errors import NotFound, Unavailable
from bot.web.hub import Hub

DESK = "desk"
"""Where the pages of agents listen."""


class Switchboard:
    """Passes messages to the assistant, or to a person, and then nothing of them reaches the assistant.

    Args:
        assistant: the engine.
        talk: what is said while a person holds a conversation.
        hub: wakes the pages of agents.
    """

    def __init__(self, assistant: Assistant, talk: Talk, hub: Hub) -> None:
        self._assistant = assistant
        self._talk = talk
        self._hub = hub
        self._known_held: set[str] = set()

    async def answer(self, conversation_id: str, message_id: str, text: str) -> list[dict[str, Any]]:
        """Return the messages that answer, as the HTTP contract has them; none while a person speaks.

        Raises:
            Unavailable: the engine does not answer.
            GuichetError: the engine refused or failed, with its own reason.
        """
        pressed = await self._pressed(conversation_id, text) if Button.is_payload(text) else None
        if pressed is not None and pressed[1].intent in tuple(DeskCommand):
            language = await self._talk.handoffs.language(conversation_id)
            said = await self._talk.command(conversation_id, message_id, *pressed, language)
            self._hub.ring(DESK)
            return [message.wire() for message in said]
        if await self._held(conversation_id):
            handoff = await self._talk.handoffs.held(conversation_id)
            words = pressed[0] if pressed else text
            heard = await self._talk.hear(handoff, message_id, words) if handoff is not None else None
            if heard is not None:
                self._hub.ring(DESK)
                return [message.wire() for message in heard]
        return await self._assistant.answer(conversation_id, message_id, text)

    async def _held(self, conversation_id: str) -> bool:
        """Return whether a person holds a conversation, as far as is known when the database is away.

        Raises:
            Unavailable: the database is away and a person held it: the message must wait for that person.
        """
        try:
            held = await self._talk.handoffs.conversations.mode(conversation_id) != Mode.BOT
        except Unavailable:
            if conversation_id in self._known_held:
                raise
            return False
        (self._known_held.add if held else self._known_held.discard)(conversation_id)
        return held

    async def _pressed(self, conversation_id: str, payload: str) -> tuple[str, Command] | None:
        try:
            return await self._talk.handoffs.conversations.command_of(conversation_id, payload)
        except (NotFound, Unavailable):
            return None  # the assistant says so in its own way

    async def remind(
        self, conversation_id: str, message_id: str, intent: str, entities: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Let the assistant say by itself what an intent calls for, unless a person speaks.

        Raises:
            Unavailable: the engine does not answer, or a person holds the conversation; try again later.
            GuichetError: the engine refused or failed.
        """
        if await self._held(conversation_id):
            raise Unavailable("A person holds this conversation.", code="person-speaks")
        return await self._assistant.remind(conversation_id, message_id, intent, entities)

    async def ready(self) -> bool:
        """Return whether a model is in service."""
        return await self._assistant.ready()

    async def close(self) -> None:
        """Close the connections to the engine."""
        await self._assistant.close()
