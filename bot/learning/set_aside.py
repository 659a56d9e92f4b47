"""How likely it is that nothing can be learnt from a message: it says what people set aside before.

Some of what a counter is asked is none of its business. The model is never sure of it, so that by doubt alone it would
be proposed again and again. Naive Bayes over words and pieces of words (Maron 1961) compares what was set aside
with what is taught. It needs no model, and what it rests on is erased with its conversation. The measurements are in
docs/learning.md.
"""

import math
from collections import Counter
from collections.abc import Sequence

from bot.learning.ordering import terms_of

BELIEF = 5
"""Messages that the common share of a term counts for: with few set aside, little is said against a message."""
SURE = 30
"""Logarithm of the odds beyond which nothing is surer."""


def set_aside(texts: Sequence[str], aside: Sequence[str], taught: Sequence[str]) -> list[float]:
    """Return for each text how likely it is that nothing can be learnt from it.

    Args:
        texts: what waits, masked.
        aside: messages of which a person said that nothing is to be learnt from them.
        taught: what is taught: of that something can be learnt.

    Returns:
        From 0 to 1; 0 for all as long as nothing was set aside, or nothing is taught.
    """
    if not aside or not taught:
        return [0.0] * len(texts)
    against, for_it = (Counter(term for text in those for term in terms_of(text)) for those in (aside, taught))
    weights = {term: _weight(against[term], len(aside), for_it[term], len(taught)) for term in against | for_it}
    return [_chance([weights[term] for term in terms_of(text) if term in weights]) for text in texts]


def _weight(against: int, aside: int, for_it: int, taught: int) -> float:
    common = BELIEF * (against + for_it) / (aside + taught)
    return math.log((against + common) / (aside + BELIEF)) - math.log((for_it + common) / (taught + BELIEF))


def _chance(weights: Sequence[float]) -> float:
    # The pieces of a word are no witnesses of their own: their sum grows by the root of their number.
    odds = sum(weights) / math.sqrt(len(weights)) if weights else -SURE
    return 1 / (1 + math.exp(-max(-SURE, min(SURE, odds))))
