"""Wakes the event streams of a conversation when something new is in the database."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
    """Streams wait here; whoever wrote something rings. What is new is read from the database, when there is one."""

    def __init__(self) -> None:
        self._bells: dict[str, set[Bell]] = defaultdict(set)

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
        """Wake every stream of a conversation."""
        for bell in self._bells.get(conversation_id, ()):
            bell.set()

    def show(self, conversation_id: str, messages: Sequence[dict[str, Any]]) -> None:
        """Give every stream of a conversation messages that the database cannot tell yet."""
        for bell in self._bells.get(conversation_id, ()):
            bell.carry(messages)

    def close(self) -> None:
        """Wake every stream, so that it ends with the server."""
        for conversation_id in list(self._bells):
            self.ring(conversation_id)

    @property
    def streams(self) -> int:
        """How many streams listen."""
        return sum(len(bells) for bells in self._bells.values())
