"""Does labelling what the inbox proposes teach faster than labelling at random?

    python -m tests.benchmarks.learning [--seeds N] [--first N] [--linear] [--arriving N] [--plot FILE] [guichet ...]

A poor model of five examples an intent reads a stream of traffic. Every round some messages arrive, a hundred of those
seen so far are labelled with their known intent, and the model is trained again. Three ways to choose the hundred are
compared: at random, by uncertainty alone, and by our ordering (bot/learning/ordering.py). Traffic is as services see
it: a few intents make most of it (Zipf), and the same things are said again by other people. In `guichet-open` some of
it is nothing that the counter can answer. Accuracy is measured on messages that are never labelled. With --linear only
the support vectors of the classifier learn and vote: its networks take far longer.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from bot.engine.project import examples_by_intent
from bot.learning.ordering import Candidate, order, uncertainty
from bot.learning.set_aside import set_aside
from bot.understanding.classifier import IntentClassifier, linear
from bot.understanding.features import Featuriser, normalise

from .intents import DATA, Rows, banking77, clinc150, hwu64

ROOT = Path(__file__).parents[2]
START, BATCH = 5, 100
OUTSIDE = 1000 / 5500
"""Share of the messages of `guichet-open` that the counter cannot answer: that of CLINC150's test part (Larson and
others 2019). It was fixed before anything was measured."""


@dataclass(frozen=True)
class Task:
    """What is simulated.

    Attributes:
        pool: the rows that citizens may write.
        test: those that measure.
        rounds: of a hundred labels.
        arriving: messages before each round.
        outside: what the counter cannot answer, with an intent, or none when nothing is to be learnt from it.
        often: how often each of these is written, beside the others.
    """

    pool: Rows
    test: Rows
    rounds: int
    arriving: int
    outside: Rows = field(default_factory=list)
    often: list[float] = field(default_factory=list)


def guichet(seed: int) -> Task:
    """The product's own intents: training data and half of the frozen set are the traffic, the other half measures."""
    training = [(t, i) for i, texts in examples_by_intent(ROOT).items() for t in dict.fromkeys(texts)]
    lines = (ROOT / "tests/understanding/frozen.jsonl").read_text(encoding="utf-8").splitlines()
    frozen = [(row["text"], row["intent"]) for row in map(json.loads, lines)]
    halves = np.random.default_rng(seed).permutation(len(frozen))
    seen, measuring = halves[: len(frozen) // 2], halves[len(frozen) // 2 :]
    return Task(training + [frozen[i] for i in seen], [frozen[i] for i in measuring], 10, 400)


def guichet_open(seed: int) -> Task:
    """The same, and as often as in CLINC150 what the counter cannot answer.

    Half of that is CLINC150's own (its meaning: another subject), half is what people look for about labour law, as
    often as they do: words of another office, from which nothing is to be learnt.
    """
    parts = json.loads((DATA / "clinc150/data_full_train_val.json").read_text(encoding="utf-8"))
    other = [(text, "off_topic") for part in ("oos_train", "oos_val") for text, _ in parts[part]]
    lines = (DATA / "intents-fr-travail/requetes_suggestions.jsonl").read_text(encoding="utf-8").splitlines()
    searches = [json.loads(line) for line in lines]
    sought = sum(each["poids"] for each in searches)
    weights = [1 / len(other)] * len(other) + [each["poids"] / sought for each in searches]
    return replace(guichet(seed), outside=other + [(each["requete"], "") for each in searches], often=weights)


def public(splits: Callable[[], Iterator[tuple[Rows, Rows, list[str]]]]) -> Callable[[int], Task]:
    """A public set: its training part is the traffic, its test part measures."""

    def task(seed: int) -> Task:
        train, test, _ = next(iter(splits()))
        return Task(list(dict.fromkeys(train)), test[:1500], 10, 600)

    return task


TASKS: dict[str, tuple[str, Callable[[int], Task]]] = {
    "guichet": ("", guichet),
    "guichet-open": ("clinc150", guichet_open),
    "banking77": ("banking77", public(banking77)),
    "clinc150": ("clinc150", public(clinc150)),
    "hwu64": ("hwu64", public(hwu64)),
}


@dataclass(frozen=True)
class Waiting:
    """What may be labelled: the messages, how many people wrote each, what the model says; what was labelled already.

    Attributes:
        taught: what the model has learnt from.
        aside: what was labelled as nothing to be learnt from.
    """

    texts: list[str]
    people: Counter[str]
    probabilities: np.ndarray
    intents: list[str]
    taught: Rows
    aside: list[str]


Choose = Callable[[Waiting, np.random.Generator], list[int]]


def at_random(waiting: Waiting, random: np.random.Generator) -> list[int]:
    """Label any of the messages seen."""
    return random.permutation(len(waiting.texts))[:BATCH].tolist()


def by_uncertainty(waiting: Waiting, random: np.random.Generator) -> list[int]:
    """Label what the model hesitated about most."""
    return np.argsort([-uncertainty(row) for row in waiting.probabilities], kind="stable")[:BATCH].tolist()


def ours(waiting: Waiting, random: np.random.Generator) -> list[int]:
    """Label what our inbox proposes."""
    useless = set_aside(waiting.texts, waiting.aside, [text for text, _ in waiting.taught])
    candidates = [
        Candidate(
            text,
            uncertainty(row) * (1 - chance),
            waiting.people[text],
            dict(zip(waiting.intents, row.tolist(), strict=True)),
        )
        for text, row, chance in zip(waiting.texts, waiting.probabilities, useless, strict=True)
    ]
    return order(candidates, BATCH, Counter(intent for _, intent in waiting.taught))


CHOICES: dict[str, Choose] = {"random": at_random, "uncertainty": by_uncertainty, "ours": ours}


def traffic(task: Task, rows: Rows, random: np.random.Generator) -> Iterator[Rows]:
    """Yield what arrives in each round: intents by Zipf's law in a drawn order, their messages with repetition.

    With what is outside the counter, that takes the place of some of them.
    """
    by_intent: dict[str, Rows] = {}
    for row in rows:
        by_intent.setdefault(row[1], []).append(row)
    names = random.permutation(sorted(by_intent))
    share = 1 / np.arange(1, len(names) + 1)
    # Within an intent as well a few wordings are said by many.
    liked = {name: 1 / np.arange(1, len(by_intent[name]) + 1) ** 0.5 for name in names}
    for _ in range(task.rounds):
        outside = random.binomial(task.arriving, OUTSIDE) if task.outside else 0
        drawn = random.choice(names, task.arriving - outside, p=share / share.sum())
        arrived = [
            by_intent[name][random.choice(len(by_intent[name]), p=liked[name] / liked[name].sum())] for name in drawn
        ]
        if outside:
            often = np.array(task.often)
            strange = random.choice(len(often), outside, p=often / often.sum())
            arrived = [([*arrived, *(task.outside[i] for i in strange)])[i] for i in random.permutation(task.arriving)]
        yield arrived


def simulate(task: Task, choose: Choose, seed: int, learner: Any = IntentClassifier) -> list[float]:
    """Return the accuracy at the start and after each hundred labels."""
    random = np.random.default_rng(seed)
    rows = [task.pool[i] for i in random.permutation(len(task.pool))]
    count: Counter[str] = Counter()
    labelled, rest = [], []
    for row in rows:
        count[row[1]] += 1
        (labelled if count[row[1]] <= START else rest).append(row)
    intent_of = dict(task.outside) | dict(rest)
    people: Counter[str] = Counter()
    waiting: dict[str, None] = {}
    classifier = _fit(labelled, learner)
    accuracies = [_accuracy(classifier, task.test)]
    arriving = traffic(task, rest, np.random.default_rng(seed))
    done: set[str] = set()
    aside: list[str] = []
    for arrived in arriving:
        people.update(text for text, _ in arrived)
        waiting |= {text: None for text, _ in arrived if text not in done}
        texts = list(waiting)
        seen = Waiting(texts, people, classifier.probabilities(texts), classifier.intents, labelled, aside)
        chosen = [texts[i] for i in choose(seen, random)]
        labelled += [(text, intent_of[text]) for text in chosen if intent_of[text]]
        aside += [text for text in chosen if not intent_of[text]]
        done.update(chosen)
        waiting = {text: None for text in waiting if text not in done}
        classifier = _fit(labelled, learner)
        accuracies.append(_accuracy(classifier, task.test))
    return accuracies


class Linear:
    """The half of the classifier that learns in a moment: the linear learners, over the same terms."""

    def __init__(self, intents: list[str], featuriser: Featuriser, weights: Any, bias: Any) -> None:
        self.intents = intents
        self._featuriser, self._weights, self._bias = featuriser, weights, bias

    @classmethod
    def fit(cls, texts: list[str], intents: list[str]) -> "Linear":
        """Train like `IntentClassifier.fit`."""
        names, y = np.unique(intents, return_inverse=True)
        known = [normalise(text) for text in texts]
        featuriser = Featuriser.fit(known)
        weights, bias = linear(featuriser.transform(known), y, len(names), 0)
        return cls(names.tolist(), featuriser, weights, bias)

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """Return how likely each intent is for each message."""
        claims = self._featuriser.transform([normalise(text) for text in texts]) @ self._weights + self._bias
        return softmax(np.asarray(claims, dtype=np.float64), axis=1)


def _fit(rows: Rows, learner: Any) -> Any:
    return learner.fit([text for text, _ in rows], [intent for _, intent in rows])


def _accuracy(classifier: Any, test: Rows) -> float:
    best = classifier.probabilities([text for text, _ in test]).argmax(axis=1)
    return float(np.mean([classifier.intents[i] == intent for i, (_, intent) in zip(best, test, strict=True)]))


def labels_to_reach(accuracies: list[float], wanted: float) -> float:
    """Return after how many labels an accuracy was reached, in a straight line between rounds; infinite if never."""
    for i, (before, after) in enumerate(pairwise(accuracies)):
        if after >= wanted:
            return BATCH * (i + (wanted - before) / (after - before)) if wanted > before else BATCH * i
    return float("inf")


def _arriving(task: Task, messages: int | None) -> Task:
    return replace(task, arriving=messages) if messages else task


def main() -> None:
    """Simulate, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["guichet", "banking77", "clinc150", "hwu64"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--linear", action="store_true")
    parser.add_argument("--arriving", type=int, help="messages a round in the place of the set's own number")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--save", type=Path, help="write the curves as JSON")
    options = parser.parse_args()
    learner = Linear if options.linear else IntentClassifier
    print(
        "| set | way | accuracy at the start | in the middle | at the end | labels to reach the end of random | a run |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    curves: dict[str, dict[str, list[float]]] = {}
    for name in options.names:
        folder, make = TASKS[name]
        seeds = range(options.first, options.first + options.seeds)
        if not (DATA / folder).is_dir():
            print(f"| {name} | not found in {DATA} |")
            continue
        curves[name], curves_of = {}, {}
        for way, choose in CHOICES.items():
            runs = [simulate(_arriving(make(seed), options.arriving), choose, seed, learner) for seed in seeds]
            curves_of[way] = runs
            mean = curves[name][way] = np.mean(runs, axis=0).tolist()
            needed = labels_to_reach(mean, curves[name]["random"][-1])
            each = [labels_to_reach(run, random[-1]) for run, random in zip(runs, curves_of["random"], strict=True)]
            print(
                f"| {name} | {way} | {mean[0]:.3f} | {mean[len(mean) // 2]:.3f} | {mean[-1]:.3f} | {needed:.0f} "
                f"of {BATCH * (len(mean) - 1)} | {min(each):.0f} to {max(each):.0f} |",
                flush=True,
            )
    if options.save:
        options.save.write_text(json.dumps(curves))
    if options.plot:
        draw(curves, options.plot)


def draw(curves: dict[str, dict[str, list[float]]], path: Path) -> None:
    """Draw accuracy against labels, a panel for each set."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, len(curves), figsize=(4 * len(curves), 3.6), squeeze=False)
    styles = {"random": ("#767676", ":"), "uncertainty": ("#b34000", "--"), "ours": ("#000091", "-")}
    for panel, (name, ways) in zip(panels[0], curves.items(), strict=True):
        for way, values in ways.items():
            colour, dash = styles[way]
            panel.plot([BATCH * i for i in range(len(values))], values, color=colour, linestyle=dash, label=way)
        panel.set(title=name, xlabel="labels", ylabel="accuracy")
        panel.grid(alpha=0.3)
    panels[0][0].legend()
    figure.suptitle("Accuracy against labels")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
