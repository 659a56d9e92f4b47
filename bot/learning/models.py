"""The folder of models: which one is in service, and with which code it was trained.

`models/current` is a text file with the name of the archive in service; without it the newest archive is. Beside each
archive lies its card, `<name>.card.json`.
"""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from bot.errors import GuichetError, Misconfigured

POINTER = "current"
ERASED = "~ […]"
"""Line of a card, in the place of an example that was erased."""
UNDERSTANDING = Path(__file__).parents[1] / "understanding"


@dataclass(frozen=True)
class Card:
    """What is known of a model.

    Attributes:
        code: digest of the code that it was trained with; another code may not be able to read it.
        trained_at: ISO 8601.
        seconds: how long the training took.
        archive: SHA-256 of the archive, "" in the card of an older version.
        run: number of the training run that made it; 0 for `guichet train`.
        data: checksum of all that it was trained on; "" when not known.
        project: checksum of the same without the accepted examples.
        learned: how many accepted examples it was trained on.
        by: who asked for it.
        metrics: its figures (`bot.learning.comparison.Measures`), once measured.
        changed: what came, went or means something else since the champion of that time, a line for each.
    """

    code: str
    trained_at: str
    seconds: float
    archive: str = ""
    run: int = 0
    data: str = ""
    project: str = ""
    learned: int = 0
    by: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


def current_model(models_dir: Path) -> Path:
    """Return the archive of the model in service.

    Raises:
        Misconfigured: there is none.
    """
    pointer = models_dir / POINTER
    if pointer.is_file():
        return models_dir / pointer.read_text(encoding="utf-8").strip()
    archives = sorted(models_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not archives:
        raise Misconfigured(f"There is no model in {models_dir}: run `guichet train`.", code="no-model")
    return archives[-1]


def cards(models_dir: Path) -> list[tuple[str, Card | None]]:
    """Return the names of the models, the newest first, each with its card; None for a card that cannot be read."""
    found: list[tuple[str, Card | None]] = []
    for archive in sorted(models_dir.glob("*.tar.gz"), reverse=True):
        try:
            found.append((archive.name, read_card(archive)))
        except GuichetError:
            found.append((archive.name, None))
    return found


def forget_words(models_dir: Path, known: Collection[str]) -> None:
    """Take the words of examples out of the cards of models, but those that are known still.

    Args:
        models_dir: the folder.
        known: the texts of all examples, withdrawn ones too: what is not among them was erased.
    """
    for name, card in cards(models_dir):
        if card is None:
            continue
        # A line is `+ text: intent`.
        kept = [line if line[2:].rpartition(": ")[0] in known else ERASED for line in card.changed]
        if kept != card.changed:
            write_card(models_dir / name, replace(card, changed=kept))


def is_usable(models_dir: Path) -> bool:
    """Return whether there is a model in service that this code can read."""
    try:
        archive = current_model(models_dir)
        return archive.is_file() and read_card(archive).code == code_digest()
    except Misconfigured:
        return False


def read_card(archive: Path) -> Card:
    """Return the card of a model.

    Raises:
        Misconfigured: it is missing or cannot be read.
    """
    try:
        told = json.loads(card_of(archive).read_text(encoding="utf-8"))
        # What a later version adds is passed over: an older one can go back to service.
        known = {each.name for each in fields(Card)}
        return Card(**{name: value for name, value in told.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError):
        raise Misconfigured(f"The card of {archive.name} is missing or unreadable.", code="no-card") from None


def write_card(archive: Path, card: Card) -> None:
    """Write the card of a model, whole or not at all."""
    draft = archive.with_name(f".{archive.name}.card")
    draft.write_text(json.dumps(asdict(card), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(card_of(archive))


def archive_digest(archive: Path) -> str:
    """Return the SHA-256 of an archive.

    Raises:
        Misconfigured: it cannot be read.
    """
    try:
        with archive.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Misconfigured(f"{archive.name} cannot be read: {error.strerror}.", code="no-model") from None


def delete(archive: Path) -> None:
    """Delete a model and its card, or what is there of them."""
    for path in (archive, card_of(archive)):
        path.unlink(missing_ok=True)


def code_digest() -> str:
    """Return a digest of the code that reads and writes what a model holds."""
    digest = sha256()
    for path in sorted(UNDERSTANDING.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def promote(models_dir: Path, name: str) -> None:
    """Make an archive the model in service from the next start on."""
    draft = models_dir / f".{POINTER}"
    draft.write_text(name + "\n", encoding="utf-8")
    draft.replace(models_dir / POINTER)


def card_of(archive: Path) -> Path:
    """Return where the card of a model is."""
    return archive.with_name(archive.name.removesuffix(".tar.gz") + ".card.json")
