"""How often one may do a thing: a bucket that fills with time, for each caller."""

import math
from time import monotonic

from bot.errors import TooManyRequests

BUCKETS_KEPT = 50_000


class Limiter:
    """Token buckets in memory, by name of what is limited and by caller."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, what: str, caller: str, allowed: int, seconds: float) -> None:
        """Count one use.

        Args:
            what: the thing that is limited.
            caller: who does it.
            allowed: uses allowed in a row, and within `seconds`.
            seconds: the time in which that many come back.

        Raises:
            TooManyRequests: with `retry_after`, the seconds until the next use is allowed.
        """
        now, rate = monotonic(), allowed / seconds
        left, at = self._buckets.get((what, caller), (float(allowed), now))
        left = min(float(allowed), left + (now - at) * rate)
        if left < 1:
            wait = math.ceil((1 - left) / rate)
            raise TooManyRequests(f"Too many requests; try again in {wait} s.", code="slow-down", retry_after=wait)
        if len(self._buckets) >= BUCKETS_KEPT:
            # A full bucket says nothing: the callers that were quiet long enough are forgotten.
            self._buckets = {k: v for k, v in self._buckets.items() if now - v[1] < seconds}
        self._buckets[(what, caller)] = (left - 1, now)
