"""The tone of a verbatim: by the lexicon alone as shipped, by a model that the office trains on its own labels.

The trained model joins two learners whose mistakes differ: support vectors over what the lexicon measures, and a
logistic regression over pieces of one to three characters, which sees topics, style and spelling. docs/verbatims.md has
the measurements behind this.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bot.errors import Misconfigured, Unprocessable
from bot.satisfaction.verbatims_lexicon import FILE as LEXICON_FILE
from bot.satisfaction.verbatims_lexicon import Finding, clauses, lexicon

Tone = Literal["positive", "neutral", "negative"]
TONES: tuple[Tone, ...] = ("positive", "neutral", "negative")
Array = NDArray[np.float64]

# People describe what went wrong at length and praise in few words, so that a grievance counts for less.
GRIEVANCE = 0.6
NEUTRAL_BAND = 0.2
"""As shipped, a balance between minus and plus this is neutral."""
LEAST_ROWS = 10
"""Rows of each tone that training needs: below, the model would learn the writers and not the tone."""
SHARPNESS = 0.9
"""Power of the product of the two learners; between the best for two tones and for three, by calibration."""
FORMAT = 1
"""Raised when the measures change, so that a model of other measures is refused."""
FILE = "tone.skops"


def balance(findings: Sequence[Finding]) -> float:
    """Return how far praise outweighs grievance, as the logarithm of their ratio; 0 when they are equal or absent."""
    praise, grievance = _sums(findings)
    return math.log((praise + 1) / (GRIEVANCE * grievance + 1))


def shipped_tone(text: str) -> Tone:
    """Return the tone by the lexicon alone."""
    tilt = balance([finding for clause in clauses(text) for finding in lexicon().findings(clause)])
    return "positive" if tilt > NEUTRAL_BAND else "negative" if tilt < -NEUTRAL_BAND else "neutral"


def measures(text: str) -> list[float]:
    """Return what the lexicon and the punctuation measure of a text; the same columns for every text.

    Counts enter by their logarithm: the tenth grievance says less than the first.
    """
    words = lexicon()
    by_clause = [words.findings(clause) for clause in clauses(text)] or [[]]
    findings = [finding for clause in by_clause for finding in clause]
    counts = [sum(1 for finding in findings if (finding.group, finding.turned) == (group, turned))
              for group in words.groups for turned in (False, True)]  # fmt: skip
    praise, grievance = _sums(findings)
    tilts = [balance(clause) for clause in by_clause]
    quarter = max(1, len(by_clause) // 4)
    first, last = ([f for clause in part for f in clause] for part in (by_clause[:quarter], by_clause[-quarter:]))
    marks = [text.count("?"), text.count("!"), text.count("...") + text.count("…"), sum(map(str.isdigit, text))]
    return [
        *map(math.log1p, [*counts, praise, grievance, len(by_clause), len(text.split()), *marks]),
        balance(findings),
        (praise - grievance) / (praise + grievance + 2),
        balance(first),
        balance(last),
        max(tilts),
        min(tilts),
        sum(tilt > 0 for tilt in tilts) / len(tilts),
        sum(tilt < 0 for tilt in tilts) / len(tilts),
        sum(map(str.isupper, text)) / (len(text) + 1),
    ]


def _sums(findings: Sequence[Finding]) -> tuple[float, float]:
    weights = [finding.weight for finding in findings]
    return sum(weight for weight in weights if weight > 0), -sum(weight for weight in weights if weight < 0)


class TrainedTone:
    """Tells the tone as it was taught.

    Attributes:
        tones: the tones that it was taught, in alphabetical order: the columns of `probabilities`.
        card: what it learnt from: rows of each tone, and when.
    """

    def __init__(self, by_measures: Pipeline, by_pieces: Pipeline, card: dict[str, Any]) -> None:
        self._by_measures = by_measures
        self._by_pieces = by_pieces
        self.tones: list[Tone] = [tone for tone in sorted(TONES) if tone in by_pieces.classes_]
        self.card = card

    @classmethod
    def fit(cls, texts: Sequence[str], tones: Sequence[Tone], *, least_rows: int = LEAST_ROWS) -> Self:
        """Learn from texts and their tones; tones are taken to be as frequent later as they are here.

        Args:
            texts: what people wrote.
            tones: the tone of each.
            least_rows: rows of each tone below which nothing is learnt; cross-validation asks for fewer.

        Raises:
            Unprocessable: there are fewer than two tones, or fewer rows than that of one of them, or nothing
                in common between the texts.
        """
        rows = {tone: sum(given == tone for given in tones) for tone in TONES}
        given = {tone: n for tone, n in rows.items() if n}
        if len(given) < 2 or min(given.values()) < least_rows:
            found = ", ".join(f"{n} {tone}" for tone, n in rows.items())
            raise Unprocessable(
                f"Training needs two tones or three, with {least_rows} rows of each: there are {found}."
            )
        # `probability` calibrates the vectors on folds of the same rows, whose shuffle the random state fixes.
        by_measures = make_pipeline(StandardScaler(), SVC(C=1, gamma=0.005, probability=True, random_state=0))
        by_measures.fit([measures(text) for text in texts], tones)
        # Capitals and accents stay: how people write says something of how they feel.
        pieces = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=3, lowercase=False)
        by_pieces = make_pipeline(pieces, LogisticRegression(C=4, max_iter=1000))
        try:
            by_pieces.fit(texts, tones)
        except ValueError as error:
            raise Unprocessable("The texts have too little in common to learn from.") from error
        card = {"rows": rows, "trained_at": datetime.now(UTC).isoformat(timespec="seconds")}
        return cls(by_measures, by_pieces, card)

    def probabilities(self, texts: Sequence[str]) -> Array:
        """Return how likely each tone is for each text, shape (texts, tones); each row sums to 1."""
        if not texts:
            return np.zeros((0, len(self.tones)))
        by_measures = self._by_measures.predict_proba([measures(text) for text in texts])
        # A product: a tone that one of the two finds most unlikely is not chosen.
        both = (by_measures * self._by_pieces.predict_proba(texts)) ** SHARPNESS
        return np.asarray(both / both.sum(axis=1, keepdims=True))

    def save(self, folder: Path) -> None:
        """Write the model into a folder, which is made if needed; a reader sees the old file or the new one."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {"by_measures": self._by_measures, "by_pieces": self._by_pieces, "card": self.card}
        written = folder / f"{FILE}.new"
        skops.io.dump({"format": FORMAT, "lexicon": _digest(), **content}, written)
        written.replace(folder / FILE)

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """Read what `save` wrote; None when the folder holds no model.

        Raises:
            Misconfigured: the model cannot be read, or was trained with another lexicon.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            # With nothing trusted, skops refuses whatever could run code or crash; trees are among it, hence no trees.
            content = skops.io.load(path, trusted=[])
            if (content["format"], content["lexicon"]) == (FORMAT, _digest()):
                return cls(content["by_measures"], content["by_pieces"], content["card"])
        except Exception as error:
            raise Misconfigured(
                f"{path} holds no tone model that can be read: run `guichet verbatims train FILE` again, or delete it."
            ) from error
        raise Misconfigured(
            f"{path} was trained with another lexicon: run `guichet verbatims train FILE` again, or delete it."
        )


def _digest() -> str:
    """Return the digest of the lexicon, which gives the measures their meaning."""
    return sha256(LEXICON_FILE.read_bytes()).hexdigest()[:16]
