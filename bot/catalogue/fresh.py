"""Something read from a file that an import may put another in the place of: opened when first needed, then again."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """Opens in a thread, so that the other conversations go on, and only when somebody asks.

    Args:
        stamp: returns what differs once another file is in place; None without a file.
        opener: opens it; it is slow.
    """

    def __init__(self, stamp: Callable[[], Any], opener: Callable[[], T]) -> None:
        self._stamp = stamp
        self._opener = opener
        self._lock = asyncio.Lock()
        self._opened: tuple[Any, T] | None = None

    async def get(self) -> T:
        """Return what is open, after opening the newest."""
        stamp = self._stamp()
        async with self._lock:
            if self._opened is None or self._opened[0] != stamp:
                self._opened = (stamp, await asyncio.to_thread(self._opener))
            return self._opened[1]
