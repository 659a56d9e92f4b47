"""What the intent classifier sees of a message: words, word pairs and pieces of words, weighted by TF-IDF."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.understanding.abbreviations import spell_out

Array = NDArray[np.float32]
Ints = NDArray[np.int64]

# A citizen's message is short; what follows this many characters no longer changes the intent, only the time it takes.
MAX_CHARACTERS = 1000

FEW = 1500
"""Messages up to which training takes other measures against learning them by heart (docs/understanding.md)."""

_NONE = np.empty(0, dtype=np.int64)
_WORD = re.compile(r"\w+|\?")
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


def normalise(text: str) -> str:
    """Return a message in the one form that training and prediction share.

    Args:
        text: what a person typed, of any length and script.

    Returns:
        The text cut at `MAX_CHARACTERS`, in Unicode NFKC, lower case, without accents or control characters, with
        straight apostrophes and single spaces, so that "ÉTAT CIVIL" and "etat civil" are one, and what is abbreviated
        on a phone spelt out.
    """
    decomposed = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].translate(_APOSTROPHES).lower())
    kept = "".join(" " if unicodedata.category(c) == "Cc" else c for c in decomposed if not unicodedata.combining(c))
    return spell_out(_SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip())


class Featuriser:
    """Turns normalised messages into sparse rows: words 1-2 and characters 2-5, one block of length 1 each.

    The weights are sublinear TF-IDF with smoothed document frequencies (Salton and Buckley 1988).
    """

    def __init__(self, columns: dict[str, int], idf: Array) -> None:
        self._columns = columns
        self._idf = idf
        # Most words of a message are among a few thousand: what a word is made of is worked out once.
        self._pieces = lru_cache(maxsize=20_000)(self._columns_of_pieces)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn the terms of normalised training messages and their weights."""
        frequency: Counter[str] = Counter()
        for words in map(words_of, texts):
            frequency.update({*_word_terms(words), *(piece for word in words for piece in _character_terms(word))})
        if len(texts) <= FEW:
            # A pair or a piece that only one of few messages has says more of that message than of its intent.
            frequency = Counter({term: count for term, count in frequency.items() if count > 1 or _is_word(term)})
        columns = {term: column for column, term in enumerate(sorted(frequency))}
        counts = np.array([frequency[term] for term in columns], dtype=np.float32)
        return cls(columns, np.asarray(np.log((1 + len(texts)) / (1 + counts)) + 1, dtype=np.float32))

    def row(self, text: str) -> tuple[Ints, Array]:
        """Return the columns of a normalised message and their weights; a view with no known term has none."""
        words = words_of(text)
        whole = [column for term in _word_terms(words) if (column := self._columns.get(term)) is not None]
        views = [
            self._weighted(np.array(whole, dtype=np.int64)),
            self._weighted(np.concatenate([self._pieces(word) for word in words] or [_NONE])),
        ]
        return np.concatenate([columns for columns, _ in views]), np.concatenate([weights for _, weights in views])

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return one row a normalised message, shape (messages, terms)."""
        rows = [self.row(text) for text in texts]
        pointers = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns, weights = (np.concatenate(arrays) for arrays in zip(*rows, strict=True)) if rows else ([], [])
        return csr_matrix((weights, columns, pointers), shape=(len(rows), len(self._idf)), dtype=np.float32)

    def _columns_of_pieces(self, word: str) -> Ints:
        found = (self._columns.get(term) for term in _character_terms(word))
        return np.array([column for column in found if column is not None], dtype=np.int64)

    def _weighted(self, columns: Ints) -> tuple[Ints, Array]:
        """Return each column once, with its weight; the weights of a view have length 1 together."""
        distinct, counts = np.unique(columns, return_counts=True)
        weights = (1 + np.log(counts, dtype=np.float32)) * self._idf[distinct]
        return distinct, weights / max(float(np.sqrt(weights @ weights)), 1e-9)

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
    """Return the words and question marks of a normalised text; none when it has no word, since a mark says nothing."""
    words = _WORD.findall(text)
    return words if any(word != "?" for word in words) else []


def _word_terms(words: list[str]) -> list[str]:
    """Return words, then their pairs of neighbours, the two ends of the message counted as words."""
    return [f"w:{word}" for word in words] + [f"w:{a} {b}" for a, b in pairwise(["^", *words, "$"])]


def _is_word(term: str) -> bool:
    return term.startswith("w:") and " " not in term


@lru_cache(maxsize=20_000)
def _character_terms(word: str) -> list[str]:
    """Return the pieces of two to five characters of a word, a space standing for its two ends."""
    marked = f" {word} "
    return [f"c:{marked[i : i + n]}" for n in (2, 3, 4, 5) for i in range(len(marked) - n + 1)]
