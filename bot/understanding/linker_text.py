"""How much a message looks like everything that the catalogue says of a service: words and pieces of words, TF-IDF."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from bot.understanding.words import telling

_SIZE = 2**16


def _pieces(text: str) -> list[str]:
    """Return the telling words of a text, their pairs, and their pieces of 3 and 4 letters."""
    words = telling(text)
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    grams = [
        padded[start : start + size]
        for padded in (f"_{word}_" for word in words if len(word) > 3)
        for size in (3, 4)
        for start in range(len(padded) - size + 1)
    ]
    return [f"={word}" for word in words] * 3 + pairs + grams


class Likeness:
    """Cosine between a message and each service's texts."""

    def __init__(self, idf: NDArray[np.float32], services: NDArray[np.float32]) -> None:
        self._idf = idf
        self._services = services
        self._vectoriser = HashingVectorizer(
            analyzer=_pieces, n_features=_SIZE, alternate_sign=False, norm=None, dtype=np.float32
        )

    @classmethod
    def fit(cls, texts: Sequence[Sequence[tuple[str, float]]]) -> Self:
        """Learn from the sentences of each service, each with its weight."""
        sentences = [(index, text, weight) for index, own in enumerate(texts) for text, weight in own]
        self = cls(np.ones(_SIZE, dtype=np.float32), np.zeros((len(texts), _SIZE), dtype=np.float32))
        counts = self._vectoriser.transform([text for _, text, _ in sentences])
        owner = csr_matrix(
            (np.ones(len(sentences), dtype=np.float32), ([i for i, _, _ in sentences], range(len(sentences)))),
            shape=(len(texts), len(sentences)),
        )
        spread = np.asarray(((owner @ counts) > 0).sum(axis=0)).ravel()
        self._idf = np.log((len(texts) + 1) / (spread + 0.5)).clip(0.05).astype(np.float32)
        rows = normalize(counts.log1p() @ diags(self._idf))
        weighted = owner @ diags(np.array([weight for _, _, weight in sentences], dtype=np.float32)) @ rows
        self._services = normalize(weighted).toarray().astype(np.float32)
        return self

    def score(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a message and one cosine a service, 0 to 1."""
        counts = self._vectoriser.transform(messages)
        scores = np.zeros((len(messages), len(self._services)), dtype=np.float32)
        for index, (start, end) in enumerate(pairwise(counts.indptr)):
            # By hand, because multiplying one sparse row through scipy reads the whole matrix.
            columns = counts.indices[start:end]
            row = np.log1p(counts.data[start:end]) * self._idf[columns]
            scores[index] = self._services[:, columns] @ row / max(float(np.linalg.norm(row)), 1e-9)
        return scores

    def save(self, folder: Path) -> None:
        """Write the weights into an existing folder."""
        np.savez_compressed(folder / "likeness.npz", idf=self._idf, services=self._services.astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(folder / "likeness.npz", allow_pickle=False) as arrays:
            return cls(arrays["idf"], arrays["services"].astype(np.float32))
