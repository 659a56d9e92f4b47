"""The main job on real input: every question of citizens in the shared data, each in a new conversation.

`python -m tests.benchmarks.questions [ADDRESS]` asks a running gateway (http://127.0.0.1:8080 when none is named) the
161 e-mails, the 93 searches and the 46 questions on online services, and prints how they were answered.
"""

import asyncio
import csv
import json
import os
import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from bot.asking import ask_all

ROOT = Path(__file__).resolve().parents[2]
SETS = ("e-mails", "searches", "online services")
KINDS = {
    "unknown": (
        "utter_unknown_service",
        "utter_not_found",
        "utter_still_unclear",
        "utter_not_helpful",
        "utter_off_topic",
    ),
    "choice": (
        "utter_choose_service",
        "utter_perhaps",
        "utter_unclear",
        "utter_unclear_about",
        "utter_which_service",
        "utter_which_request",
    ),
    "request or follow-up": (
        *("utter_request_starts", "utter_not_submittable", "utter_ask_reference", "utter_no_draft"),
        "utter_nothing_open",
    ),
}


def shared_data() -> Path:
    """Return the folder of the shared data: next to the checkout, or where GUICHET_SHARED_DATA says."""
    return Path(os.environ.get("GUICHET_SHARED_DATA") or ROOT.parent / "shared" / "data")


def questions(folder: Path) -> list[tuple[str, str]]:
    """Return every question with the name of its set."""
    of = folder / "questions-usagers"
    emails = [json.loads(line) for line in (of / "questions_usagers_dev.jsonl").read_text("utf-8").splitlines()]
    searches = json.loads((of / "recherche_service_public_93.json").read_text("utf-8"))
    with (of / "questions_autocomplete.csv").open(encoding="utf-8", newline="") as file:
        online = list(csv.DictReader(file))
    return [
        *((SETS[0], row["question"]) for row in emails),
        *((SETS[1], row["query"]) for row in searches),
        *((SETS[2], row["Question"]) for row in online),
    ]


def kind_of(answer: dict[str, Any]) -> str:
    """Return how a question was answered: by a service, by a choice, by "I don't know", or otherwise."""
    if "error" in answer:
        return "failed"
    messages = answer["messages"]
    if any(message.get("sources") for message in messages):
        return "service"
    openings = {message["text"][:25] for message in messages}
    for kind, names in KINDS.items():
        if openings & {text[:25] for name in names for text in _texts()[name]}:
            return kind
    # A question that the catalogue asks back ("perdu ou volé ?") is a choice too.
    return "choice" if any(message["buttons"] for message in messages) else "conversation"


def _texts() -> dict[str, list[str]]:
    if not _responses:
        domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
        _responses.update({name: [each["text"] for each in said] for name, said in domain["responses"].items()})
    return _responses


_responses: dict[str, list[str]] = {}


async def measure(url: str, folder: Path) -> tuple[dict[str, Counter[str]], list[float]]:
    """Ask everything; return how each set was answered, and the milliseconds of each answer."""
    asked = questions(folder)
    answers: list[dict[str, Any]] = []
    await ask_all(url, [text for _, text in asked], answers.append)
    counts: dict[str, Counter[str]] = {name: Counter() for name in SETS}
    for (name, _), answer in zip(asked, answers, strict=True):
        counts[name][kind_of(answer)] += 1
    return counts, [answer["milliseconds"] for answer in answers if "milliseconds" in answer]


def report(counts: dict[str, Counter[str]], times: list[float]) -> str:
    """Return the result as a Markdown table and a line of times."""
    kinds = ("service", "choice", "unknown", "request or follow-up", "conversation", "failed")
    lines = ["| set | n | " + " | ".join(kinds) + " |", "| --- " * (len(kinds) + 2) + "|"]
    for name, count in counts.items():
        lines.append(f"| {name} | {count.total()} | " + " | ".join(str(count[kind]) for kind in kinds) + " |")
    p95 = statistics.quantiles(times, n=20)[-1]
    return "\n".join([*lines, "", f"median {statistics.median(times):.1f} ms, 95th percentile {p95:.1f} ms"])


def main() -> None:
    """Ask a running gateway and print the report."""
    url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
    folder = shared_data()
    if not folder.is_dir():
        sys.exit(f"The shared data are not at {folder}; set GUICHET_SHARED_DATA.")
    print(report(*asyncio.run(measure(url, folder))))


if __name__ == "__main__":
    main()
