"""Which messages to label first: those that would teach the model most.

Four things make a message worth a label. The model hesitated about it (the margin between its two best intents:
Scheffer, Decomain and Wrobel 2001). The intents it may belong to have few examples, those that were proposed before it
counted along: a list of a hundred covers the rare intents and not one of them a hundred times. It is unlike what was
already proposed: ten ways to ask the same thing teach little more than one (maximal marginal relevance: Carbonell and
Goldstein 1998). And of equal ones, the one that most people wrote; a weight for people taught less. The measurements
are in docs/learning.md.
"""

import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ALIKE = 4
"""Power of the likeness: what shares some words with another (cosine 0.5) loses 6 % of its worth, what nearly says the
same (0.85) half. Where more waits than is labelled, the plain cosine put the odd before the instructive."""
COMMON = 0.2
"""A term that more than this share of the messages has says nothing about how alike two of them are."""


@dataclass(frozen=True)
class Candidate:
    """A message that may be labelled, or a group of them by its best known member.

    Attributes:
        text: what was written, masked.
        uncertainty: how much the model hesitated, from 0 to 1 (`uncertainty`).
        people: how many people wrote this, or nearly this.
        meanings: the intents that it may belong to, with their confidences; none when nothing was understood.
    """

    text: str
    uncertainty: float
    people: int = 1
    meanings: Mapping[str, float] = field(default_factory=dict)


def uncertainty(confidences: Sequence[float]) -> float:
    """Return how much a model hesitated: 1 less the margin between its two best answers.

    Args:
        confidences: of the intents, in any order; without any, nothing was understood.

    Returns:
        0 for a model that is sure, 1 for one that hesitates between two or understood nothing.
    """
    first, second = [*sorted(confidences, reverse=True), 0.0, 0.0][:2]
    return min(1.0, max(0.0, 1.0 - (first - second)))


def order(
    candidates: Sequence[Candidate], most: int | None = None, examples: Mapping[str, int] | None = None
) -> list[int]:
    """Return which candidates to label, the most instructive first.

    Each step takes the candidate for which the product of these is highest: its uncertainty; the need of its intents,
    the mean of 1/√(examples) weighted by confidence, where those taken before count as examples of what they may mean;
    its unlikeness to those taken before (`ALIKE`). Of equal ones that of most people, then the first.

    Args:
        candidates: what may be labelled.
        most: how many to take; None for all.
        examples: how many each intent has; one that is not named has none.

    Returns:
        Indexes into `candidates`, each once.
    """
    space = _Space([each.text for each in candidates])
    counts: defaultdict[str, float] = defaultdict(float, examples or {})
    meanings = [_shares(each.meanings) for each in candidates]
    nearest = [0.0] * len(candidates)

    def place(index: int) -> tuple[float, int, int]:
        worth = candidates[index].uncertainty * _need(meanings[index], counts) * max(0.0, 1.0 - nearest[index] ** ALIKE)
        return -worth, -candidates[index].people, index

    # What is taken only ever lowers the worth of the others: who is still first when measured anew is the best.
    queue = [place(index) for index in range(len(candidates))]
    heapq.heapify(queue)
    taken: list[int] = []
    while queue and len(taken) < (len(candidates) if most is None else most):
        best = queue[0][2]
        if (now := place(best)) != queue[0]:
            heapq.heapreplace(queue, now)
            continue
        heapq.heappop(queue)
        taken.append(best)
        for intent, share in meanings[best].items():
            counts[intent] += share
        for index, cosine in space.alike(best).items():
            nearest[index] = max(nearest[index], cosine)
    return taken


def _shares(confidences: Mapping[str, float]) -> dict[str, float]:
    total = sum(confidences.values())
    return {name: sure / total for name, sure in confidences.items()} if total > 0 else {}


def _need(shares: Mapping[str, float], counts: Mapping[str, float]) -> float:
    """Return how much the intents that a message may belong to lack examples: 1 for what means nothing known."""
    return sum(share / math.sqrt(max(1.0, counts.get(name, 0.0))) for name, share in shares.items()) if shares else 1.0


def likeness(texts: Sequence[str], of: Iterable[int]) -> Iterator[tuple[int, dict[int, float]]]:
    """Yield for some of the texts how much the others are like it: an index, and cosines by the indexes of others."""
    space = _Space(texts)
    for index in of:
        yield index, space.alike(index)


class _Space:
    """Texts as rows of weighted terms, and for each term the texts that have it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._vectors = _vectors(texts)
        self._having: dict[str, list[int]] = {}
        for index, vector in enumerate(self._vectors):
            for term in vector:
                self._having.setdefault(term, []).append(index)

    def alike(self, index: int) -> dict[int, float]:
        """Return the cosine of a text with each one that shares a term with it."""
        dots: defaultdict[int, float] = defaultdict(float)
        for term, weight in self._vectors[index].items():
            for other in self._having[term]:
                dots[other] += weight * self._vectors[other][term]
        return dots


def _vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    """Return a row of weighted terms for each text, of length 1: TF-IDF of words and of pieces of words."""
    rows = [Counter(_terms(text)) for text in texts]
    frequency = Counter(term for row in rows for term in row)
    too_common = max(2.0, COMMON * len(rows))
    vectors = []
    for row in rows:
        weighted = {
            term: (1 + math.log(count)) * math.log(1 + len(rows) / frequency[term])
            for term, count in row.items()
            if frequency[term] <= too_common
        }
        length = math.sqrt(sum(weight * weight for weight in weighted.values())) or 1.0
        vectors.append({term: weight / length for term, weight in weighted.items()})
    return vectors


def terms_of(text: str) -> set[str]:
    """Return the words of a text and the pieces of its words, without case and accents."""
    return set(_terms(text))


def _terms(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.lower())
    words = re.findall(r"\w+", "".join(sign for sign in folded if not unicodedata.combining(sign)))
    pieces = [f"{word} "[i : i + 4] for word in words for i in range(max(1, len(word) - 2))]
    return words + [f"~{piece}" for piece in pieces]
