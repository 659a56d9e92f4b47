"""What the intent classifier sees of a message: words, word pairs and pieces of words, weighted by TF-IDF."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Array = NDArray[np.float32]

# A citizen's message is short; what follows this many characters no longer changes the intent, only the time it takes.
MAX_CHARACTERS = 1000

_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


def normalise(text: str) -> str:
    """Return a message in the one form that training and prediction share.

    Args:
        text: what a person typed, of any length and script.

    Returns:
        The text cut at `MAX_CHARACTERS`, in Unicode NFKC, lower case, without accents or control characters, with
        straight apostrophes and single spaces, so that "ÉTAT CIVIL" and "etat civil" are one.
    """
    decomposed = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].translate(_APOSTROPHES).lower())
    kept = "".join(" " if unicodedata.category(c) == "Cc" else c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip()


class Featuriser:
    """Turns normalised messages into sparse rows: words 1-2 and characters 2-5, one block of length 1 each.

    The weights are sublinear TF-IDF with smoothed document frequencies (Salton and Buckley 1988).
    """

    def __init__(self, columns: dict[str, int], idf: Array) -> None:
        self._columns = columns
        self._idf = idf

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn the terms of normalised training messages and their weights."""
        frequency = Counter(term for text in texts for view in _VIEWS for term in set(view(text)))
        columns = {term: column for column, term in enumerate(sorted(frequency))}
        counts = np.array([frequency[term] for term in columns], dtype=np.float32)
        return cls(columns, np.asarray(np.log((1 + len(texts)) / (1 + counts)) + 1, dtype=np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return one row a normalised message, shape (messages, terms); a view with no known term stays zero."""
        indices, values, pointers = [], [], [0]
        for text in texts:
            for view in _VIEWS:
                counts = Counter(column for term in view(text) if (column := self._columns.get(term)) is not None)
                columns = np.fromiter(counts, np.int32, len(counts))
                weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._idf[columns]
                indices.append(columns)
                values.append(weights / max(float(np.sqrt(weights @ weights)), 1e-9))
            pointers.append(pointers[-1] + sum(map(len, indices[-len(_VIEWS) :])))
        data = (np.concatenate(values), np.concatenate(indices), pointers) if texts else ([], [], [0])
        return csr_matrix(data, shape=(len(texts), len(self._idf)), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the terms (`terms.json`) and their weights (`idf.npz`) into an existing folder."""
        (folder / "terms.json").write_text(json.dumps(list(self._columns), ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / "idf.npz", idf=self._idf)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        terms = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        with np.load(folder / "idf.npz", allow_pickle=False) as arrays:
            return cls({term: column for column, term in enumerate(terms)}, arrays["idf"])


def words_of(text: str) -> list[str]:
    """Return the words of a normalised text."""
    return _WORD.findall(text)


def _word_terms(text: str) -> list[str]:
    """Return the words of a normalised text, then its pairs of neighbours, the two ends counted as words."""
    words = words_of(text)
    return [f"w:{word}" for word in words] + [f"w:{a} {b}" for a, b in pairwise(["^", *words, "$"])]


def _character_terms(text: str) -> list[str]:
    """Return the pieces of two to five characters of each word, a space standing for its two ends."""
    marked = [f" {word} " for word in words_of(text)]
    return [f"c:{w[i : i + n]}" for w in marked for n in (2, 3, 4, 5) for i in range(len(w) - n + 1)]


_VIEWS = (_word_terms, _character_terms)
