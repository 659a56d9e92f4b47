"""Compare the product's intent classifier with a plain linear SVM, in the same splits of every public set found.

    python -m tests.benchmarks.intents [banking77 clinc150 ...]

The sets are looked for where GUICHET_SHARED_DATA says, or in `../shared/data` beside the checkout. CLINC150 and HWU64
have validation parts; the others are cut here, with seeds that were not used while the classifier was made.
"""

import csv
import json
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import hstack
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from bot.understanding.classifier import IntentClassifier

DATA = Path(os.environ.get("GUICHET_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))

Rows = list[tuple[str, str]]
Split = tuple[Rows, Rows, list[str]]  # Train, test, and messages out of scope.


def banking77() -> Iterator[Split]:
    """Yield two cuts of three quarters and one quarter."""
    for seed in (101, 102):
        yield (*_cut(_banking_rows(), 0.25, seed), [])


def banking77_ten_shot() -> Iterator[Split]:
    """Yield three draws of ten examples an intent; the test is 3,000 of the others."""
    rows = _banking_rows()
    for seed in (101, 102, 103):
        order = np.random.default_rng(seed).permutation(len(rows))
        seen: dict[str, int] = {}
        train, rest = [], []
        for i in order:
            seen[rows[i][1]] = seen.get(rows[i][1], 0) + 1
            (train if seen[rows[i][1]] <= 10 else rest).append(rows[i])
        yield train, rest[:3000], []


def clinc150() -> Iterator[Split]:
    """Yield the training part and the validation part, with its messages out of scope."""
    parts = json.loads((DATA / "clinc150/data_full_train_val.json").read_text(encoding="utf-8"))
    train, test = ([(text, intent) for text, intent in parts[name]] for name in ("train", "val"))
    yield train, test, [text for text, _ in parts["oos_val"]]


def hwu64() -> Iterator[Split]:
    """Yield the training part and the validation part."""
    parts = []
    for part in ("train", "valid"):
        texts, intents = (
            (DATA / "hwu64" / part / name).read_text("utf-8").splitlines() for name in ("seq.in", "label")
        )
        parts.append(list(zip(texts, intents, strict=True)))
    yield parts[0], parts[1], []


def intents_fr_travail() -> Iterator[Split]:
    """Yield two cuts of three quarters and one quarter; the title of an intent is always in train."""
    lines = (DATA / "intents-fr-travail/train.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [(row["text"], row["intent"]) for row in map(json.loads, lines)]
    for seed in (101, 102):
        train, test = _cut(rows, 0.25, seed)
        titles = [row for row in test if _slug(row[0]) == row[1]]
        yield train + titles, [row for row in test if row not in titles], []


def intents_fr_covidflow() -> Iterator[Split]:
    """Yield ten cuts: five folds, drawn twice."""
    rows: Rows = []
    intent = None
    for line in (DATA / "intents-fr-covidflow/nlu.fr.train.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("##"):
            intent = line.removeprefix("## intent:") if line.startswith("## intent:") else None
        elif intent and line.startswith("- "):
            rows.append((re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line[2:]), intent))
    for seed in (101, 102):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        for learn, held in folds.split(rows, [intent for _, intent in rows]):
            yield [rows[i] for i in learn], [rows[i] for i in held], []


SETS: dict[str, tuple[str, Callable[[], Iterator[Split]]]] = {
    "banking77": ("banking77", banking77),
    "banking77-10-shot": ("banking77", banking77_ten_shot),
    "clinc150": ("clinc150", clinc150),
    "hwu64": ("hwu64", hwu64),
    "intents-fr-travail": ("intents-fr-travail", intents_fr_travail),
    "intents-fr-covidflow": ("intents-fr-covidflow", intents_fr_covidflow),
}


def _banking_rows() -> Rows:
    with (DATA / "banking77/train.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["text"], row["category"]) for row in csv.DictReader(lines)]


def _cut(rows: Rows, share: float, seed: int) -> tuple[Rows, Rows]:
    """Hold out a share of each intent that has four rows or more."""
    random = np.random.default_rng(seed)
    intents = np.array([intent for _, intent in rows])
    held: set[int] = set()
    for name in np.unique(intents):
        own = random.permutation(np.flatnonzero(intents == name))
        held.update(own[: round(share * len(own)) if len(own) >= 4 else 0].tolist())
    return [r for i, r in enumerate(rows) if i not in held], [rows[i] for i in sorted(held)]


def _slug(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def plain_svm(train: Rows, test: Rows, outside: list[str]) -> dict[str, Any]:
    """Measure TF-IDF (words 1-2, characters 2-5) with a linear SVM."""
    views = [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
        TfidfVectorizer(ngram_range=(2, 5), sublinear_tf=True, analyzer="char_wb"),
    ]
    started = time.perf_counter()
    rows = hstack([view.fit_transform([text for text, _ in train]) for view in views], format="csr")
    machine = LinearSVC(C=1.0, random_state=0).fit(rows, [intent for _, intent in train])
    seconds = time.perf_counter() - started

    def margins(texts: list[str]) -> np.ndarray:
        return machine.decision_function(hstack([view.transform(texts) for view in views], format="csr"))

    scores = margins([text for text, _ in test])
    figures = _figures(machine.classes_, softmax(scores, axis=1), test)
    scopes = (scores.max(axis=1), margins(outside).max(axis=1)) if outside else None
    return {**figures, "seconds": seconds, "ms": float("nan"), "auroc": _auroc(scopes)}


def ours(train: Rows, test: Rows, outside: list[str]) -> dict[str, Any]:
    """Measure the product's classifier; messages are timed one at a time."""
    started = time.perf_counter()
    classifier = IntentClassifier.fit(*(list(column) for column in zip(*train, strict=True)))
    seconds = time.perf_counter() - started
    texts = [text for text, _ in test]
    figures = _figures(np.array(classifier.intents), classifier.probabilities(texts), test)
    started = time.perf_counter()
    for text in texts[:500]:
        classifier.rank(text)
    milliseconds = 1000 * (time.perf_counter() - started) / len(texts[:500])
    scopes = (classifier.scope(texts), classifier.scope(outside)) if outside else None
    return {**figures, "seconds": seconds, "ms": milliseconds, "auroc": _auroc(scopes)}


def _figures(intents: np.ndarray, probabilities: np.ndarray, test: Rows) -> dict[str, Any]:
    """Return the accuracy and, for the calibration of all cuts together, which answers were right and how sure."""
    right = intents[probabilities.argmax(axis=1)] == np.array([intent for _, intent in test])
    return {"accuracy": float(right.mean()), "right": right, "sure": probabilities.max(axis=1)}


def _calibration_error(right: np.ndarray, sure: np.ndarray) -> float:
    """Return the expected calibration error, over fifteen bins of equal width."""
    bins = np.minimum((sure * 15).astype(int), 14)
    return sum(abs(float(right[bins == b].sum() - sure[bins == b].sum())) for b in range(15)) / len(right)


def _auroc(scopes: tuple[np.ndarray, np.ndarray] | None) -> float:
    if scopes is None:
        return float("nan")
    inside, outside = scopes
    return float(roc_auc_score(np.repeat([1, 0], [len(inside), len(outside)]), np.concatenate(scopes)))


def main(names: list[str]) -> None:
    """Print one line a set: each figure is the mean over its cuts, the calibration error that of all cuts."""
    print("| set | cuts | plain SVM | ours | ECE ours | out of scope AUROC SVM / ours | training s | ms a message |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in names or list(SETS):
        folder, splits = SETS[name]
        if not (DATA / folder).is_dir():
            print(f"| {name} | not found in {DATA} |")
            continue
        pairs = [(plain_svm(*split), ours(*split)) for split in splits()]
        keys = ("accuracy", "seconds", "ms", "auroc")
        svm, own = ({key: float(np.mean([pair[i][key] for pair in pairs])) for key in keys} for i in (0, 1))
        error = _calibration_error(*(np.concatenate([pair[1][key] for pair in pairs]) for key in ("right", "sure")))
        scope = "" if np.isnan(own["auroc"]) else f"{svm['auroc']:.3f} / {own['auroc']:.3f}"
        print(
            f"| {name} | {len(pairs)} | {svm['accuracy']:.4f} | {own['accuracy']:.4f} | {error:.3f} | {scope} "
            f"| {own['seconds']:.1f} | {own['ms']:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
