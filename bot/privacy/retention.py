"""How long each kind of data is kept: the figures, in one place; docs/privacy.md gives the reason of each.

What a figure counts from is part of the rule: a conversation from its last message, a draft from the last answer, a
request from the decision that ended it, an opinion from the day it was given, an example from the day it was accepted,
a line of the audit trail from the day it was written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.settings import Settings


@dataclass(frozen=True)
class Retention:
    """Days that each kind is kept.

    Attributes:
        conversation: one that no request refers to; one that a request refers to is kept as long as the request.
        draft: a request that was not filed, or that was given up before.
        request: one that is over: accepted, refused, closed or withdrawn. One that is not over is never purged.
        feedback: a note and its words, unlinked from conversation and request as soon as those go; and that somebody
            came back, once nothing tells who.
        example: a masked text that a trainer accepted, from that day; its links go with the conversations.
        audit: what a colleague read or changed.
    """

    conversation: int
    draft: int
    request: int
    feedback: int
    example: int
    audit: int

    @classmethod
    def of(cls, settings: Settings) -> "Retention":
        """Return the figures of the settings."""
        return cls(
            settings.conversation_days,
            settings.draft_days,
            settings.request_days,
            settings.feedback_days,
            settings.example_days,
            settings.audit_days,
        )


def limit(days: int, at: datetime) -> datetime:
    """Return the time before which something is too old at a given time."""
    return at - timedelta(days=days)
