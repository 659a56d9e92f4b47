"""The index: the fields of all fiches and services, and how their scores make one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.catalogue.search_field import Field, Scores

# What each field counts, found on real e-mails (docs/search.md); the figures hold for a wide range around these.
TITLE_TIMES = 2
TEXT = 0.12
DOSSIER = 0.2
ASKING = 0.8
"""A fiche whose title is a question treats one detail; with equal words, the one on the whole subject goes first."""


@dataclass(frozen=True)
class Document:
    """What is indexed of a fiche or a service, as terms.

    Attributes:
        title, place, text: its title, the names above it in the tree (or what people call it), and its text.
        dossiers: the names of its dossiers, as terms; documents of one dossier speak for each other.
        asks: whether its title is a question.
    """

    title: list[str]
    place: list[str]
    text: list[str]
    dossiers: Sequence[tuple[str, ...]]
    asks: bool = False


class Index:
    """Scores every document for weighted terms.

    Args:
        documents: in the order in which the scores are given.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.size = len(documents)
        heads = [[*document.title * TITLE_TIMES, *document.place] for document in documents]
        self._head = Field(heads)
        self._text = Field([document.text for document in documents], b=0.75)
        members: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, document in enumerate(documents):
            for dossier in document.dossiers:
                members[dossier].append(number)
        self._dossiers = Field([_dossier_terms(name, documents, numbers) for name, numbers in members.items()], b=0.75)
        # One line for each place of a document in a dossier: the document, and the dossier.
        pairs = [(number, group) for group, numbers in enumerate(members.values()) for number in numbers]
        self._placed = np.array(pairs, dtype=np.int32).reshape(-1, 2)
        self._prior = np.array([ASKING if document.asks else 1.0 for document in documents], dtype=np.float32)

    def scores(self, query: Mapping[str, float]) -> Scores:
        """Return the score of each document: 0 when it has nothing of the query, else about 1 for the best."""
        total = _to_one(self._head.scores(query)) + TEXT * _to_one(self._text.scores(query))
        if len(self._placed):
            dossiers = np.zeros(len(total), dtype=np.float32)
            documents, groups = self._placed.T
            np.maximum.at(dossiers, documents, _to_one(self._dossiers.scores(query))[groups])
            total += DOSSIER * dossiers
        return total * self._prior

    def coverage(self, told: Mapping[str, float]) -> Scores:
        """Return, for each document, the share of weighted terms that its title, place or text has."""
        covered = np.zeros(self.size, dtype=np.float32)
        for term, weight in told.items():
            covered[np.union1d(self._head.having(term), self._text.having(term))] += weight
        whole = sum(told.values())
        return covered / whole if whole > 0 else covered

    def rarity(self, term: str) -> float:
        """Return how much a term tells, by how few titles and places have it."""
        return self._head.rarity(term)

    def knows(self, term: str) -> bool:
        """Return whether any title, place or text has the term."""
        return term in self._head.vocabulary or term in self._text.vocabulary


def _dossier_terms(name: tuple[str, ...], documents: Sequence[Document], numbers: Sequence[int]) -> list[str]:
    terms = list(name) * 10
    for number in numbers:
        terms += documents[number].title
        terms += documents[number].text
    return terms


def _to_one(scores: Scores) -> Scores:
    """Return the scores divided by the best, so that fields of different lengths can be added."""
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores
