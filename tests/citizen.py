"""A citizen's program, which knows nothing of the service but its HTTP contract."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp

Message = dict[str, Any]


class Citizen:
    """A citizen's program: it opens a conversation, says things, presses buttons and answers what is awaited.

    Attributes:
        id, token: of the conversation.
        welcome: the messages that opened it.
        answer: the messages of the last answer.
        answers: how many there were.
        mode: who answers, as the events of `listen` told.
    """

    def __init__(self, session: aiohttp.ClientSession, opened: dict[str, Any]) -> None:
        self._session = session
        self.id: str = opened["id"]
        self.token: str = opened["token"]
        self.welcome: list[Message] = opened["messages"]
        self.answer: list[Message] = opened["messages"]
        self.answers = 0
        self.mode = "bot"
        self._seen: list[Message] = list(opened["messages"])

    @classmethod
    async def arrive(cls, session: aiohttp.ClientSession, language: str = "fr", **more: Any) -> "Citizen":
        """Open a conversation."""
        async with session.post("/api/conversations", json={"language": language, **more}) as response:
            assert response.status == 201, await response.text()
            return cls(session, await response.json())

    async def returns(self) -> "Citizen":
        """Return the same citizen in another window: same conversation, nothing on the screen."""
        return Citizen(self._session, {"id": self.id, "token": self.token, "messages": []})

    @property
    def headers(self) -> dict[str, str]:
        """What opens the conversation."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: Any, **more: Any) -> tuple[int, Any]:
        """Send a body as it is; return the status and what came back."""
        path = f"/api/conversations/{self.id}/messages"
        async with self._session.post(path, json=body, headers=self.headers, **more) as response:
            return response.status, await response.json(content_type=None)

    async def say(self, text: str, message_id: str | None = None) -> list[Message]:
        """Say something and return the answer."""
        status, body = await self.post({"id": message_id or str(uuid4()), "text": text})
        assert status == 200, body
        self.answer = body["messages"]
        self._seen += self.answer
        self.answers += 1
        return self.answer

    async def press(self, title: str) -> list[Message]:
        """Press the last button whose title holds some words."""
        return await self.say(self.button(title))

    def button(self, title: str) -> str:
        """Return the payload of the last button whose title holds some words."""
        buttons = [button for message in self._seen for button in message["buttons"]]
        wanted = plain(title).lower()
        found = [button["payload"] for button in buttons if wanted in plain(button["title"]).lower()]
        assert found, f"no button says {title!r}: {[button['title'] for button in buttons]}"
        return found[-1]

    @property
    def said(self) -> str:
        """The words of the last answer, sources included, in plain typography."""
        lines = []
        for message in self.answer:
            sources = [f"{each['title']} {each['url']} {each['checked']}" for each in message.get("sources", [])]
            lines += [message["text"], *sources]
        return plain("\n".join(lines))

    @property
    def titles(self) -> list[str]:
        """The titles of the buttons of the last answer, in plain typography."""
        return [plain(button["title"]) for button in self.buttons]

    @property
    def buttons(self) -> list[dict[str, str]]:
        """The buttons of the last answer."""
        return [button for message in self.answer for button in message["buttons"]]

    @property
    def awaited(self) -> dict[str, Any] | None:
        """The answer that is awaited, as the contract describes it."""
        return next((message["input"] for message in reversed(self.answer) if "input" in message), None)

    @property
    def request(self) -> dict[str, Any]:
        """The request that the last answer shows."""
        return next(message["request"] for message in self.answer if "request" in message)

    async def copy(self) -> list[Message]:
        """Return the citizen's own copy of the conversation."""
        async with self._session.get(f"/api/conversations/{self.id}", headers=self.headers) as response:
            assert response.status == 200, await response.text()
            return (await response.json())["messages"]

    async def erase(self) -> dict[str, Any]:
        """Erase the conversation and return the receipt."""
        async with self._session.delete(f"/api/conversations/{self.id}", headers=self.headers) as response:
            assert response.status == 200, await response.text()
            return (await response.json())["receipt"]

    async def listen(self, last_event_id: str = "") -> AsyncIterator[tuple[str, Message]]:
        """Yield what is pushed, as (event id, message), for ever; the first item, ("", {}), says that it listens."""
        headers = self.headers | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        path = f"/api/conversations/{self.id}/events"
        async with self._session.get(path, headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as response:
            assert response.status == 200, await response.text()
            assert response.content_type == "text/event-stream"
            event: dict[str, str] = {}
            async for raw in response.content:
                line = raw.decode().rstrip("\n")
                if line == ": open":
                    yield "", {}
                elif line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif event:
                    # Who answers is told by an event of its own, which has no number.
                    if event["event"] == "message":
                        yield event["id"], json.loads(event["data"])
                    else:
                        assert event["event"] == "mode"
                        self.mode = json.loads(event["data"])["mode"]
                    event = {}


def plain(text: str) -> str:
    """Return a text with straight apostrophes and ordinary spaces: typography is no business of a journey."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
