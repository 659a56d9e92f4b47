"""Who may begin a conversation now, and who waits for their turn: decided from how fast the others are answered.

Pure: it is told the time, and what was answered in how long. A conversation that has begun is never refused here. Who
comes while the counter is busy, or when as many came just now as it is known to bear (flow.py), gets a ticket and a
place, so that those who are inside keep their speed. Whose turn it is has five minutes to enter: a person who listens
to the page or looks for their glasses does not lose it.

A ticket says when its holder came, and carries a seal: with several gateways, each finds the place of a ticket that
another one gave out.
"""

import hashlib
import hmac
import secrets
from bisect import insort
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from time import time

from bot.web.flow import SECONDS, Flow

WINDOW = 10.0
"""Seconds over which answers are looked at."""
FEWEST = 20
"""Answers in that time below which slow ones say nothing about the counter."""
MEASURED = 2000
"""Answers that are remembered at most."""
MAY_BE_SLOW = 0.05
"""Part of the answers that may be slow: one in twenty."""
TURN = 300.0
"""Seconds in which whoever is called must enter."""
LINE = 10_000
"""People in the line at most; more are told to come back."""
CALM = 0.4
"""Part of what is slow under which answers are so quick that more newcomers may be tried."""
LONGEST = 60
"""Seconds after which whoever is far back looks again; who has not for three times as long went away."""


@dataclass(frozen=True)
class Place:
    """A place in the line.

    Attributes:
        ticket: to show again.
        number: 1 for who is next; 0 for who may enter now.
        retry_after: seconds after which to look again.
    """

    ticket: str
    number: int
    retry_after: int = 0


class Admission:
    """The line before the counter.

    Args:
        key: seals the tickets; the same in every gateway.
        slow_seconds: what nineteen answers in twenty must stay under; 0: nobody ever waits.
        most_at_once: messages being answered at once beyond which newcomers wait.
    """

    def __init__(self, key: bytes, slow_seconds: float, most_at_once: int) -> None:
        self._key = key
        self._slow = slow_seconds
        self._most = most_at_once
        self._answers: deque[tuple[float, float]] = deque(maxlen=MEASURED)
        self._numbers = count()
        self._begun: dict[int, float] = {}
        # Who waits, by when they came, with when they last looked; who was called, with the end of their turn.
        self._line: list[tuple[float, str]] = []
        self._looked: dict[str, float] = {}
        self._called: dict[str, float] = {}
        self._used: OrderedDict[str, None] = OrderedDict()
        self._flow, self._at = Flow(), 0.0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Measure how long the block takes: an answer that somebody waits for."""
        number, begun = next(self._numbers), time()
        self._begun[number] = begun
        try:
            yield
        finally:
            del self._begun[number]
            self.answered(time(), time() - begun)

    def answered(self, now: float, seconds: float) -> None:
        """Note that an answer took so long."""
        self._answers.append((now, seconds))

    def is_busy(self, now: float) -> bool:
        """Return whether too much is being answered at once, or too slowly."""
        return bool(self._slow) and (len(self._begun) >= self._most or self._too_many_over(self._slow, now))

    def _too_many_over(self, seconds: float, now: float) -> bool:
        """Return whether more answers than may be slow took longer; what is not answered yet counts too."""
        while self._answers and self._answers[0][0] < now - WINDOW:
            self._answers.popleft()
        late = sum(now - begun > seconds for begun in self._begun.values())
        over = late + sum(took > seconds for _, took in self._answers)
        looked_at = late + len(self._answers)
        return looked_at >= FEWEST and over > looked_at * MAY_BE_SLOW

    def knows(self, ticket: str) -> bool:
        """Return whether somebody with this ticket waits here, or was called."""
        return ticket in self._looked or ticket in self._called

    def enter(self, now: float, ticket: str = "") -> Place | None:
        """Let a newcomer in, or give them a place in the line.

        Args:
            now: the time, in seconds.
            ticket: what they were given before; one that is not ours, or was used, counts for nothing.

        Returns:
            None when they may enter; their ticket is then used up.

        Raises:
            OverflowError: the line is as long as it may be.
        """
        place = self.look(now, ticket)
        if place is not None and place.number:
            return place
        self._flow.enter(now)
        if place is not None:
            self._called.pop(place.ticket, None)
            self._used[place.ticket] = None
            if len(self._used) > LINE:
                self._used.popitem(last=False)
        return None

    def look(self, now: float, ticket: str = "") -> Place | None:
        """Return the place of a newcomer, who joins the line when there is one; None when there is none.

        Raises:
            OverflowError: the line is as long as it may be.
        """
        self._move(now)
        if ticket in self._called:
            return Place(ticket, 0)
        if not self._slow or (not self._line and not self.is_busy(now) and self._has_room(now)):
            return None
        came = self._came(ticket)
        if came is None or ticket in self._used:
            came = round(now, 3)
            ticket = self._ticket(came)
        if ticket not in self._looked:
            if len(self._line) >= LINE:
                raise OverflowError
            insort(self._line, (came, ticket))
        self._looked[ticket] = now
        number = 1 + self._line.index((came, ticket))
        return Place(ticket, number, min(LONGEST, 5 + number // 50))

    def _move(self, now: float) -> None:
        """Call those whose turn it is, and forget those who went away."""
        if now < self._at:
            # The clock went back: what was measured by it says nothing any more, and nobody loses their turn.
            self._answers.clear()
            self._looked = dict.fromkeys(self._looked, now)
            self._called = dict.fromkeys(self._called, now + TURN)
        self._at = now
        self._called = {ticket: end for ticket, end in self._called.items() if end >= now}
        busy = self.is_busy(now)
        self._flow.learn(now, busy=busy, calm=not self._too_many_over(CALM * self._slow, now))
        while self._line and not busy and self._has_room(now):
            _, ticket = self._line.pop(0)
            if now - self._looked.pop(ticket) < 3 * LONGEST:
                self._called[ticket] = now + TURN

    def _has_room(self, now: float) -> bool:
        # Who was called a moment ago is on the way; who does not come leaves the place to others soon after.
        on_the_way = sum(end - TURN > now - SECONDS for end in self._called.values())
        return self._flow.has_room(now, on_the_way)

    def _ticket(self, came: float) -> str:
        told = f"{came:.3f}-{secrets.token_hex(4)}"
        return f"{told}-{self._seal(told)}"

    def _came(self, ticket: str) -> float | None:
        """Return when the holder of a ticket came; None when it is not one of ours."""
        told, _, seal = ticket.rpartition("-")
        if not ticket.isascii() or not hmac.compare_digest(seal, self._seal(told)):
            return None
        return float(told.partition("-")[0])

    def _seal(self, told: str) -> str:
        return hmac.new(self._key, f"ticket {told}".encode(), hashlib.sha256).hexdigest()[:24]
