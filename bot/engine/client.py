"""Speaks to one engine; `bot.engine.engines` chooses which."""

from typing import Any

import aiohttp

from bot.conversations.assistant import AWAY
from bot.errors import (
    Conflict,
    Failed,
    GuichetError,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooLarge,
    TooManyRequests,
    TooSlow,
    Unavailable,
    Unprocessable,
)
from bot.tracing import outgoing

BROKEN_OFF = "engine-unavailable"
"""Code of the error when the engine was lost before it had answered."""
STARTING = "engine-starting"
"""Code of the error of an engine that has no model in service yet."""
CONNECTS_WITHIN = 2.0
"""Seconds in which an engine is reached: a machine that is gone refuses nothing."""

_BY_STATUS: dict[int, type[GuichetError]] = {
    each.status: each
    for each in (
        *(InvalidInput, TooLarge, Unprocessable, NotAllowed, NotFound, Conflict, TooManyRequests),
        *(TooSlow, Unavailable, Failed),
    )
}


class EngineClient:
    """A client of one engine.

    Args:
        url: where it listens.
        token: the secret that it shares.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self._url = url
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECTS_WITHIN),
            connector=aiohttp.TCPConnector(limit=200),
        )

    async def answer(self, conversation_id: str, message_id: str, text: str) -> list[dict[str, Any]]:
        """Return the messages that answer a citizen's message.

        Raises:
            Unavailable: the engine does not answer.
            GuichetError: it refused or failed.
        """
        body = {"conversation_id": conversation_id, "message_id": message_id, "text": text}
        return (await self._post("/answer", body))["messages"]

    async def remind(
        self, conversation_id: str, message_id: str, intent: str, entities: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Let the assistant say by itself what an intent calls for, and return it.

        Raises:
            Unavailable: the engine does not answer.
            GuichetError: it refused or failed.
        """
        told = {"conversation_id": conversation_id, "message_id": message_id, "intent": intent, "entities": entities}
        return (await self._post("/remind", told))["messages"]

    async def parse(self, text: str) -> dict[str, Any]:
        """Return what is understood of a text."""
        return await self._post("/parse", {"text": text})

    async def swap(self, archive: str) -> dict[str, Any]:
        """Put another model of the models' folder in service."""
        return await self._post("/model", {"file": archive})

    async def ready(self) -> bool:
        """Return whether a model is in service."""
        try:
            async with self._session.get(f"{self._url}/ready", timeout=aiohttp.ClientTimeout(total=2)) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        try:
            async with self._session.post(self._url + path, json=body, headers=outgoing()) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable("The assistant is not there for the moment.", code=AWAY) from error
        except TimeoutError as error:
            raise Unavailable("The assistant takes too long to answer.", code="engine-silent") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Unavailable("The assistant does not answer for the moment.", code=BROKEN_OFF) from error
        if response.status == 200:
            return answer
        answer = answer or {}
        known = {"type", "title", "status", "detail", "code"}
        raise _BY_STATUS.get(response.status, Failed)(
            answer.get("detail", "The assistant failed."),
            code=answer.get("code"),
            **{key: value for key, value in answer.items() if key not in known},
        )
