"""Which words exist, in French and in English: a word that exists is no typing mistake.

The tables come from `spacy-lookups-data` (a library of the project; its French tables are Lefff's and Morphalou's, its
English ones WordNet's). A linker keeps them as sorted 32-bit digests, 1 MB instead of 40.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.catalogue.model import LANGUAGES
from bot.understanding.words import stem
from bot.words import fold


class Dictionary:
    """The words that exist, and those of them that name a thing, folded and without their plural."""

    def __init__(self, words: NDArray[np.uint32], nouns: NDArray[np.uint32]) -> None:
        self._words = words
        self._nouns = nouns

    @classmethod
    def build(cls) -> Self:
        """Build it from the tables of `spacy-lookups-data`."""
        nouns, others = lexicon()
        return cls(_digests([*nouns, *others]), _digests(nouns))

    def exists(self, word: str) -> bool:
        """Return whether a folded word is one of French or of English."""
        return _has(self._words, stem(word))

    def is_noun(self, word: str) -> bool:
        """Return whether a folded word may name a thing."""
        return _has(self._nouns, stem(word))

    def save(self, folder: Path) -> None:
        """Write the digests into an existing folder: `dictionary.npz`."""
        np.savez_compressed(folder / "dictionary.npz", words=self._words, nouns=self._nouns)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(folder / "dictionary.npz", allow_pickle=False) as arrays:
            return cls(arrays["words"], arrays["nouns"])


@cache
def lexicon() -> tuple[list[str], list[str]]:
    """Return the nouns of French and English, and the other words with all their forms, folded."""
    from spacy.util import load_language_data, registry  # Only training reads the tables, and spaCy is slow to import.

    nouns: set[str] = set()
    others: set[str] = set()
    for language in LANGUAGES:
        tables = registry.lookups.get(language)
        for kind, words in load_language_data(tables["lemma_index"]).items():
            (nouns if kind == "noun" else others).update(map(fold, words))
        for form, lemmas in load_language_data(tables["lemma_lookup"]).items():
            others.update(map(fold, [form, *([lemmas] if isinstance(lemmas, str) else lemmas)]))
    return sorted(filter(_plain, nouns)), sorted(filter(_plain, others))


def _plain(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) > 2


def _digests(words: Iterable[str]) -> NDArray[np.uint32]:
    return np.unique(np.array([crc32(stem(word).encode()) for word in words], dtype=np.uint32))


def _has(digests: NDArray[np.uint32], word: str) -> bool:
    digest = crc32(word.encode())
    place = int(np.searchsorted(digests, np.uint32(digest)))
    return place < len(digests) and int(digests[place]) == digest
