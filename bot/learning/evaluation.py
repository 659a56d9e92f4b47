"""Champion and challenger measured on the same cases: figures, intervals of what is lost, and messages that change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from bot.learning.evaluation_set import Case

RESAMPLES = 1000
INTERVAL = (5.0, 95.0)
"""Percentiles of the interval: a loss whose lower end is above zero happens by chance one time in twenty."""
BINS = 10


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
        cross_validation: accuracy on its own training examples, each held out once; None when not known.
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
        sides = {
            side: Measures(
                **{key: tuple(value) if isinstance(value, list) else value for key, value in wire[side].items()}
            )
            for side in ("champion", "challenger")
        }
        return cls(**sides, losses=tuple(Loss(**each) for each in wire["losses"]), macro=Loss(**wire["macro"]))


def measure(
    cases: Sequence[Case], answers: Sequence[Answer], never: Sequence[Case], kept: Sequence[Answer]
) -> Measures:
    """Return the figures of a model.

    Args:
        cases: the frozen set.
        answers: what the model says of it.
        never: the cases that must never break.
        kept: what the model says of those.
    """
    truth, said = _columns(cases, answers)
    f1 = _f1(truth, said, np.ones((1, len(cases))))[0]
    names = sorted({case.intent for case in cases})
    return Measures(
        accuracy=float(np.mean([case.intent == answer.intent for case, answer in zip(cases, answers, strict=True)])),
        macro_f1=float(f1.mean()),
        f1=dict(zip(names, f1.tolist(), strict=True)),
        calibration=calibration(cases, answers),
        services=float(np.mean([case.service == answer.service for case, answer in zip(cases, answers, strict=True)])),
        broken=tuple(
            case.text
            for case, answer in zip(never, kept, strict=True)
            if case.intent != answer.intent or (case.service is not None and case.service != answer.service)
        ),
    )


def losses(cases: Sequence[Case], before: Sequence[Answer], after: Sequence[Answer]) -> tuple[tuple[Loss, ...], Loss]:
    """Return what each intent loses, and the mean over the intents, each with its interval.

    The interval is a paired bootstrap (Efron and Tibshirani 1993): the same cases are drawn for both models, so what is
    hard for both does not widen it. The draws are fixed: the same answers give the same intervals.
    """
    weights = np.random.default_rng(0).multinomial(len(cases), np.full(len(cases), 1 / len(cases)), RESAMPLES)
    everything = np.vstack([np.ones((1, len(cases))), weights])
    difference = _f1(*_columns(cases, before), everything) - _f1(*_columns(cases, after), everything)
    names = sorted({case.intent for case in cases})
    found = tuple(_loss(name, difference[:, column]) for column, name in enumerate(names))
    return found, _loss("", difference.mean(axis=1))


def calibration(cases: Sequence[Case], answers: Sequence[Answer]) -> float:
    """Return the mean distance between confidence and accuracy over equal bins, weighted by their size."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for case, answer in zip(cases, answers, strict=True):
        right = case.intent == answer.intent
        bins[min(BINS - 1, int(answer.confidence * BINS))].append((answer.confidence, right))
    apart = (abs(sum(sure for sure, _ in each) - sum(right for _, right in each)) for each in bins.values())
    return sum(apart) / len(answers)


def _loss(name: str, column: Any) -> Loss:
    low, high = np.percentile(column[1:], INTERVAL)
    return Loss(name, round(float(column[0]), 4), round(float(low), 4), round(float(high), 4))


def _columns(cases: Sequence[Case], answers: Sequence[Answer]) -> tuple[Any, Any]:
    names = {name: column for column, name in enumerate(sorted({case.intent for case in cases}))}
    truth, said = np.zeros((len(cases), len(names))), np.zeros((len(cases), len(names)))
    for row, (case, answer) in enumerate(zip(cases, answers, strict=True)):
        truth[row, names[case.intent]] = 1
        if answer.intent in names:
            said[row, names[answer.intent]] = 1
    return truth, said


def _f1(truth: Any, said: Any, weights: Any) -> Any:
    """Return F1, shape (weightings, intents); an intent that was neither meant nor said counts as right."""
    right = weights @ (truth * said)
    both = weights @ truth + weights @ said
    return np.where(both > 0, 2 * right / np.maximum(both, 1), 1.0)


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
