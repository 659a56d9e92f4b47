"""The folder of models: which one is in service.

`models/current` is a text file with the name of the archive in service; without it the newest archive is.
"""

from pathlib import Path

from bot.errors import Misconfigured

POINTER = "current"


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


def has_model(models_dir: Path) -> bool:
    """Return whether a model can be served."""
    try:
        return current_model(models_dir).is_file()
    except Misconfigured:
        return False


def promote(models_dir: Path, name: str) -> None:
    """Make an archive the model in service from the next start on."""
    draft = models_dir / f".{POINTER}"
    draft.write_text(name + "\n", encoding="utf-8")
    draft.replace(models_dir / POINTER)
