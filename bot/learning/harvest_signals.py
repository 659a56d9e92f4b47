"""What a conversation shows of what the assistant does not know yet: pure rules, from the log to findings.

A message is worth a person's look when the assistant said that it was not sure, when it was hardly surer than that, or
when something that came after says that it was wrong. docs/inbox.md tells the rules in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from rapidfuzz import fuzz

from bot.learning.examples import LONGEST
from bot.learning.inbox_text import key_of

UNSURE_BELOW = 0.6
"""Confidence below which an answer was given with little ground; the assistant says that it is not sure below 0.4."""
SURE_FROM = 0.8
"""Confidence from which what was understood is believed, unless somebody says otherwise."""
REPHRASED_WITHIN = timedelta(minutes=5)
REPHRASED_FROM = 60
"""Likeness (0 to 100, token set ratio) of two messages from which the second says the first in other words."""
SILENT_AFTER = timedelta(minutes=30)
"""A conversation in which nobody wrote for so long is over: the log is harvested up to there."""
UNSURE_INTENT = "nlu_fallback"
NOT_WHAT_I_ASKED = "not_helpful"
CONTENT = frozenset({"thank", "goodbye", "affirm"})
"""Last words of somebody who did not give up."""


class Signal(StrEnum):
    """Why a message is in the inbox, what tells most first."""

    CORRECTED = "corrected"  # a colleague said what it meant
    JUDGED = "judged"  # a colleague said that the answer missed the question or the service
    REJECTED = "rejected"  # the citizen said that it was not what they had asked
    UNKNOWN = "unknown"  # the assistant said that it was not sure
    REPHRASED = "rephrased"  # the citizen said it again in other words
    BAD_SCORE = "bad_score"  # the worst note came next
    UNSURE = "unsure"  # answered, with little confidence
    ABANDONED = "abandoned"  # the last words of the conversation, not surely understood


@dataclass(frozen=True)
class Heard:
    """One turn of the log.

    Attributes:
        ranking: the intents considered, (name, confidence), the likeliest first; without "not sure" itself.
    """

    turn_id: int
    message_id: str
    at: datetime
    kind: str
    text: str
    language: str
    intent: str | None
    confidence: float | None
    ranking: tuple[tuple[str, float], ...]
    service: str | None
    field: str | None
    fallback: bool

    @property
    def teaches(self) -> bool:
        """Whether something may be learnt from it: words, which answer no field and are no long story."""
        letters = sum(letter.isalpha() for letter in self.text)
        return self.kind == "text" and self.field is None and letters > 1 and len(self.text) <= LONGEST

    @property
    def unknown(self) -> bool:
        """Whether the assistant did not know."""
        return self.fallback or self.intent == UNSURE_INTENT

    @property
    def sure(self) -> bool:
        """Whether what was understood is believed."""
        return not self.unknown and (self.confidence or 0.0) >= SURE_FROM


@dataclass(frozen=True)
class Correction:
    """What a colleague said that a message meant."""

    intent: str
    service: str | None
    by: str


@dataclass(frozen=True)
class Talk:
    """All that is known of a conversation: its turns in their order, and what was said of them.

    Attributes:
        corrections: by message.
        judged: the messages whose answer a colleague called beside the question.
        bad: when the worst note was given.
    """

    id: str
    turns: Sequence[Heard]
    corrections: dict[str, Correction] = field(default_factory=dict)
    judged: frozenset[str] = frozenset()
    bad: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A message from which something may be learnt.

    Attributes:
        evidence: what speaks for a meaning: `correction` (intent, service, by), `then` (text, intent of what the
            citizen said next, when that was understood).
    """

    heard: Heard
    signals: tuple[Signal, ...]
    evidence: dict[str, Any]


def find(talk: Talk, at: datetime) -> list[Finding]:
    """Return what a conversation teaches.

    Args:
        talk: the conversation.
        at: the present time: a conversation is given up when it has been silent for a while.
    """
    found = []
    scored = {_last_before(talk, when) for when in talk.bad} - {None}
    for place, heard in enumerate(talk.turns):
        if not heard.teaches:
            continue
        following = talk.turns[place + 1] if place + 1 < len(talk.turns) else None
        correction = talk.corrections.get(heard.message_id)
        again = _is_again(heard, following)
        holds = {
            Signal.CORRECTED: correction is not None,
            Signal.JUDGED: heard.message_id in talk.judged,
            Signal.REJECTED: following is not None and following.intent == NOT_WHAT_I_ASKED,
            Signal.UNKNOWN: heard.unknown,
            Signal.REPHRASED: again,
            Signal.BAD_SCORE: place in scored,
            Signal.UNSURE: not heard.unknown and (heard.confidence or 0.0) < UNSURE_BELOW,
            Signal.ABANDONED: following is None and _is_given_up(heard, talk, at),
        }
        signals = tuple(signal for signal in Signal if holds[signal])
        if signals:
            found.append(Finding(heard, signals, _evidence(correction, following if again else None)))
    return found


def _last_before(talk: Talk, when: datetime) -> int | None:
    """Return the place of the last message that may teach something before a time."""
    places = [place for place, heard in enumerate(talk.turns) if heard.teaches and heard.at <= when]
    return places[-1] if places else None


def _is_again(heard: Heard, following: Heard | None) -> bool:
    """Return whether a message is said again in other words, and not followed by another question about the same."""
    if following is None or not following.teaches or following.at - heard.at > REPHRASED_WITHIN:
        return False
    if heard.sure and following.sure and (heard.intent, heard.service) != (following.intent, following.service):
        return False
    first, second = key_of(heard.text), key_of(following.text)
    return fuzz.token_set_ratio(first, second) >= REPHRASED_FROM


def _is_given_up(heard: Heard, talk: Talk, at: datetime) -> bool:
    silent = at - heard.at >= SILENT_AFTER
    return silent and not heard.sure and heard.intent not in CONTENT and not talk.bad


def _evidence(correction: Correction | None, then: Heard | None) -> dict[str, Any]:
    evidence: dict[str, Any] = {}
    if correction is not None:
        evidence["correction"] = {"intent": correction.intent, "service": correction.service, "by": correction.by}
    if then is not None:
        understood = then.intent if not then.unknown and (then.confidence or 0.0) >= UNSURE_BELOW else None
        evidence["then"] = {"text": then.text, "intent": understood}
    return evidence
