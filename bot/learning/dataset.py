"""What a model is trained on: the project's files and the accepted examples, with a checksum that tells them apart."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import yaml

from bot.catalogue.load import checksum
from bot.db import Database
from bot.errors import Misconfigured
from bot.learning.evaluation_set import EvaluationSet, read_evaluation_set
from bot.learning.examples import Example, ExampleState, ExampleStore
from bot.learning.models import code_digest
from bot.learning.nlu_file import Utterance, nlu_text, read_nlu
from bot.learning.reports import Finding, findings, folded
from bot.settings import Settings

RASA_FILES = ("config.yml", "domain.yml")


@dataclass(frozen=True)
class Dataset:
    """What a run trains on.

    Attributes:
        learned: the accepted examples that are trained on, in the order of their file.
        written: how many examples the project has of its own.
        findings: what was found; an example that one of them leaves out is not in `learned`.
        project: digest of everything but the accepted examples: configuration, domain, rules, catalogue, code.
        checksum: digest of everything: the same checksum, the same model.
    """

    learned: tuple[Utterance, ...]
    written: int
    findings: tuple[Finding, ...]
    project: str
    checksum: str


async def of_today(settings: Settings, database: Database, project: Path = Path()) -> Dataset:
    """Return what a run of an installation would train on now.

    Args:
        settings: where catalogue, cases and the file of examples are.
        database: where the examples are.
        project: the folder of config.yml, domain.yml and data/.

    Raises:
        Misconfigured, InvalidInput: as `build`, or there are no cases to measure on.
    """
    cases = read_evaluation_set(settings.evaluation_dir)
    examples = await ExampleStore(database).all()
    return await asyncio.to_thread(build, project, settings.catalogue_dir, settings.learned_file, examples, cases)


def build(
    project: Path, catalogue_dir: Path, learned_file: Path, examples: Sequence[Example], frozen: EvaluationSet
) -> Dataset:
    """Return what a run would train on now.

    Args:
        project: the folder of config.yml, domain.yml and data/.
        catalogue_dir: the folder of the catalogue.
        learned_file: where accepted examples are written; it is no part of what the project has of its own.
        examples: of the store; the withdrawn ones are passed over.
        frozen: what the models are measured on.

    Raises:
        Misconfigured: a file of the project cannot be read.
        InvalidInput: a file of data/nlu is broken; the message names file and line.
    """
    written = written_examples(project, learned_file)
    accepted = [utterance(each) for each in examples if each.state is ExampleState.ACCEPTED]
    texts = {folded(case.text) for case in (*frozen.frozen, *frozen.never_break)}
    found = findings(written, accepted, intents_of(project), texts)
    out = {(each.text, intent) for each in found if each.leaves_out for intent in each.intents}
    learned = tuple(sorted({each for each in accepted if (each.text, each.intent) not in out}))
    base = project_digest(project, catalogue_dir, learned_file)
    whole = sha256((base + nlu_text(learned)).encode()).hexdigest()[:16]
    return Dataset(learned, sum(map(len, written.values())), tuple(found), base, whole)


def utterance(example: Example) -> Utterance:
    """Return an accepted example as a line of a training file."""
    return Utterance(example.intent, example.service or "", example.language, example.text)


def written_examples(project: Path, learned_file: Path) -> dict[str, list[str]]:
    """Return the project's own examples, by intent.

    Raises:
        InvalidInput: a file is broken; the message names file and line.
    """
    found: dict[str, list[str]] = {}
    for path in _nlu_files(project, learned_file):
        for each in read_nlu(path):
            found.setdefault(each.intent, []).append(each.text)
    return found


def intents_of(project: Path) -> set[str]:
    """Return the intents of the domain.

    Raises:
        Misconfigured: domain.yml cannot be read.
    """
    try:
        domain = yaml.load((project / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return set(domain["intents"])
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise Misconfigured(f"{project / 'domain.yml'} cannot be read.", code="project-invalid") from error


def project_digest(project: Path, catalogue_dir: Path, learned_file: Path) -> str:
    """Return a digest of all that a model is made from, but for the accepted examples.

    Raises:
        Misconfigured: a file cannot be read.
    """
    digest = sha256(f"{checksum(catalogue_dir)} {code_digest()}".encode())
    rules = [path for name in ("rules", "stories") for path in sorted((project / "data" / name).glob("*.yml"))]
    try:
        for path in [*(project / name for name in RASA_FILES), *rules, *_nlu_files(project, learned_file)]:
            digest.update(path.name.encode() + path.read_bytes())
    except OSError as error:
        raise Misconfigured(f"{error.filename} cannot be read: {error.strerror}.", code="project-invalid") from error
    return digest.hexdigest()[:16]


def _nlu_files(project: Path, learned_file: Path) -> list[Path]:
    learned = learned_file.resolve()
    return [path for path in sorted((project / "data" / "nlu").glob("*.yml")) if path.resolve() != learned]
