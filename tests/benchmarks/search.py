"""How well and how fast the search finds the official fiches: real e-mails, the searches of 2021, time, memory.

Run `python -m tests.benchmarks.search`. The data is no part of the project; without it, it says so.
"""

import csv
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.catalogue.fiches import Report, import_fiches
from bot.catalogue.search import FOLDER, GOOD_STRENGTH, Search, open_search
from bot.settings import Settings
from bot.words import fold

from . import measure

ROOT = Path(__file__).parents[2]
MANY = 3000
LEVELS = ("theme", "sous_theme", "dossier", "sous_dossier")
FLOOR = {
    "TF-IDF on titles": (0.213, 0.411, 0.674),
    "PIAF, first run": (None, 0.296, None),
    "second": (None, 0.485, None),
}
IDLE = (
    "recette de la tarte aux pommes|quel temps fera-t-il demain|raconte moi une blague|qui a gagné le match hier soir|"
    "mon ordinateur ne démarre plus|meilleur restaurant de sushi|les paroles d'une chanson|combien pèse un éléphant|"
    "comment planter des tomates|quel film regarder ce soir|horoscope du lion|la distance de la terre à la lune"
).split("|")
"""What no public service answers."""


@dataclass
class Fiche:
    """A fiche of the tree of 2020, with the texts that are there."""

    id: str
    title: str
    places: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reached:
    """Shares of the e-mails whose right fiche is first, in the first five, and whose right dossier is."""

    fiche_first: float
    fiche_in_five: float
    dossier_in_five: float
    emails: int
    milliseconds: list[float]


def main() -> None:
    """Measure and print."""
    data = Path(os.environ.get("GUICHET_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not data.is_dir():
        sys.exit(f"no shared data at {data}; GUICHET_SHARED_DATA says where they are")
    console = Console()
    tree = read_tree(data)
    with tempfile.TemporaryDirectory() as temporary:
        before = measure.rss_mb(os.getpid())
        search, report = build_index(data, tree, Path(temporary))
        memory = measure.rss_mb(os.getpid()) - before
        reached = share_of_emails(search, emails(data), tree)
        table = Table("161 real e-mails", "fiche first", "fiche in five", "dossier in five")
        for name, figures in FLOOR.items():
            table.add_row(name, *(f"{figure:.3f}" if figure else "" for figure in figures))
        table.add_row(
            f"Guichet ({reached.emails})",
            *(f"{share:.3f}" for share in (reached.fiche_first, reached.fiche_in_five, reached.dossier_in_five)),
        )
        console.print(table)
        _other_questions(console, data, search, tree)
        console.print(f"{report.fiches} fiches imported in {report.seconds:.1f} s; the index takes {memory:.0f} MB")
        _print_times(console, "a search over them", reached.milliseconds)
    _many(console, emails(data), tree)


def read_tree(data: Path) -> dict[str, Fiche]:
    """Return the fiches of the tree by identifier."""
    folder = data / "fiches-service-public"
    fiches: dict[str, Fiche] = {}

    def walk(node: dict[str, Any], above: dict[str, str]) -> None:
        for child in node["data"] or []:
            if child["type"] != "fiche":
                walk(child, {**above, child["type"]: child["name"]})
                continue
            fiche = fiches.setdefault(child["id"], Fiche(child["id"], child["name"]))
            for level, name in above.items():
                if name not in fiche.places[level]:
                    fiche.places[level].append(name)

    walk(json.loads((folder / "arborescence_particuliers_2020.json").read_text(encoding="utf-8")), {})
    texts: dict[str, list[str]] = {}
    for row in json.loads((folder / "fiches_2021_plus_consultees.json").read_text(encoding="utf-8"))["data"]:
        texts[row["id"]] = [row["paragraphs"][0]["context"]]
    for row in json.loads((folder / "fiches_questions_reponses_2020.json").read_text(encoding="utf-8")):
        texts.setdefault(row["id"], []).append(row["texte"])
    for row in _lines(folder / "fiches_par_cas_2020.jsonl"):
        texts.setdefault(row["id"], []).append(row["texte"])
    for fiche in fiches.values():
        fiche.texts = texts.get(fiche.id, [])
    return fiches


def build_index(data: Path, tree: dict[str, Fiche], folder: Path) -> tuple[Search, Report]:
    """Import the tree through the public way in, JSON lines, and open the search with our own catalogue."""
    source = folder / "fiches.jsonl"
    with source.open("w", encoding="utf-8") as stream:
        for fiche in tree.values():
            row = {"id": fiche.id, "title": fiche.title, "text": "\n".join(fiche.texts), "date": ""}
            row |= {level: fiche.places[level] for level in LEVELS[1:]} | {"theme": fiche.places["theme"][0]}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    report = import_fiches(source, folder / FOLDER)
    return open_search(Settings(data_dir=folder, catalogue_dir=ROOT / "data")), report


def emails(data: Path) -> list[dict[str, Any]]:
    """Return the e-mails, each with its right fiches and dossiers."""
    return _lines(data / "questions-usagers" / "questions_usagers_dev.jsonl")


def share_of_emails(search: Search, rows: list[dict[str, Any]], tree: dict[str, Fiche]) -> Reached:
    """Search each e-mail; those whose right fiche is not in the tree, or that have no dossier, do not count for it."""
    first, five, dossier, times = [], [], [], []
    for row in rows:
        started = time.perf_counter()
        found = [result.id for result in search.search(row["question"], 5)]
        times.append((time.perf_counter() - started) * 1000)
        if set(row["fiches"]) & tree.keys():
            first.append(bool(found) and found[0] in row["fiches"])
            five.append(bool(set(found) & set(row["fiches"])))
        if row["dossiers"]:
            right = {fold(name) for name in row["dossiers"]}
            dossier.append(any(fold(name) in right for i in found if i in tree for name in tree[i].places["dossier"]))
    return Reached(_share(first), _share(five), _share(dossier), len(first), times)


def _other_questions(console: Console, data: Path, search: Search, tree: dict[str, Fiche]) -> None:
    folder = data / "questions-usagers"
    searches = json.loads((folder / "recherche_service_public_93.json").read_text(encoding="utf-8"))
    answered, theirs, same = 0, 0, []
    for row in searches:
        found = search.search(row["query"], 5)
        answered += bool(found) and found[0].strength >= GOOD_STRENGTH
        theirs += bool(row.get("top5B"))
        if row.get("top5B"):
            right = {link.rsplit("/", 1)[1] for link in row["top5"]} & tree.keys()
            same.append(bool(right & {result.id for result in found}))
    console.print(
        f"{len(searches)} searches of 2021: {answered} with a result that the assistant believes. The site's own "
        f"search was right in five for {theirs}; of these, {sum(same)} share one of its links."
    )
    with (folder / "questions_autocomplete.csv").open(encoding="utf-8") as stream:
        questions = [row["Question"] for row in csv.DictReader(stream)]
    believed = sum(any(r.strength >= GOOD_STRENGTH for r in search.search(text, 5)) for text in questions)
    idle = sum(any(r.strength >= GOOD_STRENGTH for r in search.search(text, 5)) for text in IDLE)
    console.print(
        f"{len(questions)} questions on online services: {believed} with a believed result (their right answers, R*, "
        f"are not in the tree). {len(IDLE)} idle questions: {idle} with a believed result."
    )


def _many(console: Console, rows: list[dict[str, Any]], tree: dict[str, Fiche]) -> None:
    """Time 3,000 fiches that all have a text: those without one borrow it."""
    texts = [fiche.texts for fiche in tree.values() if fiche.texts]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = folder / "many.jsonl"
        with source.open("w", encoding="utf-8") as stream:
            for number in range(MANY):
                fiche = list(tree.values())[number % len(tree)]
                text = "\n".join(fiche.texts or texts[number % len(texts)])
                row = {"id": f"F{number}", "title": fiche.title, "text": text, "dossier": fiche.places["dossier"]}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        report = import_fiches(source, folder / FOLDER)
        again = import_fiches(source, folder / FOLDER)
        before, started = measure.rss_mb(os.getpid()), time.perf_counter()
        search = open_search(Settings(data_dir=folder, catalogue_dir=ROOT / "data"))
        opened = time.perf_counter() - started
        size = source.stat().st_size / measure.MB
        console.print(
            f"{MANY} fiches with a text ({size:.0f} MB): imported in {report.seconds:.1f} s, again without change in "
            f"{again.seconds:.1f} s, opened in {opened:.1f} s, "
            f"{measure.rss_mb(os.getpid()) - before:.0f} MB more memory"
        )
        times = []
        for row in rows:
            started = time.perf_counter()
            search.search(row["question"], 5)
            times.append((time.perf_counter() - started) * 1000)
        _print_times(console, f"a search over {MANY}", times)


def _print_times(console: Console, name: str, times: list[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1]
    console.print(f"{name}: median {statistics.median(times):.1f} ms, 95th percentile {p95:.1f} ms")


def _share(values: list[bool]) -> float:
    return sum(values) / len(values)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
