"""Tone and themes of what people write about a public service: one text, a file, and what a whole file says.

As shipped the words of our own lexicon decide. Once the office has labelled some rows, `train` learns from them and
`analyse` uses what was learnt. docs/verbatims.md explains both, with figures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.model_selection import StratifiedKFold

from bot.errors import InvalidInput
from bot.satisfaction.verbatims_file import TONE_COLUMNS, Verbatim, read_verbatims
from bot.satisfaction.verbatims_lexicon import THEMES, lexicon
from bot.satisfaction.verbatims_tone import TONES, Tone, TrainedTone, shipped_tone
from bot.words import fold

FOLDER = "verbatims"
"""Where the data folder keeps what was learnt."""
LABELS: dict[str, Tone] = {
    **dict.fromkeys(("positive", "positif", "positives", "positifs", "pos", "good", "satisfait"), "positive"),
    **dict.fromkeys(("neutral", "neutre", "neutres", "mixed", "mitige", "moyen"), "neutral"),
    **dict.fromkeys(("negative", "negatif", "negatives", "negatifs", "neg", "bad", "insatisfait"), "negative"),
}
FOLDS = 5


@dataclass(frozen=True)
class Analysis:
    """What is read in one text.

    Attributes:
        text: the text.
        tone: its tone; None when there is no text.
        themes: its themes, in the order of `THEMES`; there may be none.
        confidence: how likely the tone is, by the trained model; None as shipped, where nothing was calibrated.
    """

    text: str
    tone: Tone | None
    themes: tuple[str, ...] = ()
    confidence: float | None = None

    def row(self) -> dict[str, Any]:
        """Return the analysis as an object of JSON."""
        return {"text": self.text, "tone": self.tone, "themes": list(self.themes), "confidence": self.confidence}


@dataclass(frozen=True)
class Training:
    """What came out of a training.

    Attributes:
        rows: rows of each tone that were learnt from.
        accuracy: share of them told right by models that had not seen them (5-fold cross-validation).
        shipped_accuracy: share of them told right by the lexicon alone.
    """

    rows: dict[str, int]
    accuracy: float
    shipped_accuracy: float


def open_model(data_dir: Path) -> TrainedTone | None:
    """Return the tone model of a data folder, None when the office has trained none.

    Raises:
        Misconfigured: there is one and it cannot be used.
    """
    return TrainedTone.load(data_dir / FOLDER)


def analyse(verbatims: Sequence[Verbatim], model: TrainedTone | None = None) -> list[Analysis]:
    """Return the tone and the themes of each verbatim, in their order; those without text have neither."""
    spoken = [verbatim.whole for verbatim in verbatims if verbatim.text]
    tones = iter(_tones(spoken, model))
    words = lexicon()
    analyses = []
    for verbatim in verbatims:
        if verbatim.text:
            tone, confidence = next(tones)
            analyses.append(Analysis(verbatim.text, tone, tuple(words.themes(verbatim.whole)), confidence))
        else:
            analyses.append(Analysis("", None))
    return analyses


def _tones(texts: Sequence[str], model: TrainedTone | None) -> list[tuple[Tone, float | None]]:
    if model is None:
        return [(shipped_tone(text), None) for text in texts]
    rows = model.probabilities(texts)
    return [(model.tones[row.argmax()], round(float(row.max()), 4)) for row in rows]


def analyse_file(path: Path, data_dir: Path) -> list[Analysis]:
    """Analyse a file with the model of a data folder if there is one.

    Raises:
        InvalidInput: the file cannot be read.
        Misconfigured: there is a model and it cannot be used.
    """
    return analyse(read_verbatims(path), open_model(data_dir))


def summarise(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Count what was read.

    Returns:
        `n` (rows with text), `without_text` (rows counted nowhere else), `tones` and `themes`: for each its `n`, its
        `share` of the rows with text and the 95 % interval of that share (Wilson), `low` to `high`; None without any
        text. A theme has its `tones` too: how many of its rows have each.
    """
    spoken = [analysis for analysis in analyses if analysis.tone is not None]

    def tones_of(rows: Sequence[Analysis]) -> dict[str, int]:
        return {tone: sum(row.tone == tone for row in rows) for tone in TONES}

    themes = {theme: [row for row in spoken if theme in row.themes] for theme in THEMES}
    return {
        "n": len(spoken),
        "without_text": len(analyses) - len(spoken),
        "tones": {tone: _share(n, len(spoken)) for tone, n in tones_of(spoken).items()},
        "themes": {
            theme: {**_share(len(rows), len(spoken)), "tones": tones_of(rows)} for theme, rows in themes.items()
        },
    }


def _share(n: int, total: int) -> dict[str, Any]:
    if not total:
        return {"n": n, "share": None, "low": None, "high": None}
    interval = binomtest(n, total).proportion_ci(method="wilson")
    return {"n": n, "share": round(n / total, 4), "low": round(interval.low, 4), "high": round(interval.high, 4)}


def report(summary: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a summary as a person reads it."""
    yield f"{summary['n']} texts, {summary['without_text']} rows without text"
    for title in ("tones", "themes"):
        for name, share in summary[title].items():
            line = f"{name:<15}{share['n']:>7}"
            if share["share"] is not None:
                line += f"{share['share']:>8.1%}  ({share['low']:.1%} to {share['high']:.1%})"
            if "tones" in share:
                line += "   " + ", ".join(f"{n} {tone}" for tone, n in share["tones"].items())
            yield line


def train_file(path: Path, data_dir: Path) -> Training:
    """Learn from the rows of a file that carry a tone, and store what was learnt in the data folder.

    Args:
        path: a file as `read_verbatims` reads it, with a column of one of the names of `TONE_COLUMNS`.
        data_dir: the folder of the settings.

    Raises:
        InvalidInput: the file cannot be read, has no tone, or one that is not known; the message names the line.
        Unprocessable: there are too few rows.
    """
    labelled = [verbatim for verbatim in read_verbatims(path) if verbatim.text and verbatim.label]
    if not labelled:
        raise InvalidInput(
            f"{path} has no row with both a text and a tone. Name the column of the tones {', '.join(TONE_COLUMNS)}; "
            "its values are positive, neutral and negative."
        )
    tones = [_label(verbatim, path) for verbatim in labelled]
    texts = [verbatim.whole for verbatim in labelled]
    model = TrainedTone.fit(texts, tones)
    training = Training(
        rows=model.card["rows"],
        accuracy=cross_validated(texts, tones),
        shipped_accuracy=float(np.mean([shipped_tone(text) == tone for text, tone in zip(texts, tones, strict=True)])),
    )
    model.save(data_dir / FOLDER)
    return training


def _label(verbatim: Verbatim, path: Path) -> Tone:
    try:
        return LABELS[fold(verbatim.label)]
    except KeyError:
        raise InvalidInput(
            f"{path}, line {verbatim.line}: the tone {verbatim.label[:40]!r} is none of positive, neutral, negative "
            "(positif, neutre, négatif)."
        ) from None


def cross_validated(texts: Sequence[str], tones: Sequence[Tone], seed: int = 0) -> float:
    """Return the share of texts whose tone is told right by a model trained on the four other fifths."""
    known = np.array(tones)
    right = np.zeros(len(texts), bool)
    for rest, fifth in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(texts, known):
        model = TrainedTone.fit([texts[row] for row in rest], [tones[row] for row in rest], least_rows=1)
        rows = model.probabilities([texts[row] for row in fifth])
        right[fifth] = np.array(model.tones)[rows.argmax(axis=1)] == known[fifth]
    return float(right.mean())
