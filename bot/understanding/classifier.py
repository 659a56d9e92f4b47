"""The intent classifier: what a person wants, from the words of one message.

Two learners that make different mistakes vote: a linear support vector machine over words and pieces of words, and
small convolutional networks (`classifier_network`). docs/understanding.md has the measurements behind each choice.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.svm import LinearSVC

from bot.errors import Misconfigured, Unprocessable
from bot.understanding.classifier_network import Network, batches
from bot.understanding.features import Featuriser, normalise

Array = NDArray[np.float32]

FORMAT = 1
# One setting for every data set: the best factors differed little between them, and calibration holds with these.
MARGIN_FACTOR = 3.0
TEMPERATURE = 0.85
# Two networks are steadier than one, and are affordable when the messages are few.
MAX_NETWORKS, MESSAGES_A_NETWORK = 2, 3000


class IntentClassifier:
    """Ranks the intents of a message, with calibrated probabilities.

    Attributes:
        intents: the known intents in alphabetical order, the columns of `probabilities`.
    """

    def __init__(
        self, intents: list[str], featuriser: Featuriser, weights: Array, bias: Array, networks: list[Network]
    ) -> None:
        self.intents = intents
        self._featuriser = featuriser
        self._weights = weights
        self._bias = bias
        self._networks = networks

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
        weights, bias = _support_vectors(featuriser.transform(known), y, len(names), seed)
        count = max(1, min(MAX_NETWORKS, round(2 * MESSAGES_A_NETWORK / len(known))))
        networks = [Network.fit(known, y, len(names), seed + member) for member in range(count)]
        return cls(names.tolist(), featuriser, weights, bias, networks)

    def _margins(self, known: list[str]) -> Array:
        return np.asarray(self._featuriser.transform(known) @ self._weights + self._bias)

    def _votes(self, known: list[str]) -> Array:
        """Return the mean log-probability of the networks plus that of the support vector machine."""
        margins = log_softmax(MARGIN_FACTOR * self._margins(known), axis=1)
        # The networks learnt from the same messages: they share one vocabulary, so the messages are laid out once.
        votes = [
            np.mean([log_softmax(network.scores(batch), axis=1) for network in self._networks], axis=0)
            for batch in batches(known, self._networks[0].vocabulary)
        ]
        return np.asarray(margins + np.vstack(votes)) if votes else margins

    def probabilities(self, texts: Sequence[str]) -> Array:
        """Return how likely each intent is for each message, shape (messages, intents); each row sums to 1."""
        votes = self._votes([normalise(text) for text in texts])
        return np.asarray(softmax(TEMPERATURE * votes.astype(np.float64), axis=1))

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Return every intent with its probability for one message, best first."""
        row = self.probabilities([text])[0]
        return [(self.intents[column], float(row[column])) for column in np.argsort(-row, kind="stable")]

    def scope(self, texts: Sequence[str]) -> Array:
        """Return how surely each message is one of the known intents, shape (messages,); only the order counts."""
        known = [normalise(text) for text in texts]
        return np.asarray(self._margins(known).max(axis=1))

    def save(self, folder: Path) -> None:
        """Write the classifier into a folder, as JSON and arrays; the folder is made if needed."""
        folder.mkdir(parents=True, exist_ok=True)
        self._featuriser.save(folder)
        card = {
            "format": FORMAT,
            "intents": self.intents,
            "networks": len(self._networks),
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
            return cls(card["intents"], Featuriser.load(folder), arrays["weights"], arrays["bias"], networks)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Misconfigured(f"{folder} holds no intent classifier that can be read; train it again.") from error


def _support_vectors(rows: csr_matrix, y: NDArray[np.int64], k: int, seed: int) -> tuple[Array, Array]:
    """Return one-against-the-rest weights, shape (terms, k), and biases, shape (k,)."""
    if k == 1:
        return np.zeros((rows.shape[1], 1), np.float32), np.ones(1, np.float32)
    machine = LinearSVC(C=1.0, tol=1e-2, random_state=seed).fit(rows, y)
    # With two intents scikit-learn keeps one row, positive for the second.
    weights = machine.coef_ if k > 2 else np.vstack([-machine.coef_, machine.coef_])
    bias = machine.intercept_ if k > 2 else np.concatenate([-machine.intercept_, machine.intercept_])
    return np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32)
