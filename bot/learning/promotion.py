"""Which model serves: a challenger promoted, the one before put back, and the proof that the engine took it.

Promotion writes the name into `models/current`; every engine on the folder sees that within a second, loads the model
beside the one that serves, tries it, and swaps (bot/engine/follow.py). It answers in `models/in-service`.
`models/history` holds the names that were in service, the last one last: rollback goes back one. Who changes
these holds `models/.lock`, so that two admins at once do it one after the other.
"""

import asyncio
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Conflict, Failed, Misconfigured, NotFound
from bot.learning.gate import Decision, Verdict
from bot.learning.models import Card, archive_digest, code_digest, current_model, promote, read_card

HISTORY, IN_SERVICE = "history", "in-service"
KEPT = 20
"""Names that the history holds."""
REASON_LEAST = 10
"""Characters of a reason under which nothing was explained."""


@dataclass(frozen=True)
class Answered:
    """What the engine said of the model that it was last given.

    Attributes:
        wanted: the archive that it was given.
        serving: the archive that it serves: the same, or the one before when the new one was refused.
        error: why it was refused; "" when it was not.
        pid: the engine's process.
    """

    wanted: str
    serving: str
    error: str
    pid: int


def check_archive(archive: Path) -> Card:
    """Return the card of a model after making sure that the archive is the one that was trained, for this code.

    Raises:
        NotFound: there is no such archive.
        Misconfigured: it was changed or damaged, or belongs to another version of Guichet.
    """
    if "/" in archive.name or not archive.is_file():
        raise NotFound(f"There is no model {archive.name}: `guichet models list` names them.", code="unknown-model")
    card = read_card(archive)
    if card.code != code_digest():
        raise Misconfigured(
            f"{archive.name} was trained by another version of Guichet, which reads models otherwise: train again.",
            code="other-version",
        )
    if card.archive and card.archive != archive_digest(archive):
        raise Misconfigured(
            f"{archive.name} is damaged: it is not the file that was trained. The model in service stays.",
            code="bad-model",
        )
    return card


def check_right(decision: Decision | None, *, admin: bool, reason: str) -> None:
    """Make sure that a model may be promoted.

    Args:
        decision: what the gate says; None for a model that no run compared.
        admin: whether who promotes is an admin.
        reason: why it is promoted all the same.

    Raises:
        Conflict: the gate did not let it pass, and this is no admin with a written reason.
    """
    if decision is not None and decision.verdict is Verdict.PASSED:
        return
    if not admin or len(reason.strip()) < REASON_LEAST:
        said = "was not compared with the model in service" if decision is None else f"is {decision.verdict}"
        raise Conflict(
            f"This model {said}: only an admin may promote it, with a written reason of {REASON_LEAST} characters.",
            code="gate-refuses",
        )


def put_in_service(models_dir: Path, name: str) -> str:
    """Give a model to the engines; return the name of the one before, which is kept.

    Raises:
        Misconfigured: the archive cannot be used.
        NotFound: there is no such archive.
        Failed: the folder cannot be written; nothing has changed.
    """
    check_archive(models_dir / name)
    with _alone(models_dir):
        before = current_model(models_dir).name
        history = [each for each in _history(models_dir) if each != name]
        _write_history(models_dir, [*(each for each in history if each != before), before, name])
        _give(models_dir, name)
    return before


def put_back(models_dir: Path, taken_out: str = "") -> str:
    """Give the engines the model that was in service before; return its name.

    Args:
        models_dir: the folder.
        taken_out: the model that goes out of service; empty: whichever serves.

    Raises:
        Conflict: there was none before, or it is gone; or another than `taken_out` serves.
        Misconfigured: it cannot be used.
        Failed: the folder cannot be written; nothing has changed.
    """
    with _alone(models_dir):
        serving = current_model(models_dir).name
        if taken_out and serving != taken_out:
            raise _changed()
        before = _before(models_dir, serving)
        if not before:
            raise Conflict("There is no model to go back to.", code="no-older-model")
        check_archive(models_dir / before[-1])
        _write_history(models_dir, before)
        _give(models_dir, before[-1])
    return before[-1]


def previous(models_dir: Path) -> str | None:
    """Return the model that `put_back` would put in service; None when there is none."""
    before = _before(models_dir, current_model(models_dir).name)
    return before[-1] if before else None


async def wait_in_service(models_dir: Path, name: str, seconds: float = 60.0) -> bool:
    """Wait until an engine serves a model.

    Returns:
        True once it does; False when no engine runs: it serves from the next start on.

    Raises:
        Misconfigured: the engine refused it and the one before serves; the pointer is back on that one.
        Conflict: the engine did not say anything in time, or somebody else wants another model meanwhile.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # In this order: what the engine refuses, it says before it takes the name out of the history.
        wanted, answer = _history(models_dir)[-1:], answered(models_dir)
        if answer is None or not _lives(answer.pid):
            return False
        if answer.wanted == name and answer.error:
            raise Misconfigured(f"{answer.error} {answer.serving} stays in service.", code="bad-model")
        if answer.serving == name:
            return True
        if wanted and wanted != [name]:
            raise _changed()
        await asyncio.sleep(0.05)
    raise Conflict("The engine did not take the model in time; its log says why.", code="engine-silent")


def answered(models_dir: Path) -> Answered | None:
    """Return what the engine last said, or None when none ever ran on this folder."""
    try:
        return Answered(**json.loads((models_dir / IN_SERVICE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def answer(models_dir: Path, wanted: str, serving: str, error: str = "") -> None:
    """Say, as the engine, which model serves."""
    _write_answer(models_dir, Answered(wanted, serving, error, os.getpid()))


def refuse(models_dir: Path, wanted: str, serving: str, error: str) -> None:
    """Say, as the engine, that a model cannot be used; the one that serves is the one of the next start too."""
    with _alone(models_dir):
        promote(models_dir, serving)
        answer(models_dir, wanted, serving, error)
        _write_history(models_dir, [each for each in _history(models_dir) if each != wanted])


def _changed() -> Conflict:
    return Conflict("Somebody has put another model in service meanwhile: look again.", code="model-changed")


@contextmanager
def _alone(models_dir: Path) -> Iterator[None]:
    try:
        with (models_dir / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Failed(
            f"{models_dir} cannot be written ({error.strerror}): mend it, and try again. The model in service stays.",
            code="models-unwritable",
        ) from error


def _give(models_dir: Path, name: str) -> None:
    said = answered(models_dir)
    if said is not None and said.error:
        # A model that was refused before is tried afresh.
        _write_answer(models_dir, Answered("", said.serving, "", said.pid))
    promote(models_dir, name)


def _write_answer(models_dir: Path, said: Answered) -> None:
    draft = models_dir / f".{IN_SERVICE}.{os.getpid()}"
    draft.write_text(json.dumps(vars(said)) + "\n", encoding="utf-8")
    draft.replace(models_dir / IN_SERVICE)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _before(models_dir: Path, serving: str) -> list[str]:
    return [each for each in _history(models_dir) if each != serving and (models_dir / each).is_file()]


def _history(models_dir: Path) -> list[str]:
    path = models_dir / HISTORY
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def _write_history(models_dir: Path, names: list[str]) -> None:
    draft = models_dir / f".{HISTORY}"
    draft.write_text("\n".join(names[-KEPT:]) + "\n", encoding="utf-8")
    draft.replace(models_dir / HISTORY)
