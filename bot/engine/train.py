"""Trains a model of the whole assistant: Rasa's own training, with our components in it."""

import logging
import os
import sys
import time
import warnings
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.db import now
from bot.engine import no_tensorflow
from bot.engine.project import check_project
from bot.errors import Failed, Misconfigured
from bot.learning.models import Card, archive_digest, code_digest, promote, write_card
from bot.settings import Settings
from bot.understanding.spacy_model import build_spacy_model, vocabulary_files

PROJECT_FILES = ("config.yml", "domain.yml", "data")


@dataclass(frozen=True)
class Trained:
    """A model that was trained.

    Attributes:
        archive: the file.
        seconds: how long it took.
    """

    archive: Path
    seconds: float


def train(settings: Settings, project: Path = Path(), *, challenger: str = "") -> Trained:
    """Train a model into the models' folder.

    Args:
        settings: where catalogue and models are.
        project: the folder of config.yml, domain.yml and data/.
        challenger: name of the archive of a model that is not put in service; empty: the model is, from the next start.

    Raises:
        Misconfigured: the project or the catalogue has mistakes.
        Failed: Rasa did not produce a model.
    """
    started = time.monotonic()
    missing = [name for name in PROJECT_FILES if not (project / name).exists()]
    if missing:
        raise Misconfigured(f"{', '.join(missing)} not found: run the command in the folder of Guichet.")
    prepare_rasa()
    check_project(project, settings.catalogue_dir)
    # Beside config.yml, which names its place, wherever the archives go.
    build_spacy_model(project / "models", vocabulary_files(project, settings.catalogue_dir))
    import rasa.model_training

    result = rasa.model_training.train(
        domain=str(project / "domain.yml"),
        config=str(project / "config.yml"),
        training_files=training_files(settings, project),
        output=str(settings.models_dir),
        fixed_model_name=challenger.removesuffix(".tar.gz") or time.strftime("guichet-%Y%m%d-%H%M%S"),
        # Training takes seconds; the cache would save fewer than its bookkeeping costs to explain.
        force_training=True,
    )
    if result.code != 0 or result.model is None:
        raise Failed("Rasa did not produce a model; its reasons are above.", code="training-failed")
    trained = Trained(Path(result.model), time.monotonic() - started)
    card = Card(code_digest(), now().isoformat(), round(trained.seconds, 1), archive_digest(trained.archive))
    write_card(trained.archive, card)
    if not challenger:
        # A pointer to an older model would hide the new one.
        promote(settings.models_dir, trained.archive.name)
    return trained


def training_files(settings: Settings, project: Path) -> list[str]:
    """Return what Rasa reads examples and rules from: data/, and the accepted examples where they lie elsewhere."""
    data, learned = project / "data", settings.learned_file
    inside = learned.resolve().is_relative_to(data.resolve())
    return [str(data)] if inside or not learned.is_file() else [str(data), str(learned)]


def prepare_rasa(*, light: bool = True) -> None:
    """Make Rasa importable and quiet: without TensorFlow, telemetry and the warnings of its old dependencies."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # bars that move are noise in a file
    warnings.simplefilter("ignore")
    no_tensorflow.install(light=light)
    import structlog

    # Rasa's structured log tells texts, slots and whole trackers. Only the name of an event and its gravity are kept.
    structlog.configure(
        processors=[structlog.stdlib.add_log_level, _only_the_event, structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _only_the_event(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"event": event.get("event"), "level": event.get("level")}
