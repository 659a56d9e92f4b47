"""What the gateway asks of the engine, wherever it runs."""

from typing import Any, Protocol

AWAY = "engine-away"
"""Code of the error when nobody was there to hear: what was asked has not been done, not even in part."""


class Assistant(Protocol):
    """Answers messages."""

    async def answer(self, conversation_id: str, message_id: str, text: str) -> list[dict[str, Any]]:
        """Return the messages that answer, as the HTTP contract has them.

        Raises:
            Unavailable: the engine does not answer; the message can be sent again later.
            GuichetError: the engine refused or failed, with its own reason.
        """
        ...

    async def remind(
        self, conversation_id: str, message_id: str, intent: str, entities: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Let the assistant say by itself what an intent calls for; the same `message_id` twice is answered once.

        Raises:
            Unavailable: the engine does not answer; try again later.
            GuichetError: it refused or failed.
        """
        ...

    async def ready(self) -> bool:
        """Return whether a model is in service."""
        ...

    async def close(self) -> None:
        """Close the connections to the engine."""
        ...
