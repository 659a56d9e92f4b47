"""One field of the index: BM25 over the terms of all documents, with a weight for each term of the query."""

from collections.abc import Mapping, Sequence

import bm25s
import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


class Field:
    """A field of every document, indexed by bm25s.

    bm25s computes what each term adds to each document when it indexes; a search adds them up. Its own search has no
    weights for the terms of a query, so the addition is done here, on its table.

    Args:
        documents: the terms of the field, for each document in its order; empty where it has none.
        k1: how much a repeated term goes on counting.
        b: how much a long field is held against its document, from 0 to 1.
    """

    def __init__(self, documents: Sequence[Sequence[str]], *, k1: float = 1.2, b: float = 0.5) -> None:
        self.vocabulary: dict[str, int] = {}
        self.size = len(documents)
        ids = [[self.vocabulary.setdefault(term, len(self.vocabulary)) for term in terms] for terms in documents]
        if self.vocabulary:
            index = bm25s.BM25(k1=k1, b=b, method="lucene", backend="numpy")
            index.index((ids, self.vocabulary), show_progress=False, create_empty_token=False)
            self._added: Scores = index.scores["data"]
            self._documents: NDArray[np.int32] = index.scores["indices"]
            self._begins: NDArray[np.int32] = index.scores["indptr"]

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of a term, the highest for one that no document has."""
        held = len(self.having(term))
        return float(np.log(1 + (self.size - held + 0.5) / (held + 0.5)))

    def having(self, term: str) -> NDArray[np.int32]:
        """Return the numbers of the documents that have a term."""
        column = self.vocabulary.get(term)
        if column is None:
            return np.empty(0, dtype=np.int32)
        return self._documents[self._begins[column] : self._begins[column + 1]]

    def scores(self, query: Mapping[str, float]) -> Scores:
        """Return the score of each document for weighted terms."""
        total = np.zeros(self.size, dtype=np.float32)
        for term, weight in query.items():
            column = self.vocabulary.get(term)
            if column is not None:
                part = slice(self._begins[column], self._begins[column + 1])
                total[self._documents[part]] += weight * self._added[part]
        return total
