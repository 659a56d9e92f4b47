"""How often one may do a thing, and how many at once; each limit is a setting, and its name says the time it is for."""

import math
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from bot.errors import TooManyRequests, Unavailable
from bot.settings import Settings

BUCKETS_KEPT = 50_000
HELD_RETRY = 30
"""Seconds after which a refused stream may try again: by then, those that nobody reads have been closed."""
_SECONDS = {"_a_minute": 60.0, "_an_hour": 3600.0}


class Limiter:
    """Buckets that fill with time and counts of what is held, in memory, by limit and by caller.

    Args:
        settings: where the limits are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # What is left, when it was counted, and when the bucket is full again; the longest unused first.
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float, float]] = OrderedDict()
        self._held: Counter[tuple[str, str]] = Counter()

    def check(self, limit: str, caller: str) -> None:
        """Count one use.

        Args:
            limit: the name of the setting, which ends in `_a_minute` or `_an_hour`.
            caller: who does it.

        Raises:
            TooManyRequests: with `retry_after`, the seconds until the next use is allowed.
        """
        allowed = float(getattr(self._settings, limit))
        rate = allowed / next(seconds for ending, seconds in _SECONDS.items() if limit.endswith(ending))
        now = monotonic()
        left, at, _ = self._buckets.get((limit, caller), (allowed, now, now))
        left = min(allowed, left + (now - at) * rate)
        if left < 1:
            wait = math.ceil((1 - left) / rate)
            raise TooManyRequests(f"Too many requests; try again in {wait} s.", code="slow-down", retry_after=wait)
        self._buckets[(limit, caller)] = (left - 1, now, now + (allowed - left + 1) / rate)
        self._buckets.move_to_end((limit, caller))
        if len(self._buckets) > BUCKETS_KEPT:
            self._forget(now)

    @contextmanager
    def hold(self, limit: str, caller: str = "") -> Iterator[None]:
        """Hold one of the places that a caller may have at once, for the length of the block.

        Args:
            limit: the name of the setting.
            caller: who holds it; empty for everybody together.

        Raises:
            TooManyRequests: all places of this caller are taken; with `retry_after`.
            Unavailable: all places are taken, by everybody.
        """
        if self._held[(limit, caller)] >= getattr(self._settings, limit):
            said = f"Too many at once; try again in {HELD_RETRY} s."
            error = TooManyRequests if caller else Unavailable
            raise error(said, code="too-many-at-once", retry_after=HELD_RETRY)
        self._held[(limit, caller)] += 1
        try:
            yield
        finally:
            self._held[(limit, caller)] -= 1
            if not self._held[(limit, caller)]:
                del self._held[(limit, caller)]

    def _forget(self, now: float) -> None:
        """Forget the full buckets, which say nothing; and when there are none, a tenth of those longest unused."""
        self._buckets = OrderedDict((key, value) for key, value in self._buckets.items() if value[2] > now)
        if len(self._buckets) > BUCKETS_KEPT * 0.9:
            for _ in range(BUCKETS_KEPT // 10):
                self._buckets.popitem(last=False)
