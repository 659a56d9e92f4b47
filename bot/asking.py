"""Asks a running gateway, as a citizen's program would: each question in a conversation of its own."""

import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import aiohttp

from bot.errors import Unavailable


async def ask_all(url: str, texts: Iterable[str], tell: Callable[[dict[str, Any]], None]) -> int:
    """Ask each text and tell what came back, with the time that it took.

    Args:
        url: address of the gateway.
        texts: the questions.
        tell: receives `{"text", "messages", "milliseconds"}`, or `{"text", "error"}` for a question that failed.

    Returns:
        0 when all were answered, 1 when one failed.

    Raises:
        Unavailable: the gateway does not answer at all.
    """
    failed = 0
    async with aiohttp.ClientSession(base_url=url, raise_for_status=False) as session:
        for text in texts:
            answer = await ask(session, text)
            failed += "error" in answer
            tell(answer)
    return 1 if failed else 0


async def ask(session: aiohttp.ClientSession, text: str) -> dict[str, Any]:
    """Ask one question in a new conversation; the time counts the message, not the opening."""
    try:
        async with session.post("/api/conversations", json={"language": "fr", "origin": "guichet ask"}) as response:
            opened = await response.json()
            if response.status != 201:
                return {"text": text, "error": opened}
        headers = {"Authorization": f"Bearer {opened['token']}"}
        body = {"id": str(uuid4()), "text": text}
        started = time.perf_counter()
        async with session.post(f"/api/conversations/{opened['id']}/messages", json=body, headers=headers) as response:
            answer = await response.json()
        milliseconds = (time.perf_counter() - started) * 1000
    except aiohttp.ClientError as error:
        raise Unavailable(f"The gateway does not answer ({type(error).__name__}): is `guichet up` running?") from None
    if response.status != 200:
        return {"text": text, "error": answer}
    return {"text": text, "messages": answer["messages"], "milliseconds": round(milliseconds, 2)}
