"""Champion and challenger side by side: the figures of both, what is lost, and the messages that change."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a model understands of a text.

    Attributes:
        intent: the best one, whatever its confidence.
        service: the one that is believed, if any.
    """

    intent: str
    confidence: float
    service: str | None


@dataclass(frozen=True)
class Measures:
    """The figures of one model.

    Attributes:
        f1: of each intent of the frozen set.
        calibration: expected calibration error, over ten bins of confidence.
        services: share of the cases whose service is right; where none is meant, none may be believed.
        broken: cases that must never break and that it gets wrong.
        failed_conversations: tests of conversations that it fails.
        milliseconds: median time of a message.
        megabytes: size of the archive.
        cross_validation: accuracy on the challenger's training examples, each held out once; the champion's is that of
            its classifier fitted again without what it had not learnt. None when not known.
    """

    accuracy: float
    macro_f1: float
    f1: dict[str, float]
    calibration: float
    services: float
    broken: tuple[str, ...] = ()
    failed_conversations: tuple[str, ...] = ()
    milliseconds: float = 0.0
    megabytes: float = 0.0
    cross_validation: float | None = None


@dataclass(frozen=True)
class Loss:
    """How much F1 an intent loses from champion to challenger, and the interval of it; negative is a gain."""

    intent: str
    points: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """Both models on the same cases."""

    champion: Measures
    challenger: Measures
    losses: tuple[Loss, ...] = field(default=())
    macro: Loss = Loss("", 0.0, 0.0, 0.0)

    def wire(self) -> dict[str, Any]:
        """Return the comparison as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, wire: dict[str, Any]) -> "Comparison":
        """Return the comparison that `wire` told."""
        return cls(
            _measures(wire["champion"]),
            _measures(wire["challenger"]),
            tuple(Loss(**each) for each in wire["losses"]),
            Loss(**wire["macro"]),
        )


def _measures(told: dict[str, Any]) -> Measures:
    # JSON knows no tuples.
    lists = {name: tuple(told[name]) for name in ("broken", "failed_conversations")}
    return Measures(**{**told, **lists})


@dataclass(frozen=True)
class Change:
    """A real message that the challenger understands otherwise.

    Attributes:
        turn_id: one turn in which it was written.
        count: in how many turns.
    """

    turn_id: int
    count: int
    before: Answer
    after: Answer

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Change":
        """Return the change that a process told as JSON."""
        return cls(told["turn_id"], told["count"], Answer(**told["before"]), Answer(**told["after"]))


def changes(turns: Sequence[tuple[int, int]], before: Sequence[Answer], after: Sequence[Answer]) -> list[Change]:
    """Return the messages whose intent or service changes, the most frequent first.

    Args:
        turns: for each message the turn and how often it was written.
        before: what the champion says.
        after: what the challenger says.
    """
    found = [
        Change(turn_id, count, old, new)
        for (turn_id, count), old, new in zip(turns, before, after, strict=True)
        if (old.intent, old.service) != (new.intent, new.service)
    ]
    return sorted(found, key=lambda change: (-change.count, change.turn_id))
