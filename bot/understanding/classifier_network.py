"""A small convolutional network over words, learnt from the training messages alone, in plain NumPy.

A word is the sum of a vector of its own and of the vectors of its pieces, so that a misspelt or unknown word still has
one (Bojanowski et al. 2017). Filters read each word with its two neighbours, and each keeps its strongest reading in
the message (Kim 2014); the mean of the words stands beside them. Dropout of words, of inputs and of filters keeps the
network from learning the messages by heart; where these are few, so do smoothed labels, and reading each message once
more with every word pushed towards where the network would err (Miyato, Dai and Goodfellow 2017).
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import softmax

from bot.understanding.features import FEW, words_of

Array = NDArray[np.float32]
Ints = NDArray[np.int64]

BUCKETS = 1 << 14  # Pieces of words share this many vectors; with a few thousand distinct words they rarely collide.
PIECES = (3, 4, 5)
MAX_WORDS = 40
SIZE, FILTERS = 96, 192  # Numbers in the vector of a word; filters over three words.
SMOOTHING_OF_FEW = 0.1
PUSH_OF_FEW = 0.3  # How far a word is pushed, as a share of the usual length of a word's vector.
WORD_DROPOUT, INPUT_DROPOUT, FILTER_DROPOUT = 0.1, 0.3, 0.5
BATCH, EPOCHS, MIN_STEPS, MAX_STEPS = 128, 14, 500, 1200
TABLE_RATE, RATE = 0.1, 0.003  # Learning rates of the word vectors (Adagrad by row) and of the rest (Adam).


@dataclass
class Batch:
    """Messages laid end to end, with an empty place before, between and after them.

    Attributes:
        pieces: one row a distinct word, the vectors that it sums, shape (words, vectors).
        words: which word stands at each place, -1 where none does.
        places: where the words are, all messages in order.
        starts: index in `places` of the first word of each message.
    """

    pieces: csr_matrix
    words: Ints
    places: Ints
    starts: Ints

    @property
    def lengths(self) -> Ints:
        """Return the number of words of each message."""
        return np.diff(np.append(self.starts, len(self.places)))


class Network:
    """A network; `scores` gives the odds of each intent as logarithms, up to one constant a message.

    Attributes:
        vocabulary: the words that have a vector of their own, and its row after the `BUCKETS` first ones.
        table: the vectors of pieces and of words, shape (BUCKETS + words, SIZE).
        parameters: `filters`, `filter_bias`, `output`, `output_bias`.
    """

    def __init__(self, vocabulary: dict[str, int], table: Array, parameters: dict[str, Array]) -> None:
        self.vocabulary = vocabulary
        self.table = table
        self.parameters = parameters

    @classmethod
    def fit(cls, texts: Sequence[str], y: Ints, k: int, seed: int) -> Self:
        """Train on normalised messages and the column, below `k`, of the intent of each."""
        random = np.random.default_rng(seed)
        messages = [_split(text) for text in texts]
        vocabulary = {word: row for row, word in enumerate(sorted({word for words in messages for word in words}))}
        self = cls(vocabulary, _normal(random, BUCKETS + len(vocabulary), SIZE, 0.3), _parameters(random, k))
        _Trainer(self, [np.array([vocabulary[word] for word in words]) for words in messages], y, k, random).run()
        return self

    def scores(self, batch: Batch) -> Array:
        """Return one row of scores a message, shape (messages, k)."""
        hidden = read(batch.pieces @ self.table, batch, self.parameters)[0]
        return np.asarray(hidden @ self.parameters["output"] + self.parameters["output_bias"])


def batches(texts: Sequence[str], vocabulary: dict[str, int]) -> Iterator[Batch]:
    """Yield normalised messages as batches; networks of one vocabulary can share them."""
    for first in range(0, len(texts), 256):
        distinct: dict[str, int] = {}
        messages = [
            np.array([distinct.setdefault(word, len(distinct)) for word in _split(text)])
            for text in texts[first : first + 256]
        ]
        yield lay_out(messages, _pieces(distinct, vocabulary))


def lay_out(messages: Sequence[Ints], pieces: csr_matrix) -> Batch:
    """Return messages as one batch; each is the rows of its words in `pieces`."""
    lengths = np.array([len(message) for message in messages])
    starts = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum())) + np.repeat(np.arange(1, len(messages) + 1), lengths)
    words = np.full(len(places) + len(messages) + 1, -1)
    words[places] = np.concatenate(messages)
    return Batch(pieces, words, places, starts)


def read(vectors: Array, batch: Batch, parameters: dict[str, Array]) -> tuple[Array, Array]:
    """Return what the network reads in a batch.

    Args:
        vectors: the vector of each distinct word.
        batch: where the words are.
        parameters: those of the network.

    Returns:
        `hidden`, shape (messages, FILTERS + SIZE): the strongest reading of each filter, then the sum of the words
        over the root of their number; `readings`, shape (places with a word, FILTERS).
    """
    # What a filter makes of a word as the first, second or third of three is worked out once for each distinct word;
    # the last row, zero, is that of an empty place.
    vectors = np.vstack([vectors, np.zeros((1, SIZE), np.float32)])
    parts = vectors @ parameters["filters"]
    readings = parameters["filter_bias"] + parts[batch.words[batch.places], FILTERS : 2 * FILTERS]
    readings += parts[batch.words[batch.places - 1], :FILTERS]
    readings += parts[batch.words[batch.places + 1], 2 * FILTERS :]
    strongest = np.maximum(np.maximum.reduceat(readings, batch.starts), 0)
    total = np.add.reduceat(vectors[batch.words[batch.places]], batch.starts)
    return np.hstack([strongest, total / np.sqrt(batch.lengths, dtype=np.float32)[:, None]]), readings


def gradients(
    vectors: Array, batch: Batch, parameters: dict[str, Array], targets: Array, kept: Array
) -> tuple[dict[str, Array], Array]:
    """Return the gradients of the mean cross-entropy of a batch: of each parameter by name, and of `vectors`.

    Args:
        vectors: the vector of each distinct word.
        batch: where the words are.
        parameters: those of the network.
        targets: how likely each intent should be for each message, shape (messages, k).
        kept: the mask over what the network reads, shape (messages, FILTERS + SIZE).
    """
    hidden, readings = read(vectors, batch, parameters)
    scores = (hidden * kept) @ parameters["output"] + parameters["output_bias"]
    error = ((softmax(scores, axis=1) - targets) / np.float32(len(targets))).astype(np.float32)

    # Backwards: the output, then the strongest readings and the mean, then the vectors of the words.
    gradient = {"output": (hidden * kept).T @ error, "output_bias": error.sum(axis=0)}
    d_hidden = (error @ parameters["output"].T) * kept
    strongest = hidden[:, :FILTERS]
    message = np.repeat(np.arange(len(targets)), batch.lengths)
    place, filters = np.nonzero((readings == strongest[message]) & (strongest > 0)[message])
    # Only the strongest reading of a filter in a message taught it something: these few are added up for each word
    # and filter, once for each of the three places. An empty place, -1, is the last row, which has no vector.
    rows, errors = len(vectors) + 1, d_hidden[message[place], filters]
    read_there = [batch.words[batch.places[place] + shift] % rows for shift in (-1, 0, 1)]
    sums = [np.bincount(words * FILTERS + filters, errors, rows * FILTERS) for words in read_there]
    d_parts = np.hstack([each.reshape(rows, FILTERS)[:-1].astype(np.float32) for each in sums])
    gradient |= {
        "filters": vectors.T @ d_parts,
        "filter_bias": (d_hidden[:, :FILTERS] * (strongest > 0)).sum(axis=0),
    }
    d_means = d_hidden[:, FILTERS:] / np.sqrt(batch.lengths, dtype=np.float32)[:, None]
    at = batch.words[batch.places]
    members = csr_matrix((np.ones(len(at), np.float32), (at % rows, message)), (rows, len(targets)))[:-1]
    return gradient, d_parts @ parameters["filters"].T + members @ d_means


class _Trainer:
    """Stochastic gradient descent on the cross-entropy."""

    def __init__(self, network: Network, messages: list[Ints], y: Ints, k: int, random: np.random.Generator) -> None:
        self._network, self._messages, self._y, self._random = network, messages, y, random
        self._pieces = _pieces(network.vocabulary, network.vocabulary)
        self._few = len(messages) <= FEW  # Smoothing lost with 2,900 and more; the push gained little there.
        smoothing = SMOOTHING_OF_FEW if self._few else 0.0
        self._targets = np.full((k, k), smoothing / k, np.float32) + np.eye(k, dtype=np.float32) * (1 - smoothing)
        self._table_squares = np.full(len(network.table), 1e-8, np.float32)
        self._mean = {name: np.zeros_like(array) for name, array in network.parameters.items()}
        self._square = {name: np.zeros_like(array) for name, array in network.parameters.items()}

    def run(self) -> None:
        """Train for `EPOCHS` passes, more when the messages are few, with a rate that rises and then falls to zero.

        Beyond `MAX_STEPS` there are fewer passes: 10 instead of 14 changed nothing where the messages are 12,000.
        """
        n = len(self._messages)
        each = -(-n // BATCH)
        epochs = max(min(EPOCHS, MAX_STEPS // each), -(-MIN_STEPS // each))
        steps = epochs * each
        step = 0
        for _ in range(epochs):
            order = self._random.permutation(n)
            for first in range(0, n, BATCH):
                step += 1
                self._step(order[first : first + BATCH], step, min(1.0, step / (0.05 * steps + 1)) * (1 - step / steps))
        # A vector that no training word touched is noise; unknown words are read by the pieces that are known.
        self._network.table[self._table_squares == np.float32(1e-8)] = 0

    def _step(self, chosen: Ints, step: int, rate: float) -> None:
        """Move the network against the gradient of one batch."""
        network = self._network
        batch = lay_out([self._messages[i] for i in chosen], self._pieces)
        distinct, local = np.unique(batch.words[batch.places], return_inverse=True)
        batch.words[batch.places] = np.where(self._random.random(len(local)) < WORD_DROPOUT, -1, local)
        pieces = self._pieces[distinct]
        touched, columns = np.unique(pieces.indices, return_inverse=True)
        pieces = csr_matrix((pieces.data, columns, pieces.indptr), shape=(len(distinct), len(touched)))
        table = network.table[touched]
        mask = self._kept((len(distinct), SIZE), INPUT_DROPOUT)
        vectors = (pieces @ table) * mask
        kept = self._kept((len(chosen), FILTERS + SIZE), FILTER_DROPOUT)
        targets = self._targets[self._y[chosen]]
        gradient, d_vectors = gradients(vectors, batch, network.parameters, targets, kept)
        if self._few:
            usual = np.sqrt(np.mean(np.einsum("ij,ij->i", vectors, vectors)))
            lengths = np.linalg.norm(d_vectors, axis=1, keepdims=True)
            pushed = vectors + PUSH_OF_FEW * usual * d_vectors / np.maximum(lengths, np.float32(1e-12))
            others, d_pushed = gradients(pushed, batch, network.parameters, targets, kept)
            gradient = {name: (each + others[name]) / 2 for name, each in gradient.items()}
            d_vectors = (d_vectors + d_pushed) / 2
        d_table = pieces.T @ (d_vectors * mask)

        squares = self._table_squares[touched] + np.einsum("ij,ij->i", d_table, d_table) / SIZE
        self._table_squares[touched] = squares
        d_table *= (TABLE_RATE * rate / np.sqrt(squares)).astype(np.float32)[:, None]
        table -= d_table
        network.table[touched] = table
        self._adam(gradient, step, RATE * rate)

    def _kept(self, shape: tuple[int, ...], dropout: float) -> Array:
        """Return a mask that drops a share of the numbers and scales up the rest."""
        return (self._random.random(shape, dtype=np.float32) >= dropout) * np.float32(1 / (1 - dropout))

    def _adam(self, gradient: dict[str, Array], step: int, rate: float) -> None:
        """Move every parameter but the table (Kingma and Ba 2015)."""
        for name, parameter in self._network.parameters.items():
            mean, square = self._mean[name], self._square[name]
            mean += np.float32(0.1) * (gradient[name] - mean)
            square += np.float32(0.01) * (gradient[name] ** 2 - square)
            scale = np.sqrt(square / np.float32(1 - 0.99**step)) + np.float32(1e-8)
            parameter -= np.float32(rate / (1 - 0.9**step)) * mean / scale


def _split(text: str) -> list[str]:
    """Return the words of a message; one without any has a single empty word, whose vector is zero."""
    return words_of(text)[:MAX_WORDS] or [""]


def _pieces(words: Iterable[str], vocabulary: dict[str, int]) -> csr_matrix:
    """Return one row a word: the rows of the table that it sums, with their weights."""
    rows = [_row(word, vocabulary.get(word)) for word in words]
    pointers = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(arrays) for arrays in zip(*rows, strict=True))
    return csr_matrix((values, columns, pointers), shape=(len(rows), BUCKETS + len(vocabulary)))


@lru_cache(maxsize=20_000)
def _row(word: str, own: int | None) -> tuple[Ints, Array]:
    """Return the rows of the table that a word sums and their weights: half of the length for its pieces."""
    marked = f"<{word}>" if word else ""
    pieces = [marked[i : i + size] for size in PIECES for i in range(len(marked) - size + 1)]
    rows = [zlib.crc32(piece.encode()) % BUCKETS for piece in pieces]
    weights = [0.7 / len(pieces) ** 0.5 for _ in pieces]
    if own is not None:
        rows, weights = [*rows, BUCKETS + own], [*weights, 0.7]
    return np.array(rows, dtype=np.int64), np.array(weights, dtype=np.float32)


def _parameters(random: np.random.Generator, k: int) -> dict[str, Array]:
    """Return the parameters before training."""
    return {
        "filters": _normal(random, SIZE, 3 * FILTERS, 2 / np.sqrt(3 * SIZE)),
        "filter_bias": np.zeros(FILTERS, np.float32),
        "output": _normal(random, FILTERS + SIZE, k, 0.5 / np.sqrt(FILTERS)),
        "output_bias": np.zeros(k, np.float32),
    }


def _normal(random: np.random.Generator, rows: int, columns: int, deviation: float) -> Array:
    return random.standard_normal((rows, columns), dtype=np.float32) * np.float32(deviation)
