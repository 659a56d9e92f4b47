"""Two readers' marks are compared as docs/mystery-rubric.md says."""

from math import isnan
from pathlib import Path

import pytest

from tests.mystery.agreement import MARKS, agreement, read_marks


def marks(*given: int) -> dict[str, dict[str, int]]:
    return {f"visit-{number}": dict.fromkeys(MARKS, value) for number, value in enumerate(given)}


def test_a_mark_that_is_nearly_the_same_counts_more_than_one_that_is_far() -> None:
    near = agreement(marks(0, 1, 2, 2), marks(0, 1, 2, 1))["tone"]
    far = agreement(marks(0, 1, 2, 2), marks(0, 1, 2, 0))["tone"]
    assert near[0] == far[0] == 0.75
    # By hand: they are 1 apart in all where chance would give 14 / 4, and 2 apart where it would give 16 / 4.
    assert near[1] == pytest.approx(1 - 1 / 3.5)
    assert far[1] == pytest.approx(1 - 2 / 4)


def test_readers_who_give_all_the_same_mark_have_no_kappa() -> None:
    equal, kappa = agreement(marks(2, 2), marks(2, 2))["all four"]
    assert equal == 1
    assert isnan(kappa)


def test_a_conversation_that_one_reader_left_out_is_named() -> None:
    with pytest.raises(ValueError, match="visit-2"):
        agreement(marks(1, 1, 1), marks(1, 1))


def test_a_mark_outside_of_the_rubric_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reader.jsonl"
    path.write_text('{"id": "late/in-english", "understood": 3, "answered": 1, "usable": 1, "tone": 1}\n', "utf-8")
    with pytest.raises(ValueError, match="late/in-english: understood"):
        read_marks(path)
