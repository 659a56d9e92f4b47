"""The HTTP contract, as a program of a citizen uses it."""

from time import perf_counter
from typing import Any

import aiohttp

from tests.citizen import Citizen, Message
from tests.mystery.doors import Stuck
from tests.mystery.transcript import Reply, Shown


class ApiDoor:
    """A citizen's program."""

    def __init__(self, session: aiohttp.ClientSession, citizen: Citizen) -> None:
        self._session = session
        self._citizen = citizen
        self.conversation = citizen.id
        self.welcome = reply(citizen.welcome)
        self._heard = len(citizen.welcome)

    @classmethod
    async def enter(cls, session: aiohttp.ClientSession, language: str) -> "ApiDoor":
        """Open a conversation."""
        return cls(session, await Citizen.arrive(session, language))

    async def say(self, words: str) -> Reply:
        """Say something."""
        began = perf_counter()
        said = await self._citizen.say(words)
        return reply(said, (perf_counter() - began) * 1000)

    async def press(self, words: str) -> Reply:
        """Press the last button that holds some words."""
        try:
            payload = self._citizen.button(words)
        except AssertionError as error:
            raise Stuck(str(error)) from None
        return await self.say(payload)

    async def come_back(self) -> Reply:
        """Come back in another window, which shows the copy of the conversation."""
        shown = await self._citizen.copy()
        self._citizen = await self._citizen.returns()
        self._citizen._seen = [{"buttons": [], **message} for message in shown]
        return reply(shown)

    async def switch(self, language: str) -> Reply:
        """Switch the language."""
        path = f"/api/conversations/{self.conversation}/language"
        async with self._session.put(path, json={"language": language}, headers=self._citizen.headers) as response:
            return reply((await response.json())["messages"])

    async def erase(self) -> Reply:
        """Erase the conversation."""
        receipt = await self._citizen.erase()
        return Reply([Shown("system", str(receipt))])

    async def news(self) -> Reply:
        """Return what has come since the citizen last spoke."""
        shown = await self._citizen.copy()
        last = max((i for i, each in enumerate(shown) if each["author"] == "citizen"), default=-1)
        self._citizen._seen += [{"buttons": [], **message} for message in shown[last + 1 :]]
        return reply(shown[last + 1 :])

    async def leave(self) -> None:
        """Nothing is left open."""


def reply(messages: list[Message], milliseconds: float = 0) -> Reply:
    """Return messages of the contract as an answer."""
    awaited: dict[str, Any] = next((each["input"] for each in reversed(messages) if each.get("input")), {})
    shown = [
        Shown(
            message["author"],
            message["text"],
            [button["title"] for button in message.get("buttons", [])],
            message.get("sources", []),
            message.get("request"),
            message.get("language", ""),
        )
        for message in messages
    ]
    return Reply(shown, awaited.get("field"), awaited.get("type", ""), milliseconds)
