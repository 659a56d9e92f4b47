"""The gate: whether a challenger may take the place of the champion, and why not. Rules and figures, nothing else.

Each rule is a function from what was measured and judged to the reasons it has against the model. docs/learning.md says
where each limit comes from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.learning.comparison import Comparison


class Verdict(StrEnum):
    """What the gate says."""

    PASSED = "passed"
    REFUSED = "refused"
    TO_JUDGE = "to-judge"


class Rule(StrEnum):
    """What a challenger must not do."""

    INTENT_LOSES = "intent-loses"
    MEAN_LOSES = "mean-loses"
    NEVER_BREAKS = "never-breaks"
    CONVERSATION_BREAKS = "conversation-breaks"
    CALIBRATION = "calibration"
    CHANGED_FOR_WORSE = "changed-for-worse"


@dataclass(frozen=True)
class Limits:
    """The figures of the rules.

    Attributes:
        intent_loss: F1 that one intent may lose, when the interval says that the loss is real.
        mean_loss: F1 that the mean over the intents may lose, when the interval says that the loss is real.
        calibration: expected calibration error that is fine; above it, it must not be worse than the champion's.
        worse: share of the judged changes, counted by messages, that may be for the worse.
        to_judge: how many changed messages a person must have judged, the most frequent first.
    """

    intent_loss: float = 0.10
    mean_loss: float = 0.01
    calibration: float = 0.05
    worse: float = 0.25
    to_judge: int = 50


@dataclass(frozen=True)
class Judged:
    """A changed message: in how many turns it was written, and whether the challenger is right; None: nobody said."""

    count: int
    right: bool | None


@dataclass(frozen=True)
class Reason:
    """One reason against a model: the rule, what broke it, the figure and its limit."""

    rule: Rule
    what: str
    figure: float
    limit: float


@dataclass(frozen=True)
class Decision:
    """What the gate says, with its reasons; and how many changed messages are still to be judged."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    left_to_judge: int = 0


LIMITS = Limits()


def decide(comparison: Comparison, judged: Sequence[Judged], limits: Limits = LIMITS) -> Decision:
    """Decide on a challenger.

    Args:
        comparison: both models on the same cases.
        judged: the changed messages, the most frequent first.
        limits: the figures.

    Returns:
        Refused with every reason; else to judge while changed messages wait for a person; else passed.
    """
    reasons = (
        *intent_loses(comparison, limits),
        *mean_loses(comparison, limits),
        *never_breaks(comparison),
        *conversation_breaks(comparison),
        *calibration(comparison, limits),
    )
    left = sum(each.right is None for each in judged[: limits.to_judge])
    # Before all are judged the share is that of the first few: it is not held against the model yet.
    reasons += changed_for_worse(judged, limits) if not left else ()
    if reasons:
        return Decision(Verdict.REFUSED, reasons, left)
    return Decision(Verdict.TO_JUDGE if left else Verdict.PASSED, (), left)


def intent_loses(comparison: Comparison, limits: Limits) -> tuple[Reason, ...]:
    """No intent loses more F1 than the limit, unless its interval holds zero: then it may be chance."""
    return tuple(
        Reason(Rule.INTENT_LOSES, loss.intent, loss.points, limits.intent_loss)
        for loss in comparison.losses
        if loss.points > limits.intent_loss and loss.low > 0
    )


def mean_loses(comparison: Comparison, limits: Limits) -> tuple[Reason, ...]:
    """The mean over the intents does not lose more F1 than the limit, unless its interval holds zero."""
    loss = comparison.macro
    if loss.points > limits.mean_loss and loss.low > 0:
        return (Reason(Rule.MEAN_LOSES, "", loss.points, limits.mean_loss),)
    return ()


def never_breaks(comparison: Comparison) -> tuple[Reason, ...]:
    """What must never break and the champion gets right, the challenger gets right."""
    broken = sorted(set(comparison.challenger.broken) - set(comparison.champion.broken))
    return tuple(Reason(Rule.NEVER_BREAKS, text, 1.0, 0.0) for text in broken)


def conversation_breaks(comparison: Comparison) -> tuple[Reason, ...]:
    """A conversation that goes well with the champion goes well with the challenger."""
    failed = sorted(set(comparison.challenger.failed_conversations) - set(comparison.champion.failed_conversations))
    return tuple(Reason(Rule.CONVERSATION_BREAKS, name, 1.0, 0.0) for name in failed)


def calibration(comparison: Comparison, limits: Limits) -> tuple[Reason, ...]:
    """Confidence says what it says: the error is under the limit, or at least not above the champion's."""
    limit = max(limits.calibration, comparison.champion.calibration)
    if comparison.challenger.calibration > limit:
        return (Reason(Rule.CALIBRATION, "", comparison.challenger.calibration, limit),)
    return ()


def changed_for_worse(judged: Sequence[Judged], limits: Limits) -> tuple[Reason, ...]:
    """Of the changes that a person judged, counted by messages, no more than the limit are for the worse."""
    worse = sum(each.count for each in judged if each.right is False)
    known = sum(each.count for each in judged if each.right is not None)
    if known and worse / known > limits.worse:
        return (Reason(Rule.CHANGED_FOR_WORSE, "", worse / known, limits.worse),)
    return ()
