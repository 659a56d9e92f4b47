"""What the intent classifier sees of a message: words, word pairs and pieces of words, weighted by TF-IDF."""

import json
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

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
    """Turns messages into sparse rows: words 1-2 and characters 2-5, one unit-length block each."""

    def __init__(self) -> None:
        self._views = _new_views()

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Self:
        """Learn the vocabulary and its weights from training messages."""
        self = cls()
        normalised = [normalise(text) for text in texts]
        for view in self._views.values():
            view.fit(normalised)
        return self

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return one row a message, of length 1 (0 if nothing in it is known)."""
        normalised = [normalise(text) for text in texts]
        rows = hstack([view.transform(normalised) for view in self._views.values()], format="csr", dtype=np.float32)
        return rows / np.sqrt(len(self._views), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the vocabulary (`vocabulary.json`) and its weights (`idf.npz`) into an existing folder."""
        terms = {name: view.get_feature_names_out().tolist() for name, view in self._views.items()}
        (folder / "vocabulary.json").write_text(json.dumps(terms, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / "idf.npz", **{name: view.idf_ for name, view in self._views.items()})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        self = cls()
        terms = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "idf.npz", allow_pickle=False) as idf:
            for name, view in self._views.items():
                view.vocabulary = {term: column for column, term in enumerate(terms[name])}
                view.idf_ = idf[name]
        return self


def _new_views() -> dict[str, TfidfVectorizer]:
    """Return the two views, untrained."""
    return {
        "words": TfidfVectorizer(analyzer=_words, sublinear_tf=True),
        "characters": TfidfVectorizer(ngram_range=(2, 5), analyzer="char_wb", sublinear_tf=True, lowercase=False),
    }


def _words(text: str) -> list[str]:
    """Return the words of a normalised text, then its pairs of neighbours."""
    words = _WORD.findall(text)
    return words + [f"{first} {second}" for first, second in pairwise(words)]
