"""Measures models on the same cases: figures, and intervals of what is lost."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.learning.comparison import Answer, Loss, Measures
from bot.learning.evaluation_set import Case

RESAMPLES = 1000
INTERVAL = (5.0, 95.0)
"""Percentiles of the interval: a loss whose lower end is above zero happens by chance one time in twenty."""
BINS = 10


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


def losses(
    cases: Sequence[Case],
    before: Sequence[Answer],
    after: Sequence[Answer],
    interval: tuple[float, float] = INTERVAL,
) -> tuple[tuple[Loss, ...], Loss]:
    """Return what each intent loses, and the mean over the intents, each with its interval.

    The interval is a paired bootstrap (Efron and Tibshirani 1993): the same cases are drawn for both models, so what is
    hard for both does not widen it. The draws are fixed: the same answers give the same intervals.
    """
    weights = np.random.default_rng(0).multinomial(len(cases), np.full(len(cases), 1 / len(cases)), RESAMPLES)
    everything = np.vstack([np.ones((1, len(cases))), weights])
    difference = _f1(*_columns(cases, before), everything) - _f1(*_columns(cases, after), everything)
    names = sorted({case.intent for case in cases})
    found = tuple(_loss(name, difference[:, column], interval) for column, name in enumerate(names))
    return found, _loss("", difference.mean(axis=1), interval)


def calibration(cases: Sequence[Case], answers: Sequence[Answer]) -> float:
    """Return the mean distance between confidence and accuracy over equal bins, weighted by their size."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for case, answer in zip(cases, answers, strict=True):
        right = case.intent == answer.intent
        bins[min(BINS - 1, int(answer.confidence * BINS))].append((answer.confidence, right))
    apart = (abs(sum(sure for sure, _ in each) - sum(right for _, right in each)) for each in bins.values())
    return sum(apart) / len(answers)


def _loss(name: str, column: Any, interval: tuple[float, float]) -> Loss:
    low, high = np.percentile(column[1:], interval)
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
