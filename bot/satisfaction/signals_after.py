"""Signals of people and of requests: what waits, what comes late, what comes back. Pure functions over times."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)
"""Time in which coming back about the same thing says that it was not settled (bot/requests/recontact.py)."""


def wait(asked_at: datetime, claimed_at: datetime) -> float:
    """Time that a citizen waited for a person.

    Unit: seconds. Source: `handoffs.asked_at` and `handoffs.claimed_at`. Who went away before is not in it.
    """
    return (claimed_at - asked_at).total_seconds()


def late(due_at: datetime, decided_at: datetime | None) -> float:
    """Whether a request was still open when the announced day was over.

    Unit: yes-no. Source: `requests.due_at` and `requests.decided_at`; said once of each request, when it is decided or
    when the day is over, whichever comes first.
    """
    return float(decided_at is None or decided_at > due_at)


def correction(completions_before: int) -> float:
    """Which time it is that the office asks for a completion: from the second on it is a loop.

    Unit: count, from 1. Source: events of `request_events` whose state is `to_complete`.
    """
    return float(completions_before + 1)


def decision_time(filed_at: datetime, decided_at: datetime) -> float:
    """Time from the filing of a request to its decision: the time to answer of the office.

    Unit: seconds. Source: `requests.filed_at` and `requests.decided_at`.
    """
    return (decided_at - filed_at).total_seconds()


def recontact(hours_since: float) -> float:
    """Whether a citizen came again about the same service or request within seven days of the time before.

    Unit: count. Source: `request_contacts.hours_since`, which is noted from four hours on: sooner is the same visit.
    """
    return float(timedelta(hours=hours_since) <= WINDOW)


def resolved_without_recontact(ended_at: datetime, came: Sequence[datetime], *, helped: bool) -> float:
    """Whether a visit settled the matter for good: nobody came again about it within seven days.

    Durable resolution: a visit without any fallback at its end whose citizen came back neither in the same
    conversation nor, in another one, about a request of this one. Unit: yes-no. Source: `turns` and
    `request_contacts`, looked at when the seven days are over.

    Args:
        ended_at: when the visit ended.
        came: when later visits began, and when somebody came about a request of the conversation.
        helped: whether the last turn of the visit was understood.
    """
    return float(helped and not any(ended_at < at <= ended_at + WINDOW for at in came))
