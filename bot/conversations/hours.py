"""When people answer: the hours of the office, read from one line of settings."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.errors import Misconfigured

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True)
class Hours:
    """The hours of a week, and the days without any.

    Attributes:
        spans: by day of the week (0 is Monday), from and until; None when people may answer at any time.
        closed: days on which nobody answers.
        zone: where these hours are told.
    """

    spans: dict[int, list[tuple[time, time]]] | None
    closed: frozenset[date]
    zone: ZoneInfo

    def open_at(self, at: datetime) -> bool:
        """Return whether people answer at a time."""
        there = at.astimezone(self.zone)
        if there.date() in self.closed:
            return False
        if self.spans is None:
            return True
        return any(start <= there.time() < end for start, end in self.spans.get(there.weekday(), []))


def read_hours(line: str, closed: str, zone: str) -> Hours:
    """Return the hours that a line tells.

    Args:
        line: days or spans of days, each followed by spans of hours: `mon-thu 09:00-12:00 13:30-17:00 fri 09:00-12:00`;
            empty for any time.
        closed: dates (ISO 8601) separated by spaces.
        zone: a name of the time zone database.

    Raises:
        Misconfigured: one of them cannot be read; the message says which.
    """
    try:
        days = frozenset(date.fromisoformat(each) for each in closed.split())
    except ValueError:
        raise Misconfigured(f"GUICHET_PERSON_CLOSED holds dates like 2026-12-25, not {closed!r}.") from None
    try:
        return Hours(_spans(line) if line.strip() else None, days, ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        raise Misconfigured(
            f"GUICHET_PERSON_HOURS is like `mon-fri 09:00-12:00 13:30-17:00`, not {line!r} "
            f"(time zone {zone!r}, see GUICHET_TIMEZONE)."
        ) from None


def _spans(line: str) -> dict[int, list[tuple[time, time]]]:
    spans: dict[int, list[tuple[time, time]]] = {}
    days: list[int] = []
    for word in line.lower().split():
        if found := _SPAN.fullmatch(word):
            hours, minutes, until_hours, until_minutes = map(int, found.groups())
            start, end = time(hours, minutes), time(until_hours, until_minutes)
            if not days or start >= end:
                raise ValueError(word)
            for day in days:
                spans.setdefault(day, []).append((start, end))
        else:
            first, _, last = word.partition("-")
            days = list(range(DAYS.index(first), DAYS.index(last or first) + 1))
            if not days:
                raise ValueError(word)
    if not spans:
        raise ValueError(line)
    return spans
