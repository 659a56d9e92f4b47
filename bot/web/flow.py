"""How many newcomers may enter in half a minute: learnt from how fast everybody is answered, as TCP learns its window.

Who enters writes a few seconds later, and goes on for some minutes: when the first answers are slow, too many are
inside already. So the number that may enter begins small, grows while all of it is used and answers stay well below
what is slow, and is cut when they do not: quickly until the first cut, slowly after it. The figures below were chosen
by a simulation of citizens who think two and ten seconds before each message, one and two engines, and three times as
many as can be served; `tests/benchmarks/load.py` measures what comes of them.

Pure: it is told the time and how it goes.
"""

from collections import deque

SECONDS = 30.0
"""Length of the window in which entries are counted."""
FIRST = 64.0
"""Entries in the window at the beginning: two newcomers a second; a town hall never sees the line."""
FEWEST = 4.0
"""Entries in the window that are never cut."""
QUICK, SLOW = 0.07, 0.01
"""Growth in a second before and after the first cut."""
CUT = 0.9
"""What a cut leaves."""
BETWEEN = 10.0
"""Seconds between two cuts: as long as slow answers are remembered."""
USED = 0.9
"""Part of the places that must be used before there are more."""


class Flow:
    """Entries of the last half minute, and how many there may be."""

    def __init__(self) -> None:
        self._entries: deque[float] = deque()
        self._most, self._growth = FIRST, QUICK
        self._at = self._cut_at = 0.0

    def enter(self, now: float) -> None:
        """Count an entry."""
        self._entries.append(now)

    def has_room(self, now: float, on_the_way: int) -> bool:
        """Return whether one more may enter, so many being on the way."""
        return self._count(now) + on_the_way < int(self._most)

    def learn(self, now: float, *, busy: bool, calm: bool) -> None:
        """Change how many may enter.

        Args:
            now: the time, in seconds; one that goes back begins the window anew.
            busy: answers are slow.
            calm: answers are so quick that more may be tried.
        """
        if now < self._at:
            self._entries.clear()
            self._cut_at = 0.0
        passed, self._at = max(0.0, now - self._at), now
        if busy:
            if now - self._cut_at >= BETWEEN:
                # Not far below what was borne before: what is slow may have another cause than those who came.
                used = max(self._count(now), self._most / 2)
                self._most = max(FEWEST, min(self._most, used) * CUT)
                self._growth, self._cut_at = SLOW, now
        elif calm and self._count(now) >= USED * self._most:
            self._most *= 1 + self._growth * min(passed, 1.0)

    def _count(self, now: float) -> int:
        while self._entries and self._entries[0] < now - SECONDS:
            self._entries.popleft()
        return len(self._entries)
