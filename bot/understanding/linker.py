"""Which public service is a message about? Learned from the catalogue alone, so that a new YAML file is enough.

Two views of a message: the *names* of services found in it (`linker_aliases`), and its *likeness* to all that the
catalogue says of each service (`linker_text`). A conditional logit (McFadden, 1974) weighs them against each other and
against two ways to be about no service: naming nothing ("et ça coûte combien ?"), and naming something *foreign* to the
catalogue ("un permis de chasse"). It is fitted on sentences made from the catalogue (`linker_practice`) with some names
and some whole services hidden, so that its probabilities hold for words that nobody foresaw.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Service
from bot.understanding.linker_aliases import Name, Names, Reading, name_of
from bot.understanding.linker_choice import false_alarm_threshold, fit_logit, pad
from bot.understanding.linker_dictionary import Dictionary, lexicon
from bot.understanding.linker_practice import BARE, NOTHING, Practice
from bot.understanding.linker_sources import common_words, names_of, own_words, sentences_of, texts_of
from bot.understanding.linker_text import Likeness
from bot.understanding.words import MAX_CHARACTERS

_FOLDS = 5
_RANKED = 10
# An example of which a name covers less than this is taken to name no service.
_HINT = 0.5
# The share of the messages that name nothing which may be taken for foreign.
_FALSE_ALARMS = 0.05
# The options of the logit are "nothing", "foreign" and the services; these are the features of each kind.
_NOTHING_FEATURES = ("nothing", "nothing_telling", "nothing_unknown")
_FOREIGN_FEATURES = ("foreign", "foreign_share", "foreign_things", "foreign_stranger")
_SERVICE_FEATURES = ("strength", "coverage", "named", "first", "negated", "stranger", "likeness", "lead")
_COLUMNS = {name: i for i, name in enumerate(_NOTHING_FEATURES + _FOREIGN_FEATURES + _SERVICE_FEATURES)}


@dataclass(frozen=True)
class Links:
    """The services that a message is about.

    Attributes:
        ranking: service and calibrated confidence, best first, at most 10; they sum to at most 1, and the rest is the
            confidence that it is none of them.
        mentioned: services named outright, in the order of the sentence, without those that are refused.
        joined: those of them that an "et" or "and" ties to the next or the one before.
        foreign: whether it is about something that the catalogue does not have, as against naming nothing.
    """

    ranking: list[tuple[str, float]]
    mentioned: list[str]
    foreign: bool
    joined: list[str] = field(default_factory=list)


class ServiceLinker:
    """Ranks the services of a catalogue for a message."""

    def __init__(
        self, ids: list[str], names: Names, likeness: Likeness, weights: NDArray[np.float64], threshold: float
    ) -> None:
        self._ids = ids
        self._names = names
        self._likeness = likeness
        self._weights = weights
        self._threshold = threshold

    @classmethod
    def fit(cls, catalogue: Catalogue, examples: Sequence[str] = ()) -> Self:
        """Learn a catalogue.

        Args:
            catalogue: the services.
            examples: what citizens may say, whatever it is about: their words are everyday words, which do not make a
                message foreign.
        """
        services = list(catalogue.services.values())
        dictionary = Dictionary.build()
        linker = cls._unweighted(services, examples, dictionary)
        bare = [text for text in examples if max(linker._names.read(text).coverage) < _HINT]
        # What the catalogue says of a service and names another one ("le dernier avis d'impôt") is about either.
        said = {s.id: [text for text, _ in sentences_of(s) if linker._names_only(text, s.id)] for s in services}
        random = Random(28)  # noqa: S311 - makes sentences, guards nothing
        rows, choices = [], []
        for fold in range(_FOLDS):
            # A fifth of the services, of their names and of their sentences are unknown to the trial.
            known = [s for i, s in enumerate(services) if i % _FOLDS != fold or len(services) <= _FOLDS]
            hidden = {text for s in known for i, (text, _) in enumerate(texts_of(s)) if i % _FOLDS == fold}
            heard = [text for i, text in enumerate(examples) if i % _FOLDS != fold]
            trial = cls._unweighted(known, heard, dictionary, hidden)
            unread = {s.id: [text for text in said[s.id] if text in hidden] for s in known}
            own = Practice(services, frozenset(unread), unread, [*BARE, *bare[fold::_FOLDS]], lexicon()[0])
            sentences = own.sentences(random)
            rows.append(pad(trial._features([text for text, _ in sentences]), len(services) + 2))
            choices += [trial._option(about) for _, about in sentences]
        grid, chosen = np.concatenate(rows), np.array(choices)
        linker._weights = fit_logit(grid, chosen)
        linker._threshold = false_alarm_threshold(grid[:, :2] @ linker._weights, chosen == 0, _FALSE_ALARMS)
        return linker

    @classmethod
    def _unweighted(
        cls, services: list[Service], examples: Sequence[str], dictionary: Dictionary, hidden: Collection[str] = ()
    ) -> Self:
        """Return a linker that does not know the hidden texts, and whose logit is still to be fitted."""
        names = [name_of(i, text) for i, s in enumerate(services) for text in names_of(s) if text not in hidden]
        own = [own_words(service) for service in services]
        index = Names(len(services), names, common_words(names, own, examples), own, dictionary)
        likeness = Likeness.fit([texts_of(service, hidden) for service in services])
        return cls([service.id for service in services], index, likeness, np.zeros(len(_COLUMNS)), 0.5)

    def link(self, text: str) -> Links:
        """Return the services that a message is about; any text will do."""
        text = text[:MAX_CHARACTERS]
        reading = self._names.read(text)
        features = self._row(reading, self._likeness.score([text])[0])
        confidences = softmax(features @ self._weights)
        order = np.argsort(-confidences[2:], kind="stable")[:_RANKED]
        ranking = [(self._ids[i], float(confidences[i + 2])) for i in order]
        accepted = [m for m in reading.mentions if not m.negated] or reading.mentions
        mentioned = [self._ids[m.service] for m in accepted if not reading.stranger[m.service]]
        joined = [self._ids[service] for service in reading.joined if self._ids[service] in mentioned]
        return Links(ranking, mentioned, self._is_foreign(confidences, reading), joined)

    def _names_only(self, text: str, service: str) -> bool:
        """Return whether a text names no other service than this one."""
        return all(self._ids[m.service] == service for m in self._names.read(text).mentions)

    def _is_foreign(self, confidences: NDArray[np.float64], reading: Reading) -> bool:
        """Return whether "foreign" beats "nothing" and all services that are not themselves part of a foreign name."""
        nothing, foreign = confidences[:2]
        rivals = sum(c for c, odd in zip(confidences[2:], reading.stranger, strict=True) if not odd)
        sure = foreign > self._threshold * (nothing + foreign)
        return bool(sure and foreign > rivals and confidences[2:].max(initial=0.0) < 0.5)

    def _option(self, about: str) -> int:
        """Return the row of an answer: 0 for nothing, 1 for something foreign or unknown, then the services."""
        return 0 if about == NOTHING else self._ids.index(about) + 2 if about in self._ids else 1

    def _features(self, messages: Sequence[str]) -> NDArray[np.float32]:
        """Return the features of messages: messages x options x features."""
        likeness = self._likeness.score(messages)
        return np.stack([self._row(self._names.read(m), row) for m, row in zip(messages, likeness, strict=True)])

    def _row(self, reading: Reading, likeness: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the features of one message: options x features."""
        grid = np.zeros((len(self._ids) + 2, len(_COLUMNS)), dtype=np.float32)
        column = _COLUMNS
        named = [m.service for m in reading.mentions if not m.negated and not reading.stranger[m.service]]
        unknown = len(reading.unknown)
        grid[0, column["nothing"]] = 1.0
        grid[0, column["nothing_telling"]] = min(reading.telling, 8) / 8
        grid[0, column["nothing_unknown"]] = min(unknown, 4)
        grid[1, column["foreign"]] = 1.0
        if not named:
            grid[1, column["foreign_share"]] = unknown / max(reading.telling, 1)
            grid[1, column["foreign_things"]] = min(len(reading.things), 2)
            grid[1, column["foreign_stranger"]] = any(reading.stranger)
        services = grid[2:]
        services[:, column["strength"]] = np.log1p(reading.strength)
        services[:, column["coverage"]] = reading.coverage
        services[:, column["stranger"]] = reading.stranger
        services[named, column["named"]] = 1.0
        services[named[:1], column["first"]] = 1.0
        services[[m.service for m in reading.mentions if m.negated], column["negated"]] = 1.0
        services[:, column["likeness"]] = likeness
        services[:, column["lead"]] = _lead(likeness)
        return grid

    def save(self, folder: Path) -> None:
        """Write the linker into an existing folder: `linker.json`, `likeness.npz`, `dictionary.npz`."""
        content = {
            "services": self._ids,
            "names": [[name.service, name.names, *name.stems] for name in self._names.names],
            "common": sorted(self._names.common),
            "own": [sorted(stems) for stems in self._names.own],
            "weights": self._weights.tolist(),
            "threshold": self._threshold,
        }
        (folder / "linker.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        self._likeness.save(folder)
        self._names.dictionary.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote."""
        content = json.loads((folder / "linker.json").read_text(encoding="utf-8"))
        names = [Name(service, tuple(stems), alone) for service, alone, *stems in content["names"]]
        own = [frozenset(stems) for stems in content["own"]]
        ids, weights = content["services"], np.array(content["weights"])
        index = Names(len(ids), names, frozenset(content["common"]), own, Dictionary.load(folder))
        return cls(ids, index, Likeness.load(folder), weights, content["threshold"])


def _lead(likeness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far each service is ahead of the best other one."""
    if len(likeness) < 2:
        return likeness
    second, best = np.partition(likeness, -2)[-2:]
    return np.where(likeness == best, best - second, likeness - best).astype(np.float32)
