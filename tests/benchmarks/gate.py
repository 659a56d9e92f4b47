"""How often the gate refuses a model that is as good, and lets one pass that is worse.

    python -m tests.benchmarks.gate [--models N] [--draws N]

Champions and challengers are classifiers (support vectors alone, as in `learning --linear`) fitted on draws of the
product's training data and measured on draws of the frozen set. Pairs that are as good: two independent draws of nine
tenths of the data; a champion, and the same with one more tenth. Pairs whose challenger is worse: a quarter or half of
the examples of one intent are called another one; half of all data is gone. Each pair is measured on several draws of
the frozen set, which costs little beside its training. For several limits and intervals it prints
the share that the two rules on F1 refuse; only these two depend on chance.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import numpy as np

from bot.engine.project import examples_by_intent
from bot.learning.comparison import Answer, Comparison, Measures
from bot.learning.evaluation import losses
from bot.learning.evaluation_set import Case, read_evaluation_set
from bot.learning.gate import Limits, intent_loses, mean_loses

from .intents import Rows
from .learning import ROOT, Linear

INTERVALS = {"90 %": (5.0, 95.0), "98 %": (1.0, 99.0), "99.6 %": (0.2, 99.8)}
INTENT, MEAN = (0.05, 0.10, 0.15), (0.01, 0.02)
NO_FIGURES = Measures(0, 0, {}, 0, 0)
Pair = tuple[str, Linear, Linear]


def fit(rows: Rows) -> Linear:
    """Return a classifier."""
    return Linear.fit([text for text, _ in rows], [intent for _, intent in rows])


def pairs(rows: Rows, models: int, random: np.random.Generator) -> Iterator[Pair]:
    """Yield pairs of what they are, a champion and a challenger."""
    intents = sorted({intent for _, intent in rows})
    drawn = [random.permutation(len(rows)) for _ in range(models)]
    most = len(rows) * 9 // 10
    champions = [fit([rows[i] for i in order[:most]]) for order in drawn]
    for one, (champion, order) in enumerate(zip(champions, drawn, strict=True)):
        yield "as good: another draw", champion, champions[one - 1]
        yield "as good: more examples", champion, fit(rows)
        yield "worse: half of the data", champion, fit([rows[i] for i in order[: most // 2]])
        victim, other = random.choice(intents, 2, replace=False)
        for name, share in (("a quarter", 0.25), ("half", 0.5)):
            spoilt = [
                (text, str(other) if intent == victim and random.random() < share else intent)
                for text, intent in (rows[i] for i in order[:most])
            ]
            yield f"worse: {name} of an intent called something else", champion, fit(spoilt)


def answers(classifier: Linear, texts: list[str]) -> list[Answer]:
    """Return what a classifier says."""
    rows = classifier.probabilities(texts)
    return [Answer(classifier.intents[row.argmax()], float(row.max()), None) for row in rows]


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--draws", type=int, default=5, help="of the frozen set, for each pair")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    random = np.random.default_rng(options.seed)
    rows = [(text, intent) for intent, texts in examples_by_intent(ROOT).items() for text in dict.fromkeys(texts)]
    frozen: list[Case] = list(read_evaluation_set(ROOT / "tests/understanding").frozen)
    refused: dict[str, dict[tuple[str, float, float], list[bool]]] = defaultdict(lambda: defaultdict(list))
    for kind, champion, challenger in pairs(rows, options.models, random):
        before, after = (answers(model, [case.text for case in frozen]) for model in (champion, challenger))
        for _ in range(options.draws):
            drawn = random.integers(0, len(frozen), len(frozen))
            cases, old, new = ([each[i] for i in drawn] for each in (frozen, before, after))
            for name, interval in INTERVALS.items():
                compared = Comparison(NO_FIGURES, NO_FIGURES, *losses(cases, old, new, interval))
                for one, all_of_them in product(INTENT, MEAN):
                    limits = Limits(intent_loss=one, mean_loss=all_of_them)
                    said = intent_loses(compared, limits) or mean_loses(compared, limits)
                    refused[kind][name, one, all_of_them].append(bool(said))
    columns = list(product(INTERVALS, INTENT, MEAN))
    print("| interval | an intent | the mean | " + " | ".join(refused) + " |")
    print("| --- | --- | --- |" + " --- |" * len(refused))
    for column in columns:
        shares = " | ".join(f"{np.mean(each[column]):.0%}" for each in refused.values())
        print(f"| {column[0]} | {column[1]:.2f} | {column[2]:.2f} | {shares} |")
    print(f"{options.models} pairs of each kind, {options.draws} draws of the frozen set for each")


if __name__ == "__main__":
    main()
