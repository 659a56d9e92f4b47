"""Wakes the event streams of a conversation, at every gateway, when something new is in the database."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Bell(asyncio.Event):
    """Set at each ring; it carries what is said while the database, where news are read, is away."""

    def __init__(self) -> None:
        super().__init__()
        self._carried: list[dict[str, Any]] = []

    def carry(self, messages: Sequence[dict[str, Any]]) -> None:
        """Ring with some messages."""
        self._carried += messages
        self.set()

    def take(self) -> list[dict[str, Any]]:
        """Return what was carried since the last time."""
        carried, self._carried = self._carried, []
        return carried


class Hub:
    """Streams wait here; whoever wrote something rings. What is new is read from the database, when there is one.

    Attributes:
        tell: tells the other gateways what rang here.
    """

    def __init__(self) -> None:
        self._bells: dict[str, set[Bell]] = defaultdict(set)
        self.tell: Callable[[str], None] = lambda conversation_id: None

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[Bell]:
        """Return an event that is set at each ring, for the length of the block."""
        bell = Bell()
        self._bells[conversation_id].add(bell)
        try:
            yield bell
        finally:
            self._bells[conversation_id].discard(bell)
            if not self._bells[conversation_id]:
                del self._bells[conversation_id]

    def ring(self, conversation_id: str) -> None:
        """Wake every stream of a conversation, wherever it is open."""
        self.wake(conversation_id)
        self.tell(conversation_id)

    def wake(self, conversation_id: str) -> None:
        """Wake every stream of a conversation at this gateway."""
        for bell in self._bells.get(conversation_id, ()):
            bell.set()

    def show(self, conversation_id: str, messages: Sequence[dict[str, Any]]) -> None:
        """Give every stream of a conversation messages that the database cannot tell yet."""
        for bell in self._bells.get(conversation_id, ()):
            bell.carry(messages)

    def wake_all(self) -> None:
        """Wake every stream at this gateway: to look for what was missed, or to end with the server."""
        for conversation_id in list(self._bells):
            self.wake(conversation_id)

    @property
    def streams(self) -> int:
        """How many streams listen."""
        return sum(len(bells) for bells in self._bells.values())
