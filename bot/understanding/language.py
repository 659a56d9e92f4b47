"""French or English? Decided from pieces of words, so that three words with mistakes are enough."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from bot.catalogue.load import Catalogue
from bot.catalogue.model import LANGUAGES, Service
from bot.understanding.linker_practice import CARRIERS
from bot.understanding.words import ENGLISH_EMPTY_WORDS, FRENCH_EMPTY_WORDS, word_set
from bot.words import fold

_SIZE = 2**15
_MAX_CHARACTERS = 500
# Words that both languages type: alone, they tell nothing.
_SHARED = word_set("ok okay passport stop email mail sms info no pacs rsa apl cni aah visa internet message")
_NOT_LETTERS = re.compile(r"[^a-z']+")
# A reference, a code, an amount: their letters are of no language.
_WITH_DIGITS = re.compile(r"\S*\d\S*")


class LanguageDetector:
    """Decides between French and English for a message of any length.

    A logistic regression on pieces of 2 to 4 letters and on whole words. It learns from short runs of words cut from
    the texts, so that its confidence holds for short messages; a word of both languages ("ok", "passport") is unsure.
    """

    def __init__(self, weights: NDArray[np.float32], bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def fit(cls, texts: Sequence[str], languages: Sequence[str]) -> Self:
        """Learn from texts and the language of each, `fr` or `en`."""
        from sklearn.linear_model import LogisticRegression  # Learning alone needs it, and it brings half a library.

        random = Random(2)  # noqa: S311 - cuts sentences, guards nothing
        runs = [(run, own) for text, own in zip(texts, languages, strict=True) for run in _runs(text, random)]
        model = LogisticRegression(C=30.0, class_weight="balanced", max_iter=300)
        model.fit(_rows([run for run, _ in runs]), [own == "en" for _, own in runs])
        return cls(model.coef_[0].astype(np.float32), float(model.intercept_[0]))

    @classmethod
    def from_catalogue(cls, catalogue: Catalogue) -> Self:
        """Learn from the texts of a catalogue, which says everything in both languages."""
        pairs = [(text, own) for service in catalogue.services.values() for text, own in _texts(service)]
        pairs += [(text.replace("{}", ""), own) for own in LANGUAGES for text in CARRIERS[own] * 3]
        for own, words, others in (
            ("fr", FRENCH_EMPTY_WORDS, ENGLISH_EMPTY_WORDS),
            ("en", ENGLISH_EMPTY_WORDS, FRENCH_EMPTY_WORDS),
        ):
            pairs += [(word, own) for word in sorted(words - others) if len(word) > 1] * 3
        return cls.fit([text for text, _ in pairs], [own for _, own in pairs])

    def detect(self, text: str) -> tuple[str, float]:
        """Return `fr` or `en` and how sure that is, from 0.5 to 1; French when nothing tells."""
        score = float((_rows([text[:_MAX_CHARACTERS]]) @ self._weights)[0])
        if not score:
            return "fr", 0.5
        english = 1.0 / (1.0 + np.exp(-(score + self._bias)))
        return ("en", float(english)) if english > 0.5 else ("fr", float(1.0 - english))

    def save(self, folder: Path) -> None:
        """Write the detector into an existing folder: `language.json`, `language.npz`."""
        (folder / "language.json").write_text(json.dumps({"bias": self._bias}), encoding="utf-8")
        np.savez_compressed(folder / "language.npz", weights=self._weights)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        bias = json.loads((folder / "language.json").read_text(encoding="utf-8"))["bias"]
        with np.load(folder / "language.npz", allow_pickle=False) as arrays:
            return cls(arrays["weights"], bias)


def words_with_a_language(text: str) -> list[str]:
    """Return the words of a message that have no digit."""
    return _WITH_DIGITS.sub(" ", text).split()


def _words(text: str) -> list[str]:
    return _NOT_LETTERS.sub(" ", _WITH_DIGITS.sub(" ", fold(text))).split()


def _pieces(text: str) -> list[str]:
    """Return the words of a text, and their pieces of 2 to 4 letters."""
    words = [word for word in _words(text) if word not in _SHARED]
    padded = [f"_{word}_" for word in words]
    grams = [w[i : i + size] for w in padded for size in (2, 3, 4) for i in range(len(w) - size + 1)]
    return [f"={word}" for word in words] * 2 + grams


_VECTORISER = HashingVectorizer(analyzer=_pieces, n_features=_SIZE, norm="l2", dtype=np.float32)


def _rows(texts: Sequence[str]) -> csr_matrix:
    return _VECTORISER.transform(texts)


def _runs(text: str, random: Random) -> Iterator[str]:
    """Yield a text cut into runs of 1 to 6 words."""
    words = _words(text)
    while words:
        length = random.randint(1, 6)
        yield " ".join(words[:length])
        words = words[length:]


def _texts(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the texts of a service that are sentences, with the language of each."""
    for own in LANGUAGES:
        yield service.summary[own], own
        for situation in service.situations:
            yield situation.question[own], own
            for option in situation.options:
                yield option.title[own], own
        for cases in service.facets.values():
            for case in cases:
                if case.text:
                    yield case.text[own], own
                yield from ((item, own) for item in (case.items[own] if case.items else []))
        for field in service.request.fields if service.request else []:
            yield field.question[own], own
            yield field.why[own], own
