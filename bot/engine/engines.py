"""The engines that a gateway knows: each conversation keeps to one of those that are alive.

Which one follows from its identifier (rendezvous hashing), so that gateways agree without asking one another, and that
the conversations of an engine that died are spread over the others while all the rest stay where they are. Where
gateways do not agree for an instant on who is alive, the lock of the conversation lets one engine answer (locks.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b
from typing import Any

from bot.conversations.assistant import AWAY
from bot.engine.client import BROKEN_OFF, STARTING, EngineClient
from bot.errors import Unavailable

logger = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two questions to each engine whether it is ready."""
ELSEWHERE = (AWAY, BROKEN_OFF, STARTING)
"""Codes of errors after which another engine is asked at once: what the first one wrote, the other finds."""

Messages = list[dict[str, Any]]


class Engines:
    """A client of several engines.

    Args:
        addresses: where they listen; every gateway names them in the same words.
        token: the secret that they share.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, addresses: Sequence[str], token: str, timeout: float) -> None:
        self._clients = {address: EngineClient(address, token, timeout) for address in addresses}
        self._dead: set[str] = set()
        self._watching = asyncio.create_task(self._watch()) if len(self._clients) > 1 else None

    async def answer(self, conversation_id: str, message_id: str, text: str) -> Messages:
        """Return the messages that answer a citizen's message, by whichever engine is there.

        Raises:
            Unavailable: no engine answers.
            GuichetError: the engine refused or failed.
        """
        return await self._ask(conversation_id, lambda engine: engine.answer(conversation_id, message_id, text))

    async def remind(
        self, conversation_id: str, message_id: str, intent: str, entities: list[dict[str, Any]]
    ) -> Messages:
        """Let the assistant say by itself what an intent calls for, and return it.

        Raises:
            Unavailable: no engine answers.
            GuichetError: the engine refused or failed.
        """
        return await self._ask(
            conversation_id, lambda engine: engine.remind(conversation_id, message_id, intent, entities)
        )

    async def ready(self) -> bool:
        """Return whether an engine has a model in service."""
        return any(await asyncio.gather(*(client.ready() for client in self._clients.values())))

    async def close(self) -> None:
        """Close the connections."""
        if self._watching is not None:
            self._watching.cancel()
        for client in self._clients.values():
            await client.close()

    def order(self, conversation_id: str) -> list[str]:
        """Return the addresses of the engines in the order in which a conversation asks them: the living ones first."""
        return sorted(self._clients, key=lambda address: (address in self._dead, -_score(address, conversation_id)))

    async def _ask(self, conversation_id: str, question: Callable[[EngineClient], Awaitable[Messages]]) -> Messages:
        heard: Unavailable | None = None
        for address in self.order(conversation_id):
            try:
                return await question(self._clients[address])
            except Unavailable as error:
                # When one heard it before it died, "nobody was there" would not be true.
                heard = error if heard is None or error.code != AWAY else heard
                if error.code not in ELSEWHERE:
                    raise
                self._note(address, alive=False)
        assert heard is not None
        raise heard

    async def _watch(self) -> None:
        """Ask each engine whether it is ready, for ever: one that hangs, or whose machine vanished, refuses nothing."""
        while True:
            ready = await asyncio.gather(*(client.ready() for client in self._clients.values()))
            for address, alive in zip(self._clients, ready, strict=True):
                self._note(address, alive=alive)
            await asyncio.sleep(EVERY)

    def _note(self, address: str, *, alive: bool) -> None:
        if len(self._clients) == 1 or alive == (address not in self._dead):
            return
        (self._dead.discard if alive else self._dead.add)(address)
        logger.warning("the engine %s %s", address, "is back" if alive else "does not answer: others take over")


def _score(address: str, conversation_id: str) -> int:
    return int.from_bytes(blake2b(f"{address} {conversation_id}".encode(), digest_size=8).digest())
