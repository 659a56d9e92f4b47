"""How well the linker finds the service of a message: the frozen set, and real e-mails when the shared data is there.

Run `python -m tests.benchmarks.linker`. Nothing here trains on the frozen set.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.console import Console
from rich.table import Table

from bot.catalogue.load import Catalogue, load_catalogue
from bot.understanding.linker import Links, ServiceLinker

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "tests" / "understanding" / "frozen.jsonl"
ACCEPTED = 0.5
"""The confidence from which a service is believed, the default of the component `Services`."""
ABOUT_A_SERVICE = frozenset(f"ask_{facet}" for facet in "what who documents price delay where how".split())
"""Intents that always speak of a thing: without a service of ours, of a foreign one."""


@dataclass(frozen=True)
class Report:
    """What was measured on labelled messages.

    Attributes:
        right: share of messages with a service whose first service is right, by kind of difficulty (`all` too).
        believed: share of them whose first service is right and believed.
        false_alarms: share of messages without a service for which one is believed.
        calibration_error: expected calibration error of the first confidence, ten bins.
        foreign_recall, foreign_precision: over the questions of `ABOUT_A_SERVICE`, those without a service being
            foreign.
        milliseconds: a message.
    """

    right: dict[str, float]
    believed: float
    false_alarms: float
    calibration_error: float
    foreign_recall: float
    foreign_precision: float
    milliseconds: float


def shared_data() -> Path:
    """Return the folder of the real data, which may not be there."""
    return Path(os.environ.get("GUICHET_SHARED_DATA", ROOT.parent / "shared" / "data"))


def examples() -> list[str]:
    """Return the training utterances, without their labels."""
    return list(_examples(ROOT / "data" / "nlu"))


def _examples(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines():
                yield line.strip().removeprefix("- ")


def frozen() -> list[dict[str, Any]]:
    """Return the frozen messages."""
    return [json.loads(line) for line in FROZEN.read_text(encoding="utf-8").splitlines()]


def emails(catalogue: Catalogue) -> list[tuple[str, set[str]]]:
    """Return the real e-mails whose right fiche is one of a service's, each with these services."""
    owners = defaultdict(set)
    for service in catalogue.services.values():
        for fiche in service.fiches:
            owners[fiche].add(service.id)
    path = shared_data() / "questions-usagers" / "questions_usagers_dev.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    labelled = [(row["question"], set().union(*(owners[fiche] for fiche in row["fiches"]))) for row in rows]
    return [(text, services) for text, services in labelled if services]


def measure(linker: ServiceLinker, rows: list[dict[str, Any]]) -> Report:
    """Return how a linker does on labelled messages (`text`, `service`, `intent`, `hard`)."""
    begun = time.perf_counter()
    links = [linker.link(row["text"]) for row in rows]
    elapsed = time.perf_counter() - begun
    pairs = list(zip(rows, links, strict=True))
    named = [(row, link) for row, link in pairs if row["service"]]
    unnamed = [link for row, link in pairs if not row["service"]]
    kinds = defaultdict(list)
    for row, link in named:
        for kind in ("all", row["hard"] or "plain"):
            kinds[kind].append(_is_right(row, link))
    asked = [(row["service"] is None, link.foreign) for row, link in pairs if row["intent"] in ABOUT_A_SERVICE]
    caught = sum(foreign and said for foreign, said in asked)
    return Report(
        right={kind: float(np.mean(values)) for kind, values in sorted(kinds.items())},
        believed=float(np.mean([_is_right(row, link) and link.ranking[0][1] >= ACCEPTED for row, link in named])),
        false_alarms=float(np.mean([link.ranking[0][1] >= ACCEPTED for link in unnamed])),
        calibration_error=calibration_error(
            np.array([link.ranking[0][1] for _, link in pairs]), np.array([_is_right(row, link) for row, link in pairs])
        ),
        foreign_recall=caught / max(1, sum(foreign for foreign, _ in asked)),
        foreign_precision=caught / max(1, sum(said for _, said in asked)),
        milliseconds=1000 * elapsed / len(rows),
    )


def _is_right(row: dict[str, Any], link: Links) -> bool:
    return link.ranking[0][0] == row["service"]


def calibration_error(confidences: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy in ten equal bins."""
    bins = np.minimum((confidences * 10).astype(int), 9)
    gaps = [abs(confidences[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def main() -> None:
    """Train on the catalogue and print the figures."""
    console = Console()
    catalogue = load_catalogue(ROOT / "data")
    begun = time.perf_counter()
    linker = ServiceLinker.fit(catalogue, examples())
    console.print(f"{len(catalogue.services)} services, trained in {time.perf_counter() - begun:.1f} s")
    report = measure(linker, frozen())
    table = Table("frozen set", "")
    for kind, share in report.right.items():
        table.add_row(f"right service, {kind}", f"{share:.3f}")
    for name in ("believed", "false_alarms", "calibration_error", "foreign_recall", "foreign_precision"):
        table.add_row(name.replace("_", " "), f"{getattr(report, name):.3f}")
    table.add_row("ms a message", f"{report.milliseconds:.2f}")
    console.print(table)
    if shared_data().is_dir():
        real = emails(catalogue)
        right = [linker.link(text).ranking[0][0] in services for text, services in real]
        console.print(f"real e-mails: {sum(right)} of {len(right)} right")


if __name__ == "__main__":
    main()
