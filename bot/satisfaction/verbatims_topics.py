"""What is new in the words of this month: groups of words that come far more often than before."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import CountVectorizer

from bot.satisfaction.verbatims_lexicon import clauses

LEAST_TEXTS = 3
"""Texts of this month that must hold a word: fewer are one person's story."""
FALSE_ALARMS = 0.05
"""Months out of one in which chance alone would make a word look new, all words together (Bonferroni)."""
APART = 0.85
"""Mean Jaccard distance, 0 to 1, from which two groups of words are two topics."""
WORDS, EXAMPLES = 5, 3


@dataclass(frozen=True)
class Cluster:
    """A topic that is new.

    Attributes:
        words: the words that make it, the most telling first, folded; its name.
        examples: texts of this month that hold the most of these words.
        n: texts of this month that hold one of these words at least.
    """

    words: tuple[str, ...]
    examples: tuple[str, ...]
    n: int


def new_topics(this_month: Sequence[str], before: Sequence[str]) -> list[Cluster]:
    """Return the topics of this month that were not there, or far less, before.

    A word or pair of words is new when so many texts of this month hold it that chance would hardly do as much
    (Fisher's exact test, one side). New words that stand in the same texts make one topic.

    Args:
        this_month: the texts of the month.
        before: the texts to compare with, of the months before; without any, nothing can be called new.

    Returns:
        The topics, that of most texts first; none when nothing is new.
    """
    texts = [*this_month, *before]
    if not this_month or not before:
        return []
    vectoriser = CountVectorizer(analyzer=_terms, binary=True, dtype=np.int64)
    try:
        held = vectoriser.fit_transform(texts).tocsc()
    except ValueError:  # no text holds any word
        return []
    now = held[: len(this_month)]
    count, total = (np.asarray(part.sum(axis=0)).ravel() for part in (now, held))
    known = np.flatnonzero(count >= LEAST_TEXTS)
    chance = hypergeom.sf(count[known] - 1, len(texts), total[known], len(this_month))
    order = np.argsort(chance, kind="stable")
    risen = known[order][chance[order] * max(1, len(known)) < FALSE_ALARMS]
    names = vectoriser.get_feature_names_out()
    holding = now[:, risen].toarray().astype(bool)
    clusters = [_cluster(holding[:, group], names[risen[group]], this_month) for group in _groups(holding)]
    return sorted(clusters, key=lambda cluster: -cluster.n)


def _terms(text: str) -> list[str]:
    """Return the words of three letters or more, and the pairs of neighbours."""
    terms: list[str] = []
    for clause in clauses(text):
        words = [word for word in clause.split() if len(word) > 2 and word.isalpha()]
        terms += [*words, *(" ".join(pair) for pair in pairwise(words))]
    return terms


def _groups(holding: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Return the columns that are one topic each, from the texts that hold them."""
    if holding.shape[1] < 2:
        return [np.arange(holding.shape[1])] if holding.shape[1] else []
    both = holding.T.astype(float) @ holding
    alone = holding.sum(axis=0)
    distance = 1 - both / (alone[:, None] + alone[None, :] - both)
    grouping = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=APART
    )
    labels = grouping.fit_predict(distance)
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def _cluster(holding: NDArray[np.bool_], names: NDArray[np.object_], texts: Sequence[str]) -> Cluster:
    words: list[str] = []
    for name in names:
        # A pair whose words are both in the name already, or a word of a pair that is, adds nothing.
        if not set(name.split()) <= {part for word in words for part in word.split()}:
            words.append(str(name))
    held = holding.sum(axis=1)
    best = [row for row in np.argsort(-held, kind="stable") if held[row]][:EXAMPLES]
    return Cluster(tuple(words[:WORDS]), tuple(texts[row] for row in best), int((held > 0).sum()))
