"""What the trained model understands of sentences that it was never trained on, asked as `guichet parse` does."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sklearn.metrics import f1_score

HERE = Path(__file__).parent

Rows = list[dict[str, Any]]


def read(name: str) -> Rows:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def parse_all(archive: Path, texts: list[str]) -> Rows:
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    environment = os.environ | {"GUICHET_MODELS_DIR": str(archive.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "parse", "--batch"],
        # The project that the model was trained in: spaCy's pipeline is there, beside config.yml.
        cwd=archive.parents[1],
        env=environment,
        input=lines,
        text=True,
        capture_output=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def frozen() -> Rows:
    return read("frozen.jsonl")


@pytest.fixture(scope="module")
def understood(archive: Path, frozen: Rows) -> Rows:
    return parse_all(archive, [row["text"] for row in frozen])


def first(answer: dict[str, Any]) -> str:
    return answer["ranking"][0]["name"]


def test_the_frozen_set_is_large_and_hard_enough(frozen: Rows) -> None:
    assert len(frozen) >= 600
    assert sum(row["hard"] is not None for row in frozen) >= len(frozen) / 3


def test_what_people_want_is_understood(frozen: Rows, understood: Rows) -> None:
    wanted = [row["intent"] for row in frozen]
    assert f1_score(wanted, [first(answer) for answer in understood], average="macro") >= 0.92


def test_the_service_that_is_meant_comes_first(frozen: Rows, understood: Rows) -> None:
    meant = [
        (row["service"], answer["services"][0]["id"])
        for row, answer in zip(frozen, understood, strict=True)
        if row["service"]
    ]
    assert sum(wanted == found for wanted, found in meant) / len(meant) >= 0.95


def test_no_service_is_believed_where_none_is_meant(frozen: Rows, understood: Rows) -> None:
    believed = [answer["service"] for row, answer in zip(frozen, understood, strict=True) if row["service"] is None]
    assert sum(service is not None for service in believed) / len(believed) <= 0.05


@pytest.mark.parametrize("about", ["intent", "service"])
def test_confidence_is_what_it_says(about: str, frozen: Rows, understood: Rows) -> None:
    pairs = []
    for row, answer in zip(frozen, understood, strict=True):
        if about == "intent":
            pairs.append((answer["ranking"][0]["confidence"], first(answer) == row["intent"]))
        else:
            # Where no service is meant, the first of the ranking is wrong, and should be as little sure as that.
            best = answer["services"][0]
            pairs.append((best["confidence"], best["id"] == row["service"]))
    assert expected_calibration_error(pairs) < 0.05


def expected_calibration_error(pairs: list[tuple[float, bool]]) -> float:
    """The mean distance between confidence and accuracy over ten equal intervals, weighted by their size."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        bins[min(9, int(confidence * 10))].append((confidence, right))
    distances = (abs(sum(c for c, _ in each) - sum(r for _, r in each)) for each in bins.values())
    return sum(distances) / len(pairs)


def test_the_language_is_recognised(frozen: Rows, understood: Rows) -> None:
    long_enough = [
        (r["language"], a["language"]) for r, a in zip(frozen, understood, strict=True) if len(r["text"].split()) > 4
    ]
    assert sum(wanted == found for wanted, found in long_enough) / len(long_enough) >= 0.97


@pytest.fixture(scope="module")
def checklist(archive: Path) -> list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    rows = read("checklist.jsonl")
    answers = parse_all(archive, [row[side] for row in rows for side in ("base", "variant")])
    return list(zip(rows, answers[::2], answers[1::2], strict=True))


def meaning(answer: dict[str, Any]) -> tuple[str, str | None]:
    return first(answer), (answer["service"] or {}).get("id")


def test_a_change_of_form_rarely_changes_the_answer(checklist: list[Any]) -> None:
    same = [meaning(base) == meaning(variant) for row, base, variant in checklist if row["same"]]
    assert sum(same) / len(same) >= 0.9


def test_a_negation_and_another_question_mostly_change_the_answer(checklist: list[Any]) -> None:
    # 28 of 34 when this was written; docs/understanding.md says which do not. It must not get worse.
    changed = [meaning(base) != meaning(variant) for row, base, variant in checklist if not row["same"]]
    assert sum(changed) / len(changed) >= 0.8


ODD = ("", " ", "/", "////restart", "x" * 10_000, "🙂🙂🙂", "你好，护照", "\x00\x07 \x1b", "\u202e\u2066")


def test_odd_input_gets_a_sane_answer(archive: Path) -> None:
    answers = parse_all(archive, list(ODD))
    assert [answer["text"] for answer in answers] == list(ODD)
    for answer in answers:
        assert sum(each["confidence"] for each in answer["ranking"]) <= 1.0001
        assert answer["service"] is None


def test_dates_and_references_are_shown_with_the_entities(archive: Path) -> None:
    (answer,) = parse_all(archive, ["où en est gu 7k3m 9qxo, envoyée le 03/03/26 ?"])
    told = [{"entity": "reference", "value": "GU-7K3M-9QXQ"}, {"entity": "date", "value": "2026-03-03"}]
    assert [each for each in answer["entities"] if each in told] == told
