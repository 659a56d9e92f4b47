"""Measure the intent classifier on rows of text and intent, as the command `guichet eval-intents` does."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score, roc_curve

from bot.errors import InvalidInput, Unprocessable
from bot.understanding.classifier import IntentClassifier

OUT_OF_SCOPE = frozenset({"oos", "out_of_scope"})
OUT_OF_SCOPE_RECALL = 0.95


class Row(TypedDict):
    """One message and what its writer wanted; None when it is none of the known intents."""

    text: str
    intent: str | None


def read_rows(path: Path) -> list[Row]:
    """Read JSON lines of `{"text", "intent"}`; blank lines are passed over.

    Args:
        path: the file. The intents null, "oos" and "out_of_scope" mean out of scope and are read as None.

    Raises:
        InvalidInput: the file cannot be read, or a line is not such an object; the message names file and line.
    """
    rows: list[Row] = []
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    rows.append(_row(line, f"{path}, line {number}"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as UTF-8 text.", field=str(path)) from error
    if not rows:
        raise InvalidInput(f"{path} holds no row; it needs one JSON object a line.", field=str(path))
    return rows


def _row(line: str, where: str) -> Row:
    """Return one line as a row, or refuse it saying where it is."""
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"{where}: this is not JSON ({error}).", field=where) from error
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or "intent" not in value:
        raise InvalidInput(f'{where}: an object with a "text" (string) and an "intent" is needed.', field=where)
    intent = value["intent"]
    if intent is not None and (not isinstance(intent, str) or not intent):
        raise InvalidInput(f'{where}: "intent" must be a name, or null for out of scope.', field=where)
    return {"text": value["text"], "intent": None if intent in OUT_OF_SCOPE else intent}


def evaluate(train: Sequence[Row], test: Sequence[Row]) -> dict[str, Any]:
    """Train on one set of rows, measure on the other.

    Rows out of scope are not trained as an intent. `accuracy` and `macro_f1` count the in-scope rows of the test only,
    with the best intent whatever its probability. What the test holds out of scope is judged apart, by `scope`: AUROC,
    the share of it that is accepted when 95 % of the in-scope rows are (`fpr_at_95_recall`), and
    `accuracy_with_out_of_scope`, over all rows, where a row whose scope is under that threshold counts as answered
    "out of scope".

    Returns:
        `accuracy`, `macro_f1` (mean over the intents of the test), `train_seconds` (wall clock), `ms_per_message` (one
        message at a time), `n_train` and `n_test` (rows in scope and out), `out_of_scope` (None without such rows).

    Raises:
        Unprocessable: one of the two has no row in scope.
    """
    known = [(row["text"], row["intent"]) for row in train if row["intent"] is not None]
    inside = [(row["text"], row["intent"]) for row in test if row["intent"] is not None]
    outside = [row["text"] for row in test if row["intent"] is None]
    if not known or not inside:
        raise Unprocessable("Both files need at least one row whose intent is in scope.")
    started = time.perf_counter()
    classifier = IntentClassifier.fit([text for text, _ in known], [intent for _, intent in known])
    train_seconds = time.perf_counter() - started
    texts, truth = [text for text, _ in inside], np.array([intent for _, intent in inside])
    started = time.perf_counter()
    best = np.array([classifier.rank(text)[0][0] for text in texts])
    ms_per_message = 1000 * (time.perf_counter() - started) / len(texts)
    return {
        "accuracy": float((best == truth).mean()),
        "macro_f1": float(f1_score(truth, best, labels=np.unique(truth), average="macro", zero_division=0)),
        "train_seconds": round(train_seconds, 3),
        "ms_per_message": round(ms_per_message, 4),
        "n_train": len(train),
        "n_test": len(test),
        "out_of_scope": _out_of_scope(classifier, texts, best == truth, outside) if outside else None,
    }


def _out_of_scope(
    classifier: IntentClassifier, inside: list[str], correct: np.ndarray[Any, Any], outside: list[str]
) -> dict[str, Any]:
    """Return how well `scope` tells the known intents from the rest."""
    scores = np.concatenate([classifier.scope(inside), classifier.scope(outside)])
    is_inside = np.arange(len(scores)) < len(inside)
    false_positive, true_positive, thresholds = roc_curve(is_inside, scores, drop_intermediate=False)
    chosen = int(np.argmax(true_positive >= OUT_OF_SCOPE_RECALL))
    accepted = scores >= thresholds[chosen]
    right = np.concatenate([accepted[: len(inside)] & correct, ~accepted[len(inside) :]])
    return {
        "n": len(outside),
        "auroc": float(roc_auc_score(is_inside, scores)),
        "fpr_at_95_recall": float(false_positive[chosen]),
        "threshold": float(thresholds[chosen]),
        "accuracy_with_out_of_scope": float(right.mean()),
    }
