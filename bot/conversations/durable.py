"""Conversations that go on while their database is away.

What cannot be written waits in the spool, and everything that comes after goes behind it: the order is kept, and
nobody asks a database that is known to be away. Where a dialogue stands, what was answered and what a button means is
then told by the entries that wait, and by the last ones of live conversations, which are remembered here.
docs/decisions/0007-the-spool.md says what goes on and what does not.
"""

import asyncio
import hmac
import json
import logging
from collections import OrderedDict, deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.conversations import entries
from bot.conversations.entries import Entry
from bot.conversations.model import Command, Message
from bot.conversations.opening import Opening, hash_of
from bot.conversations.spool import Spool
from bot.conversations.store import Conversation, ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.errors import NotAllowed, Unavailable
from bot.privacy.encryption import Cipher

logger = logging.getLogger(__name__)

LIVE = 2_000
"""Conversations whose last entries are remembered, some 15 kB each."""
TURNS_REMEMBERED = 3
"""Turns of each: their buttons can be pressed, and their messages sent again, while the database is away."""
SOON = 5
"""Seconds after which a call that needs the database itself may be tried again."""


@dataclass
class _Live:
    """The last entries of a conversation and the state after them, as text: it takes a tenth of the memory."""

    state: str = ""
    entries: deque[str] = field(default_factory=lambda: deque(maxlen=TURNS_REMEMBERED))


class DurableStore(ConversationStore):
    """The conversations of a database, and of the spool while it is away.

    Args:
        database: where they are.
        cipher: encrypts what only the citizen may read again.
        spool: where waits what cannot be written.
    """

    def __init__(self, database: Database, cipher: Cipher, spool: Spool) -> None:
        super().__init__(database, cipher)
        self._spool = spool
        self._live: OrderedDict[str, _Live] = OrderedDict()

    async def write_opening(self, opening: Opening) -> None:
        """Write a new conversation, or let it wait.

        Raises:
            Unavailable: neither the database nor the spool takes it.
        """
        entry = entries.of_opening(opening)
        if not self._spool.size:
            with suppress(Unavailable):
                await super().write_opening(opening)
                return self._remember(opening.conversation_id, entry)
        await self._wait(opening.conversation_id, entry)
        _forget_places(opening.messages)
        return None

    async def record(
        self, turn: Turn, state: dict[str, Any], *, language: str, logged_text: str, at: datetime | None = None
    ) -> None:
        """Write a turn with the new state of the dialogue, or let both wait.

        Raises:
            NotFound: the conversation was erased.
            Unavailable: neither the database nor the spool takes it.
        """
        entry = entries.of_turn(turn, state, language, logged_text)
        if not self._spool.size:
            with suppress(Unavailable):
                await super().record(turn, state, language=language, logged_text=logged_text, at=at)
                return self._remember(turn.conversation_id, entry)
        await self._wait(turn.conversation_id, entry)
        self._remember(turn.conversation_id, entry)
        _forget_places(turn.messages)
        return None

    async def authenticate(self, conversation_id: str, token: str) -> Conversation:
        """Return the conversation that the token opens.

        Raises:
            NotAllowed: there is no such conversation or the token is another's.
            Unavailable: it is not in the database yet.
        """
        if self._spool.size and await self._language(conversation_id, token):
            raise Unavailable(
                "This conversation is not written down yet.", code="database-unavailable", retry_after=SOON
            )
        return await super().authenticate(conversation_id, token)

    async def recognise(self, conversation_id: str, token: str) -> str:
        """Return the language of the conversation that the token opens, while it waits as well."""
        if self._spool.size and (language := await self._language(conversation_id, token)):
            return language
        return await super().recognise(conversation_id, token)

    async def state(self, conversation_id: str, message_id: str = "") -> tuple[dict[str, Any], bool, int | None]:
        """Return the state of the dialogue, whether a message of the citizen is answered already, and after which turn.

        Raises:
            Unavailable: the database is away, and nothing here tells; `code` is `conversation-not-remembered`.
        """
        waiting = await self._waiting(conversation_id)
        if entries.state_of(waiting) is None:
            try:
                return await super().state(conversation_id, message_id)
            except Unavailable as error:
                if conversation_id not in self._live:
                    raise _not_remembered() from error
        told = [*self._remembered(conversation_id), *waiting]
        return entries.state_of(told) or {}, entries.answer_in(told, message_id) is not None, None

    async def answer_to(self, conversation_id: str, message_id: str) -> list[Message]:
        """Return what was answered to a message of the citizen."""
        told = [*self._remembered(conversation_id), *await self._waiting(conversation_id)]
        if self._spool.size and (answer := entries.answer_in(told, message_id)) is not None:
            return answer
        try:
            return await super().answer_to(conversation_id, message_id)
        except Unavailable:
            if (answer := entries.answer_in(told, message_id)) is None:
                raise
            return answer

    async def command_of(self, conversation_id: str, payload: str) -> tuple[str, Command]:
        """Return the title and the meaning of a button that was offered in this conversation.

        Raises:
            NotFound: no such button was offered here.
            Unavailable: the database is away, and nothing here tells.
        """
        told = [*self._remembered(conversation_id), *await self._waiting(conversation_id)]
        return entries.button_in(told, payload) or await super().command_of(conversation_id, payload)

    async def forget(self, conversation_id: str) -> None:
        """Forget what is remembered of a conversation that is about to be erased.

        Raises:
            Unavailable: something of it waits to be written, and would come back.
        """
        if await self._waiting(conversation_id):
            raise Unavailable(
                "Something of this conversation is not written down yet: erase it in a moment.",
                code="database-unavailable",
                retry_after=SOON,
            )
        self._live.pop(conversation_id, None)
        await super().forget(conversation_id)

    async def vouch(self, conversation_id: str) -> bool:
        """Tell the other processes, by the spool, of a conversation that was just opened here; return whether it was.

        The engine learns of a conversation when it answers in it for the first time. When the database goes away
        between the two, the gateway alone knows where it stands.
        """
        told = self._remembered(conversation_id)
        if len(told) != 1 or told[0]["type"] != "opening":
            return False
        await self._wait(conversation_id, told[0] | {"written": True})
        return True

    def begun(self, conversation_id: str) -> None:
        """Note that the engine knows a conversation: what was remembered of its opening is out of date."""
        self._live.pop(conversation_id, None)

    async def _language(self, conversation_id: str, token: str) -> str | None:
        """Return the language of a conversation whose opening waits; raise NotAllowed on another's token."""
        opening = next((each for each in await self._waiting(conversation_id) if each["type"] == "opening"), None)
        if opening is None or opening.get("written"):
            return None
        if not hmac.compare_digest(opening["token_hash"], hash_of(token)):
            raise NotAllowed("This conversation cannot be opened with that token.", code="wrong-token")
        return str(opening["language"])

    async def _waiting(self, conversation_id: str) -> list[Entry]:
        return await asyncio.to_thread(self._spool.of, conversation_id) if self._spool.size else []

    async def _wait(self, conversation_id: str, entry: Entry) -> None:
        if not self._spool.size:
            logger.warning("the database is away: what is said waits in the spool")
        await asyncio.to_thread(self._spool.append, conversation_id, entry)

    def _remember(self, conversation_id: str, entry: Entry) -> None:
        live = self._live.pop(conversation_id, None) or _Live()
        live.state = json.dumps(entry["state"])
        live.entries.append(json.dumps(entry | {"state": None}))
        self._live[conversation_id] = live
        if len(self._live) > LIVE:
            self._live.popitem(last=False)

    def _remembered(self, conversation_id: str) -> list[Entry]:
        live = self._live.get(conversation_id)
        if live is None:
            return []
        told = [json.loads(entry) for entry in live.entries]
        told[-1]["state"] = json.loads(live.state)
        return told


def _forget_places(messages: Sequence[Message]) -> None:
    # A place that the database did not confirm is no place: it is given when the message is written.
    for message in messages:
        message.sequence, message.at = 0, ""


def _not_remembered() -> Unavailable:
    return Unavailable(
        "The database does not answer, and where this conversation stands is not remembered.",
        code="conversation-not-remembered",
        retry_after=SOON,
    )
