"""Facts: what somebody answered and what the log shows, one figure each, from which every index is computed.

A fact is never changed. It holds no personal data: who it came from is a conversation and a request, and both are taken
from it when they are erased.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversations.model import Moment


class Side(StrEnum):
    """Who answered, or whose experience was observed: both sides are asked the same things."""

    CITIZEN = "citizen"
    AGENT = "agent"


class Kind(StrEnum):
    """Where a figure comes from: somebody said it, or it was observed."""

    ANSWER = "answer"
    SIGNAL = "signal"


@dataclass(frozen=True)
class Fact:
    """One answer to one question, or one signal.

    Attributes:
        at: when it was answered or happened, with its zone.
        moment: the moment of the service that it speaks of, or "" when it speaks of none.
        service: the identifier of the service in the catalogue.
        administration: the identifier of the administration.
        channel: `widget`, `plain`, `api`, `email` or `console`.
        language: of the conversation or of the questionnaire.
        dimension: what was asked or observed: `satisfaction`, `clarity`, `fallback`... docs/satisfaction.md lists them.
        value: on the scale, as it was answered or measured.
        scale: how the value is read: `0-10`, `yes-no` (1 or 0), `1-5`, `count`, `seconds`...
        conversation_id: where it was said; None once it is gone.
        request_id: the request that it speaks of; None when there is none, or once it is gone.
        model: the version of the model that answered in the conversation.
        demo: whether `guichet demo` made it up.
    """

    at: datetime
    kind: Kind
    side: Side
    moment: Moment | str
    service: str | None
    administration: str | None
    channel: str
    language: str
    dimension: str
    value: float
    scale: str
    conversation_id: str | None = None
    request_id: str | None = None
    model: str | None = None
    demo: bool = False
