"""Measure the tone and the themes of verbatims on real experiences, beside a linear baseline.

    python -m tests.benchmarks.verbatims [FILE]

FILE is `experiences_dev.csv` of the shared data (Services Publics+, with the feeling that each user declared) when left
out. The baseline is the usual one: TF-IDF over words and pairs of words, and a linear support vector machine. All that
is trained is measured by 5-fold cross-validation, in as many shuffles as `SHUFFLES`; what is shipped learns nothing.
"""

import csv
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from sklearn.base import ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from bot.satisfaction.verbatims import LABELS
from bot.satisfaction.verbatims_file import Verbatim, read_verbatims
from bot.satisfaction.verbatims_lexicon import THEMES, clauses, lexicon
from bot.satisfaction.verbatims_tone import TrainedTone, balance, measures, shipped_tone
from bot.words import fold

SHARED = Path(os.environ.get("GUICHET_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = SHARED / "services-publics-plus" / "experiences_dev.csv"
RATED = dict(
    zip(
        THEMES,
        ("accessibilite", "information_explication", "relation", "reactivite", "simplicite_complexite"),
        strict=True,
    )
)
"""The column in which users rated each theme; a rating means that they chose to speak of it."""
SHUFFLES = 3
BINS = 10

Fit = Callable[[Sequence[str], Sequence[str]], Callable[[Sequence[str]], Sequence[str]]]


def main(arguments: list[str]) -> None:
    """Print the tables."""
    file = Path(arguments[0]) if arguments else FILE
    verbatims = [verbatim for verbatim in read_verbatims(file) if verbatim.text]
    tones = [LABELS[fold(verbatim.label)] for verbatim in verbatims]
    titled = [verbatim.whole for verbatim in verbatims]
    alone = [verbatim.text for verbatim in verbatims]
    sided = [row for row, tone in enumerate(tones) if tone != "neutral"]
    print(f"{len(tones)} texts, {len(sided)} of them positive or negative; {SHUFFLES} shuffles of 5 folds")

    printed = Table("accuracy", box=box.MARKDOWN)
    columns = ("3 tones", "positive / negative", "3 tones, no title", "positive / negative, no title")
    for column in columns:
        printed.add_column(column, justify="right")
    for name, fit in LEARNERS.items():
        printed.add_row(name, *(f"{_cross(fit, *part):.3f}" for part in _parts(titled, alone, tones, sided)))
    printed.add_row("shipped lexicon", *(f"{_shipped(*part):.3f}" for part in _parts(titled, alone, tones, sided)))
    printed.add_row(
        "shipped lexicon, side of the balance",
        *(f"{_side(*part):.3f}" if i % 2 else "" for i, part in enumerate(_parts(titled, alone, tones, sided))),
    )
    Console(width=150).print(printed)
    for name, rows in (("3 tones", range(len(tones))), ("positive / negative", sided)):
        error = _calibration([titled[row] for row in rows], [tones[row] for row in rows])
        print(f"expected calibration error, trained, {name}: {error:.3f}")
    _themes(file, verbatims)
    _times(titled, tones)


def _parts(
    titled: list[str], alone: list[str], tones: list[str], sided: list[int]
) -> list[tuple[list[str], list[str]]]:
    def only(texts: list[str]) -> tuple[list[str], list[str]]:
        return [texts[row] for row in sided], [tones[row] for row in sided]

    return [(titled, tones), only(titled), (alone, tones), only(alone)]


def _pipeline(*steps: ClassifierMixin) -> Fit:
    def fit(texts: Sequence[str], tones: Sequence[str]) -> Callable[[Sequence[str]], Sequence[str]]:
        return make_pipeline(*steps).fit(texts, tones).predict

    return fit


def _ours(texts: Sequence[str], tones: Sequence[str]) -> Callable[[Sequence[str]], Sequence[str]]:
    model = TrainedTone.fit(texts, tones)
    return lambda unseen: np.array(model.tones)[model.probabilities(unseen).argmax(axis=1)]


def _measures_alone(texts: Sequence[str], tones: Sequence[str]) -> Callable[[Sequence[str]], Sequence[str]]:
    learner = make_pipeline(StandardScaler(), SVC(C=1, gamma=0.005))
    learner.fit([measures(text) for text in texts], tones)
    return lambda unseen: learner.predict([measures(text) for text in unseen])


LEARNERS: dict[str, Fit] = {
    "linear baseline (words 1-2, LinearSVC)": _pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, preprocessor=fold), LinearSVC()
    ),
    "pieces of 1-3 characters alone": _pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=3, lowercase=False),
        LogisticRegression(C=4, max_iter=1000),
    ),
    "measures of the lexicon alone": _measures_alone,
    "trained": _ours,
}


def _cross(fit: Fit, texts: list[str], tones: list[str]) -> float:
    known, right = np.array(tones), []
    for shuffle in range(SHUFFLES):
        for rest, fifth in StratifiedKFold(5, shuffle=True, random_state=shuffle).split(texts, known):
            told = fit([texts[row] for row in rest], [tones[row] for row in rest])([texts[row] for row in fifth])
            right.append(np.mean(np.asarray(told) == known[fifth]))
    return float(np.mean(right))


def _shipped(texts: list[str], tones: list[str]) -> float:
    """Return the accuracy of the shipped tone; a positive or negative text that it finds neutral is wrong."""
    return float(np.mean([shipped_tone(text) == tone for text, tone in zip(texts, tones, strict=True)]))


def _side(texts: list[str], tones: list[str]) -> float:
    """Return the accuracy when the balance must choose a side."""
    tilts = [balance([found for clause in clauses(text) for found in lexicon().findings(clause)]) for text in texts]
    return float(np.mean([(tilt > 0) == (tone == "positive") for tilt, tone in zip(tilts, tones, strict=True)]))


def _calibration(texts: list[str], tones: list[str]) -> float:
    known, surest, right = np.array(tones), [], []
    for shuffle in range(SHUFFLES):
        for rest, fifth in StratifiedKFold(5, shuffle=True, random_state=shuffle).split(texts, known):
            model = TrainedTone.fit([texts[row] for row in rest], [tones[row] for row in rest])
            rows = model.probabilities([texts[row] for row in fifth])
            surest += list(rows.max(axis=1))
            right += list(np.array(model.tones)[rows.argmax(axis=1)] == known[fifth])
    bins = np.minimum((np.array(surest) * BINS).astype(int), BINS - 1)
    gaps = [abs(np.mean(np.array(right)[bins == b]) - np.mean(np.array(surest)[bins == b])) for b in np.unique(bins)]
    return float(np.average(gaps, weights=np.unique(bins, return_counts=True)[1]))


def _themes(file: Path, verbatims: list[Verbatim]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["description"].strip()]
    found = [set(lexicon().themes(verbatim.whole)) for verbatim in verbatims]
    printed = Table("theme", "rated by users", "found", "precision", "recall", "F1", box=box.MARKDOWN)
    scores = []
    for theme, column in RATED.items():
        rated = np.array([bool(row[column]) for row in rows])
        ours = np.array([theme in themes for themes in found])
        scores.append(f1_score(rated, ours))
        both = (rated & ours).sum()
        figures = (rated.mean(), ours.mean(), both / ours.sum(), both / rated.sum(), scores[-1])
        printed.add_row(theme, *(f"{figure:.2f}" for figure in figures))
    Console(width=150).print(printed)
    print(f"macro-F1 of the themes: {np.mean(scores):.3f}")


def _times(texts: list[str], tones: list[str]) -> None:
    started = time.perf_counter()
    model = TrainedTone.fit(texts, tones)
    print(f"training: {time.perf_counter() - started:.1f} s")
    for name, tell in (("shipped", lambda: [shipped_tone(text) for text in texts]),
                       ("trained", lambda: model.probabilities(texts)),
                       ("themes", lambda: [lexicon().themes(text) for text in texts])):  # fmt: skip
        started = time.perf_counter()
        tell()
        print(f"{name}: {(time.perf_counter() - started) * 1000 / len(texts):.2f} ms a text")


if __name__ == "__main__":
    main(sys.argv[1:])
