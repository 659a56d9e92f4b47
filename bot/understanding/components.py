"""What Rasa loads: our classifier, linker, situations and language as components of its graph.

Each is a thin wrapper: it is trained with the model, stored in the model's archive, and writes what it found into the
message. Their fingerprints include the catalogue, so that a new service retrains them.
"""

import shutil
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn import config_context

from bot.catalogue.load import checksum, load_catalogue
from bot.learning.models import code_digest
from bot.understanding.choice import asks, chosen
from bot.understanding.classifier import IntentClassifier
from bot.understanding.clauses import clauses_of
from bot.understanding.courtesy import without_courtesy
from bot.understanding.language import LanguageDetector, words_with_a_language
from bot.understanding.linker import ServiceLinker
from bot.understanding.refusals import refusal
from bot.understanding.situations import SituationFinder

UNSURE = "nlu_fallback"
"""Rasa's name for "not understood well enough"; a rule answers it like any intent."""
RANKED = 10


class TrainedComponent(GraphComponent):
    """A component made of one object that learns from the training data and the catalogue, and can be saved."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: Any) -> None:
        self.config = config
        self._model_storage = model_storage
        self._resource = resource
        self.model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options and their defaults; `catalogue` is the folder of the catalogue."""
        return {"catalogue": "data"}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return what else the training depends on, so that Rasa's cache sees a changed catalogue or a changed code."""
        return f"{checksum(Path(config.get('catalogue', 'data')))}-{code_digest()}"

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TrainedComponent":
        """Return the component before its training."""
        return cls(config, model_storage, resource, None)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn, and store what was learnt in the model."""
        self.model = self.learn(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TrainedComponent":
        """Return the component as it was stored."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, cls.restore(folder))

    def learn(self, training_data: TrainingData) -> Any:
        """Return the trained object."""
        raise NotImplementedError

    @classmethod
    def restore(cls, folder: Path) -> Any:
        """Return the trained object as it was saved in a folder."""
        raise NotImplementedError

    def process(self, messages: list[Message]) -> list[Message]:
        """Write into each message what was found in its text."""
        # What goes into scikit-learn is our own: it need not be checked at each step of each message.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            for message in messages:
                self.understand(message, message.get(TEXT) or "")
        return messages

    def understand(self, message: Message, text: str) -> None:
        """Write into one message what was found in its text."""
        raise NotImplementedError


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Intents(TrainedComponent):
    """What the person wants: `intent` and `intent_ranking`; further facets asked in the same message as entities.

    Below `threshold` the intent is `nlu_fallback`, and the ranking says what was hesitated between.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options: the confidences below which an intent, and a further facet, is not believed."""
        return {"catalogue": "data", "threshold": 0.4, "facet_threshold": 0.6}

    def learn(self, training_data: TrainingData) -> IntentClassifier:
        """Train the classifier on the examples that carry an intent."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        return IntentClassifier.fit([e.get(TEXT) for e in examples], [e.get(INTENT) for e in examples])

    @classmethod
    def restore(cls, folder: Path) -> IntentClassifier:
        """Load the classifier."""
        return IntentClassifier.load(folder)

    def understand(self, message: Message, text: str) -> None:
        """Set the intent, the ranking, and the facets that other clauses of the message ask for."""
        threshold = self.config["threshold"]
        ranking = self.model.rank(text)[:RANKED]
        torn = refusal(text) or ()
        clauses = [self.model.rank(part)[:RANKED] for part in self._clauses(torn[1] if torn else text)]
        refused = [self.model.rank(part)[:RANKED] for part in torn]
        ranking = chosen(text, ranking, clauses, refused, threshold=threshold, plainly=self.config["facet_threshold"])
        if ranking[0][0] == "greet" and (said := without_courtesy(text)):
            # Who greets before saying something did not come to greet.
            meant = self.model.rank(said)[:RANKED]
            ranking = meant if meant[0][1] >= threshold else ranking
        name, confidence = ranking[0]
        intent = {"name": name if confidence >= threshold else UNSURE, "confidence": float(confidence)}
        message.set(INTENT, intent, add_to_output=True)
        message.set("intent_ranking", [{"name": n, "confidence": float(c)} for n, c in ranking], add_to_output=True)
        firsts = [each[0] for each in clauses]
        asked = [n for n, c in firsts if asks(n) and c >= self.config["facet_threshold"]]
        add_entities(message, "facet", [each.removeprefix("ask_") for each in dict.fromkeys(asked)])

    @staticmethod
    def _clauses(text: str) -> list[str]:
        parts = clauses_of(text)
        return parts if len(parts) > 1 else []


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Services(TrainedComponent):
    """About which service: `service` (the first, if believed), `services`, `mentioned`, `joined`, `foreign`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options: the confidence below which no service is believed."""
        return {"catalogue": "data", "threshold": 0.5}

    def learn(self, training_data: TrainingData) -> ServiceLinker:
        """Train the linker on the catalogue, with the examples to know the words that surround a service."""
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
        return ServiceLinker.fit(load_catalogue(Path(self.config["catalogue"])), texts)

    @classmethod
    def restore(cls, folder: Path) -> ServiceLinker:
        """Load the linker."""
        return ServiceLinker.load(folder)

    def understand(self, message: Message, text: str) -> None:
        """Set the services that the message may be about."""
        links = self.model.link(text)
        ranking = [{"id": service, "confidence": float(confidence)} for service, confidence in links.ranking[:RANKED]]
        first = ranking[0] if ranking and ranking[0]["confidence"] >= self.config["threshold"] else None
        message.set("service", first, add_to_output=True)
        message.set("services", ranking, add_to_output=True)
        message.set("mentioned", links.mentioned, add_to_output=True)
        message.set("joined", links.joined, add_to_output=True)
        message.set("foreign", links.foreign, add_to_output=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Situations(TrainedComponent):
    """The citizen's case: entities `age` (years) and `situation` (`reason=lost`, every reading, likeliest first)."""

    def learn(self, training_data: TrainingData) -> "CatalogueCopy":
        """Keep the catalogue's words as they are at training time."""
        return CatalogueCopy(Path(self.config["catalogue"]))

    @classmethod
    def restore(cls, folder: Path) -> "CatalogueCopy":
        """Load the words."""
        return CatalogueCopy(folder)

    def understand(self, message: Message, text: str) -> None:
        """Add what was found of the situation to the entities."""
        meant = message.get("service")
        found = self.model.finder.find(text, meant["id"] if meant else None)
        said = [f"{name}={value}" for name, values in found.candidates.items() for value in values]
        add_entities(message, "situation", said)
        if found.age is not None:
            add_entities(message, "age", [found.age])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Languages(TrainedComponent):
    """The language of the message, as an entity `language` when the message is long enough to tell."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options: how sure, and after how many words, the language of the answers follows."""
        return {"catalogue": "data", "threshold": 0.9, "words": 3}

    def learn(self, training_data: TrainingData) -> LanguageDetector:
        """Train on the catalogue's texts, which are in both languages."""
        return LanguageDetector.from_catalogue(load_catalogue(Path(self.config["catalogue"])))

    @classmethod
    def restore(cls, folder: Path) -> LanguageDetector:
        """Load the detector."""
        return LanguageDetector.load(folder)

    def understand(self, message: Message, text: str) -> None:
        """Add the language to the entities."""
        language, confidence = self.model.detect(text)
        if confidence >= self.config["threshold"] and len(words_with_a_language(text)) >= self.config["words"]:
            add_entities(message, "language", [language])


class CatalogueCopy:
    """The catalogue as it was when the model was trained, kept in the model; its words recognise situations.

    Args:
        folder: the folder of the catalogue, or of its copy.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.finder = SituationFinder(load_catalogue(folder))

    def save(self, folder: Path) -> None:
        """Copy the catalogue into a folder."""
        (folder / "services").mkdir(parents=True, exist_ok=True)
        shutil.copy(self._folder / "administrations.yml", folder)
        for path in (self._folder / "services").glob("*.yml"):
            shutil.copy(path, folder / "services")


def add_entities(message: Message, entity: str, values: list[Any]) -> None:
    """Add entities without span to a message, after those that are there."""
    if values:
        known = message.get(ENTITIES, [])
        message.set(ENTITIES, known + [{"entity": entity, "value": value} for value in values], add_to_output=True)
