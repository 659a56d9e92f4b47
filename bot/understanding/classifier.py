"""The intent classifier: what a person wants, from the words of one message."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.errors import Misconfigured, Unprocessable
from bot.understanding.features import Featuriser

Array = NDArray[np.float32]

FORMAT = 1
FILES = ("classifier.json", "classifier.npz")


class IntentClassifier:
    """A linear support vector machine over words and pieces of words, with calibrated probabilities.

    Attributes:
        intents: the known intents in alphabetical order, the columns of `probabilities`.
    """

    def __init__(
        self, intents: list[str], featuriser: Featuriser, weights: Array, bias: Array, temperature: float
    ) -> None:
        self.intents = intents
        self._featuriser = featuriser
        self._weights = weights
        self._bias = bias
        self._temperature = temperature

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str], *, seed: int = 0) -> Self:
        """Train on messages and their intents.

        Args:
            texts: training messages, at least one.
            intents: the intent of each message; an intent with a single message is accepted.
            seed: fixes every random choice; the same rows and seed give the same classifier.

        Raises:
            Unprocessable: no message, or not one intent a message.
        """
        if not texts or len(texts) != len(intents):
            raise Unprocessable(
                f"Training needs one intent a message; got {len(texts)} messages, {len(intents)} intents."
            )
        names, y = np.unique(np.asarray(intents, dtype=str), return_inverse=True)
        featuriser = Featuriser.fit(texts)
        rows = featuriser.transform(texts)
        weights, bias = _train(rows, y, len(names), seed)
        temperature = _temperature(rows, y, len(names), seed)
        return cls(names.tolist(), featuriser, weights, bias, temperature)

    def _scores(self, texts: Sequence[str]) -> Array:
        return np.asarray(self._featuriser.transform(texts) @ self._weights + self._bias)

    def probabilities(self, texts: Sequence[str]) -> Array:
        """Return how likely each intent is for each message, shape (messages, intents); each row sums to 1."""
        return np.asarray(softmax(self._scores(texts) * self._temperature, axis=1))

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every intent with its probability for one message, best first."""
        row = self.probabilities([text])[0]
        return [(self.intents[column], float(row[column])) for column in np.argsort(-row, kind="stable")]

    def scope(self, texts: Sequence[str]) -> Array:
        """Return how surely each message is one of the known intents, shape (messages,); only the order counts."""
        return np.asarray(self._scores(texts).max(axis=1))

    def save(self, folder: Path) -> None:
        """Write the classifier into a folder, as JSON and arrays; the folder is made if needed."""
        folder.mkdir(parents=True, exist_ok=True)
        self._featuriser.save(folder)
        card = {"format": FORMAT, "intents": self.intents, "temperature": self._temperature}
        (folder / FILES[0]).write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / FILES[1], weights=self._weights, bias=self._bias)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            Misconfigured: the folder holds no classifier, or one of another format.
        """
        try:
            card = json.loads((folder / FILES[0]).read_text(encoding="utf-8"))
            if card["format"] != FORMAT:
                raise Misconfigured(f"The intent classifier in {folder} has another format; train it again.")
            with np.load(folder / FILES[1], allow_pickle=False) as arrays:
                weights, bias = arrays["weights"], arrays["bias"]
            return cls(card["intents"], Featuriser.load(folder), weights, bias, card["temperature"])
        except (OSError, ValueError, KeyError) as error:
            raise Misconfigured(f"{folder} holds no intent classifier that can be read; train it again.") from error


def _train(rows: csr_matrix, y: NDArray[np.int64], k: int, seed: int) -> tuple[Array, Array]:
    """Return one-against-the-rest weights (features, k) and biases (k,); an intent without rows keeps a low bias."""
    weights, bias = np.zeros((rows.shape[1], k), np.float32), np.full(k, -1, np.float32)
    present = np.unique(y)
    if len(present) == 1:
        bias[present] = 1
        return weights, bias
    machine = LinearSVC(C=2.0, random_state=seed).fit(rows, y)
    if len(present) == 2:
        weights[:, present] = np.hstack([-machine.coef_.T, machine.coef_.T])
        bias[present] = [-machine.intercept_[0], machine.intercept_[0]]
    else:
        weights[:, present], bias[present] = machine.coef_.T, machine.intercept_
    return weights, bias


def _temperature(rows: csr_matrix, y: NDArray[np.int64], k: int, seed: int) -> float:
    """Return the factor on the scores that makes held-out messages most likely."""
    if len(y) < 6 or k < 2:
        return 1.0
    scores = np.zeros((len(y), k))
    # Folds are drawn over intents as they are; one with fewer messages than folds is simply unseen in some of them.
    folds = StratifiedKFold(3, shuffle=True, random_state=seed)
    strata = np.where(np.bincount(y, minlength=k)[y] >= 3, y, -1)
    for learn, held in folds.split(rows, strata):
        weights, bias = _train(rows[learn], y[learn], k, seed)
        scores[held] = rows[held] @ weights + bias
    one_hot = np.arange(len(y))

    def loss(factor: float) -> float:
        return -float(log_softmax(scores * factor, axis=1)[one_hot, y].mean())

    return float(minimize_scalar(loss, bounds=(0.1, 30), method="bounded").x)
