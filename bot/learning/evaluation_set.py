"""What every model is measured on: sentences that none is trained on, and cases that must never break.

They lie in the folder of GUICHET_EVALUATION_DIR, by default `tests/understanding` of the checkout: `frozen.jsonl` and
`never_break.jsonl`, a line `{"text", "intent", "service"}` for each case. An office may point to its own.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Misconfigured

FROZEN, NEVER_BREAK = "frozen.jsonl", "never_break.jsonl"


@dataclass(frozen=True)
class Case:
    """What somebody might type, and what it means."""

    text: str
    intent: str
    service: str | None


@dataclass(frozen=True)
class EvaluationSet:
    """The cases of a folder."""

    frozen: tuple[Case, ...]
    never_break: tuple[Case, ...]


def read_evaluation_set(folder: Path) -> EvaluationSet:
    """Read the two files.

    Raises:
        Misconfigured: one is missing, empty or broken; the message says which, and what to do.
    """
    return EvaluationSet(_read(folder / FROZEN), _read(folder / NEVER_BREAK))


def _read(path: Path) -> tuple[Case, ...]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        cases = tuple(Case(str(row["text"]), str(row["intent"]), row.get("service") or None) for row in rows)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise Misconfigured(
            f"{path} {reason}: models are measured on it. GUICHET_EVALUATION_DIR names its folder.",
            code="no-evaluation-set",
        ) from error
    if not cases:
        raise Misconfigured(f"{path} is empty: models are measured on it.", code="no-evaluation-set")
    return cases
