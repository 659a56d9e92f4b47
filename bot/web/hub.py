"""Wakes the event streams of a conversation when something new is in the database."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Hub:
    """Streams wait here; whoever wrote something rings. What is new is always read from the database."""

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[asyncio.Event]:
        """Return an event that is set at each ring, for the length of the block."""
        bell = asyncio.Event()
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

    def close(self) -> None:
        """Wake every stream, so that it ends with the server."""
        for conversation_id in list(self._bells):
            self.ring(conversation_id)

    @property
    def streams(self) -> int:
        """How many streams listen."""
        return sum(len(bells) for bells in self._bells.values())
