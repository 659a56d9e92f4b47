"""The intent classifier: what a person wants, from the words of one message.

Learners that make different mistakes vote: a linear support vector machine and naive Bayes over words and pieces of
words, whose weights are one sum, and small convolutional networks (`classifier_network`). docs/understanding.md has the
measurements behind each choice.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import softmax

from bot.errors import Misconfigured, Unprocessable
from bot.understanding.classifier_network import Network, batches
from bot.understanding.features import FEW, Featuriser, normalise

Array = NDArray[np.float32]

FORMAT = 2
# The weights of the margins and of naive Bayes, one setting for every data set. With few messages the margins are what
# is known best: the networks, whose scores count once, and naive Bayes then weigh less beside them.
FACTORS, FACTORS_OF_FEW = (2.0, 0.1), (3.0, 0.05)
BAYES_SMOOTHING = 0.01
# By what the votes are multiplied to be logarithms of probabilities. Networks whose labels were smoothed, as they are
# with few messages, are less sure of themselves.
SHARPNESS, SHARPNESS_OF_FEW = 0.6, 0.8
# More networks are steadier than one; they share so many messages, so that training stays short.
MAX_NETWORKS, MESSAGES = 3, 15_000


class IntentClassifier:
    """Ranks the intents of a message, with calibrated probabilities.

    Attributes:
        intents: the known intents in alphabetical order, the columns of `probabilities`.
    """

    def __init__(
        self,
        intents: list[str],
        featuriser: Featuriser,
        weights: Array,
        bias: Array,
        networks: list[Network],
        sharpness: float,
    ) -> None:
        self.intents = intents
        self._featuriser = featuriser
        self._weights = weights
        self._bias = bias
        self._networks = networks
        self._sharpness = sharpness

    @classmethod
    def fit(cls, texts: Sequence[str], intents: Sequence[str], *, seed: int = 0) -> Self:
        """Train on messages and their intents.

        The name of each intent, its underscores read as spaces, is one more example: when examples are few, the words
        by which its author called it are among the best.

        Args:
            texts: training messages, at least one.
            intents: the intent of each message; an intent with a single message is accepted.
            seed: fixes every random choice; the same rows and seed give the same classifier on one machine.

        Raises:
            Unprocessable: no message, or not one intent a message.
        """
        if not texts or len(texts) != len(intents):
            raise Unprocessable(f"Training needs one intent a message; got {len(texts)} and {len(intents)}.")
        names, y = np.unique(np.asarray(intents, dtype=str), return_inverse=True)
        spoken = [re.sub(r"[_\W]+", " ", name) for name in names]
        known = [normalise(text) for text in [*texts, *spoken]]
        y = np.concatenate([y, np.arange(len(names))])
        featuriser = Featuriser.fit(known)
        weights, bias = linear(featuriser.transform(known), y, len(names), seed)
        count = max(1, min(MAX_NETWORKS, round(MESSAGES / len(known))))
        networks = [Network.fit(known, y, len(names), seed + member) for member in range(count)]
        sharpness = SHARPNESS_OF_FEW if len(known) <= FEW else SHARPNESS
        return cls(names.tolist(), featuriser, weights, bias, networks, sharpness)

    def _claims(self, known: list[str]) -> Array:
        """Return how strongly each intent claims each normalised message by its words and pieces of words."""
        rows = (self._featuriser.row(text) for text in known)
        claims = [weights @ self._weights[columns] for columns, weights in rows]
        return np.asarray(claims).reshape(-1, len(self.intents)) + self._bias

    def probabilities(self, texts: Sequence[str]) -> Array:
        """Return how likely each intent is for each message, shape (messages, intents); each row sums to 1."""
        known = [normalise(text) for text in texts]
        votes = self._claims(known)
        # The networks learnt from the same messages: they share one vocabulary, so the messages are laid out once.
        first = 0
        for batch in batches(known, self._networks[0].vocabulary):
            last = first + len(batch.starts)
            votes[first:last] += np.mean([network.scores(batch) for network in self._networks], axis=0)
            first = last
        return np.asarray(softmax(self._sharpness * votes.astype(np.float64), axis=1))

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every intent with its probability for one message, best first."""
        row = self.probabilities([text])[0]
        return [(self.intents[column], float(row[column])) for column in np.argsort(-row, kind="stable")]

    def scope(self, texts: Sequence[str]) -> Array:
        """Return how surely each message is one of the known intents, shape (messages,); only the order counts."""
        known = [normalise(text) for text in texts]
        return np.asarray(self._claims(known).max(axis=1))

    def save(self, folder: Path) -> None:
        """Write the classifier into a folder, as JSON and arrays; the folder is made if needed."""
        folder.mkdir(parents=True, exist_ok=True)
        self._featuriser.save(folder)
        card = {
            "format": FORMAT,
            "intents": self.intents,
            "networks": len(self._networks),
            "sharpness": self._sharpness,
            "vocabulary": list(self._networks[0].vocabulary),
        }
        (folder / "classifier.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
        arrays = {"weights": self._weights, "bias": self._bias}
        for i, network in enumerate(self._networks):
            arrays |= {f"{i}.{name}": array for name, array in [("table", network.table), *network.parameters.items()]}
        np.savez_compressed(folder / "classifier.npz", **arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            Misconfigured: the folder holds no classifier, or one of another format.
        """
        try:
            card = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            if card["format"] != FORMAT:
                raise Misconfigured(f"The intent classifier in {folder} has another format; train it again.")
            with np.load(folder / "classifier.npz", allow_pickle=False) as stored:
                arrays = dict(stored)
            networks = []
            vocabulary = {word: row for row, word in enumerate(card["vocabulary"])}
            for i in range(card["networks"]):
                own = {name.split(".", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{i}.")}
                table = own.pop("table")
                networks.append(Network(vocabulary, table, own))
            featuriser = Featuriser.load(folder)
            # A classifier of before 23 November 2026 does not say how sharp it is: all of them were alike.
            sharpness = card.get("sharpness", 0.8)
            return cls(card["intents"], featuriser, arrays["weights"], arrays["bias"], networks, sharpness)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Misconfigured(f"{folder} holds no intent classifier that can be read; train it again.") from error


def linear(rows: csr_matrix, y: NDArray[np.int64], k: int, seed: int) -> tuple[Array, Array]:
    """Return the weights, shape (terms, k), and biases, shape (k,), with which the terms of a message claim intents.

    They are the sum of a support vector machine, one against the rest, and of multinomial naive Bayes with all intents
    equally frequent (Wang and Manning 2012 interpolate the two as well).

    Args:
        rows: the features of the training messages.
        y: the column, below `k`, of the intent of each.
        k: the number of intents; each has a message.
        seed: fixes the order in which the support vector machine sees the messages.
    """
    margin_factor, bayes_factor = FACTORS_OF_FEW if len(y) <= FEW else FACTORS
    spread = csr_matrix((np.ones(len(y), np.float32), (np.arange(len(y)), y)), shape=(len(y), k))
    counts = (rows.T @ spread).toarray() + np.float32(BAYES_SMOOTHING)
    bayes = np.log(counts / counts.sum(axis=0))
    # Against their mean, so that a term that says nothing, or that nobody knows, adds nothing to any intent.
    weights = bayes_factor * (bayes - bayes.mean(axis=1, keepdims=True))
    if k == 1:
        return weights, np.ones(1, np.float32)
    from sklearn.svm import LinearSVC  # Learning alone needs it, and it brings half a library.

    machine = LinearSVC(C=1.0, tol=1e-2, random_state=seed).fit(rows, y)
    # With two intents scikit-learn keeps one row, positive for the second.
    margins = machine.coef_ if k > 2 else np.vstack([-machine.coef_, machine.coef_])
    bias = machine.intercept_ if k > 2 else np.concatenate([-machine.intercept_, machine.intercept_])
    weights += margin_factor * margins.T.astype(np.float32)
    return np.ascontiguousarray(weights, dtype=np.float32), (margin_factor * bias).astype(np.float32)
