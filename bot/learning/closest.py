"""The example that already exists and looks most like a message: it shows what the assistant was taught."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from bot.learning.inbox_text import key_of

LIKE_FROM = 70
"""Likeness (0 to 100, Levenshtein's ratio of the sorted words) below which an example is not like a message at all."""


def read_examples(folder: Path) -> list[tuple[str, str]]:
    """Return the examples of the training files of a folder, as (text, intent); none when there is no folder."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_bytes(), yaml.CSafeLoader).get("nlu") or []:
            lines = str(block.get("examples") or "").splitlines()
            found += [
                (line.strip("- ").strip(), block["intent"]) for line in lines if "intent" in block and line.strip()
            ]
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
