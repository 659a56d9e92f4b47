"""The example that already exists and looks most like a message: it shows what the assistant was taught."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.errors import InvalidInput
from bot.learning.inbox_text import key_of
from bot.learning.nlu_file import read_nlu

logger = logging.getLogger(__name__)

LIKE_FROM = 70
"""Likeness (0 to 100, Levenshtein's ratio of the sorted words) below which an example is not like a message at all."""


def read_examples(folder: Path, learned_file: Path) -> list[tuple[str, str]]:
    """Return the project's own examples, as (text, intent).

    A file that is broken is passed over: the checks before a training say what is wrong with it.

    Args:
        folder: of the training files.
        learned_file: left out: what citizens wrote must not stay in the inbox when it is erased elsewhere.
    """
    found = []
    for path in sorted(path for path in folder.glob("*.yml") if path.resolve() != learned_file.resolve()):
        try:
            found += [(each.text, each.intent) for each in read_nlu(path)]
        except InvalidInput as error:
            logger.warning("not compared with: %s", error)
    return found


class Examples:
    """The examples that the assistant is taught, to be compared with.

    Args:
        examples: each as (text, intent).
    """

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        self._examples = examples
        self._keys = [_sorted(text) for text, _ in examples]

    def closest(self, text: str) -> dict[str, Any]:
        """Return the example most like a text: `text`, `intent`, `likeness` from 0 to 1; empty when none is like it."""
        best = process.extractOne(_sorted(text), self._keys, scorer=fuzz.ratio, score_cutoff=LIKE_FROM)
        if best is None:
            return {}
        known, intent = self._examples[best[2]]
        return {"text": known, "intent": intent, "likeness": round(best[1] / 100, 2)}


def _sorted(text: str) -> str:
    """Return the words of a text in the order of the alphabet: another order says the same."""
    return " ".join(sorted(key_of(text).split()))
