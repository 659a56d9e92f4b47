"""What a group of messages probably means, and why one may think so: pure rules over what was harvested."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.learning.harvest_signals import Signal

OFFERED = 4
"""Meanings offered at most: each has a key, and more is a list to read."""
OFFERED_FROM = 0.05
"""Weight below which a meaning is no suggestion but noise."""
LIKELY_FROM = 0.5
"""Weight from which a meaning is shown as the likely one: an even chance, were it all from the assistant."""
WRONG = {Signal.CORRECTED, Signal.JUDGED, Signal.REJECTED}
"""What says that the first meaning was not the right one."""


class Ground(StrEnum):
    """What speaks for a meaning, what weighs most first."""

    CORRECTED = "corrected"  # a colleague said so
    THEN = "then"  # the citizen said it in other words, and that was understood
    CLOSEST = "closest"  # an example that means this looks like it
    THOUGHT = "thought"  # the assistant considered it


WEIGHTS = {Ground.CORRECTED: 3.0, Ground.THEN: 1.0, Ground.CLOSEST: 0.6, Ground.THOUGHT: 1.0}
"""A colleague outweighs everything else together; the rest is of the size of a probability."""


@dataclass(frozen=True)
class Why:
    """One thing that speaks for a meaning.

    Attributes:
        words: the other message, the example, or the name of the colleague.
        percent: how sure or how alike, where that is known.
    """

    ground: Ground
    words: str = ""
    percent: int | None = None


@dataclass
class Meaning:
    """What a group may mean."""

    intent: str
    service: str | None
    weight: float = 0.0
    why: list[Why] = field(default_factory=list)

    @property
    def likely(self) -> bool:
        """Whether enough speaks for it to put it before the others: what is shown as right is soon believed."""
        return self.weight >= LIKELY_FROM


def suggest(
    rankings: Sequence[Sequence[Any]],
    signals: Sequence[Sequence[str]],
    evidence: Sequence[dict[str, Any]],
    service: str | None,
    closest: dict[str, Any],
) -> list[Meaning]:
    """Return what a group may mean, the likeliest first.

    Args:
        rankings: for each message, the intents that the assistant considered, as (name, confidence).
        signals: for each message, why it was harvested.
        evidence: for each message, `harvest_signals.Finding.evidence`.
        service: what the assistant believed it to be about.
        closest: the existing example most like it: `text`, `intent`, `likeness`; empty when none is.
    """
    found: dict[str, Meaning] = {}
    thought: dict[str, list[float]] = defaultdict(list)
    for ranking, harvested in zip(rankings, signals, strict=True):
        wrong = WRONG & set(harvested)
        for name, confidence in ranking[1:] if wrong else ranking:
            thought[name].append(confidence)
    for each in evidence:
        if correction := each.get("correction"):
            said = Why(Ground.CORRECTED, correction["by"])
            _add(found, correction["intent"], correction["service"] or service, said, 1.0)
        then = each.get("then") or {}
        if then.get("intent"):
            _add(found, then["intent"], service, Why(Ground.THEN, then["text"]), 1.0)
    if closest:
        likeness = float(closest["likeness"])
        _add(found, closest["intent"], service, Why(Ground.CLOSEST, closest["text"], round(likeness * 100)), likeness)
    for name, confidences in thought.items():
        mean = sum(confidences) / len(rankings)
        _add(found, name, service, Why(Ground.THOUGHT, percent=round(mean * 100)), mean)
    order = list(Ground)
    for meaning in found.values():
        meaning.why.sort(key=lambda each: order.index(each.ground))
    likely = sorted(found.values(), key=lambda each: (-each.weight, each.intent))
    return [each for each in likely if each.weight >= OFFERED_FROM][:OFFERED]


def _add(found: dict[str, Meaning], intent: str, service: str | None, why: Why, strength: float) -> None:
    meaning = found.setdefault(intent, Meaning(intent, service))
    if why.ground == Ground.CORRECTED:
        meaning.service = service
    if why not in meaning.why:
        # The same thing said of several messages is one thing that speaks for the meaning.
        meaning.why.append(why)
        meaning.weight += WEIGHTS[why.ground] * strength
