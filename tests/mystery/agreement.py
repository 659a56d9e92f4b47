"""How far two readers agree: `python -m tests.mystery.agreement FIRST SECOND`, each a file of marks (see `sheet.py`).

For each mark: the share of equal marks, and Cohen's kappa with linear weights (Cohen, 1968), which forgives 1 for 2
more than 0 for 2. Kappa says nothing (-) when both readers give everything one and the same mark.
"""

import json
import sys
from math import isnan
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

MARKS = ("understood", "answered", "usable", "tone")
VALUES = (0, 1, 2)


def read_marks(path: Path) -> dict[str, dict[str, int]]:
    """Return the marks of a reader by conversation.

    Raises:
        ValueError: a line lacks a mark, or one is not 0, 1 or 2; the message names it.
    """
    marks = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        wrong = [mark for mark in MARKS if row.get(mark) not in VALUES]
        if wrong:
            raise ValueError(f"{path.name}, {row.get('id')}: {', '.join(wrong)} must be 0, 1 or 2.")
        marks[row["id"]] = {mark: int(row[mark]) for mark in MARKS}
    return marks


def agreement(first: dict[str, dict[str, int]], second: dict[str, dict[str, int]]) -> dict[str, tuple[float, float]]:
    """Return, for each mark and for all together, the share of equal marks and the weighted kappa.

    Raises:
        ValueError: the readers did not read the same conversations.
    """
    if apart := set(first) ^ set(second):
        raise ValueError(f"Only one reader marked: {', '.join(sorted(apart))}.")
    pairs = {mark: [(first[name][mark], second[name][mark]) for name in sorted(first)] for mark in MARKS}
    pairs["all four"] = [pair for each in pairs.values() for pair in each]
    return {mark: (sum(a == b for a, b in each) / len(each), _kappa(each)) for mark, each in pairs.items()}


def _kappa(pairs: list[tuple[int, int]]) -> float:
    if len({value for pair in pairs for value in pair}) < 2:
        return float("nan")
    ours, theirs = zip(*pairs, strict=True)
    return float(cohen_kappa_score(ours, theirs, labels=list(VALUES), weights="linear"))


def main() -> None:
    """Read two files and print the table."""
    if len(sys.argv) != 3:
        sys.exit("Give the two files of marks: python -m tests.mystery.agreement FIRST SECOND")
    first, second = (read_marks(Path(name)) for name in sys.argv[1:])
    lines = [f"{len(first)} conversations  equal  kappa  means"]
    for mark, (equal, kappa) in agreement(first, second).items():
        means = [_mean(marks, mark) for marks in (first, second)]
        shown = "   -" if isnan(kappa) else f"{kappa:5.2f}"
        lines.append(f"  {mark:<16} {equal:.2f}  {shown}  {means[0]:.2f} {means[1]:.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


def _mean(marks: dict[str, dict[str, int]], mark: str) -> float:
    values = [value for row in marks.values() for name, value in row.items() if mark in (name, "all four")]
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
