"""The office's own software: it calls `/api/office` with a token."""

import json
from time import perf_counter
from typing import Any

import aiohttp

from bot.db import Database
from bot.requests.api_tokens import ApiTokens, Scope
from tests.mystery.transcript import Reply, Shown


class Software:
    """A program of the office with every right."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def install(cls, session: aiohttp.ClientSession, database: Database, name: str) -> "Software":
        """Give the program a token."""
        return cls(session, await ApiTokens(database).add(name, list(Scope)))

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call; return the status and what came back."""
        url = f"/api/office{path}"
        async with self._session.request(method, url, json=body, headers=self._headers) as response:
            return response.status, await response.json(content_type=None)

    async def do(self, deed: str, body: Any = None) -> Reply:
        """Do what a step says (`GET /requests?limit=1`); the answer is what came back, as text."""
        method, _, path = deed.partition(" ")
        began = perf_counter()
        status, came = await self.call(method, path, body)
        shown = Shown("system", json.dumps(came, ensure_ascii=False, indent=1))
        return Reply([shown], milliseconds=(perf_counter() - began) * 1000, status=status)
