import json

import pytest

from bot.errors import InvalidInput, Unprocessable
from bot.understanding.evaluation import evaluate, read_rows

TRAIN = [
    {"text": text, "intent": intent}
    for intent, texts in {
        "greet": ["bonjour", "bonsoir", "salut", "bonjour madame", "coucou"],
        "ask_price": ["combien ça coûte", "quel est le prix", "le tarif", "est-ce payant", "quel prix"],
    }.items()
    for text in texts
]
INSIDE = [{"text": "bonjour monsieur", "intent": "greet"}, {"text": "le prix svp", "intent": "ask_price"}]
OUTSIDE = [{"text": "zxqv wkjh", "intent": None}, {"text": "pfgt", "intent": None}]


def write(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_rows_are_read_and_every_name_of_out_of_scope_is_none(tmp_path):
    names = ["greet", None, "oos", "out_of_scope"]
    path = write(tmp_path / "r.jsonl", *(json.dumps({"text": "é", "intent": name}) for name in names), "")
    assert [row["intent"] for row in read_rows(path)] == ["greet", None, None, None]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "3",
        '{"text": "a"}',
        '{"intent": "a"}',
        '{"text": 1, "intent": "a"}',
        '{"text": "a", "intent": 1}',
        '{"text": "a", "intent": ""}',
    ],
)
def test_a_bad_line_is_refused_with_its_file_and_number(tmp_path, line):
    path = write(tmp_path / "bad.jsonl", '{"text": "a", "intent": "b"}', line)
    with pytest.raises(InvalidInput, match=r"bad\.jsonl, line 2"):
        read_rows(path)


def test_a_file_that_is_missing_empty_or_not_text_is_refused(tmp_path):
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "\xe9", "intent": "a"}')
    for path in (tmp_path / "none.jsonl", write(tmp_path / "empty.jsonl", ""), tmp_path / "latin.jsonl"):
        with pytest.raises(InvalidInput, match=path.name):
            read_rows(path)


def test_the_report_has_the_figures_of_the_contract():
    report = evaluate(TRAIN, INSIDE)
    keys = {"accuracy", "macro_f1", "train_seconds", "ms_per_message", "n_train", "n_test", "out_of_scope"}
    assert set(report) == keys
    assert (report["accuracy"], report["macro_f1"], report["n_train"], report["n_test"]) == (1, 1, 10, 2)
    assert report["out_of_scope"] is None


def test_rows_out_of_scope_are_judged_apart():
    report = evaluate([*TRAIN, *OUTSIDE], [*INSIDE, *OUTSIDE])
    assert report["accuracy"] == 1
    assert report["n_test"] == 4
    assert report["out_of_scope"]["n"] == 2
    assert report["out_of_scope"]["auroc"] == 1
    assert report["out_of_scope"]["fpr_at_95_recall"] == 0
    assert report["out_of_scope"]["accuracy_with_out_of_scope"] == 1


def test_an_intent_never_seen_in_training_counts_as_an_error():
    report = evaluate(TRAIN, [*INSIDE, {"text": "au revoir", "intent": "goodbye"}])
    assert report["accuracy"] == pytest.approx(2 / 3)
    assert report["macro_f1"] < 1


@pytest.mark.parametrize(("train", "test"), [([], INSIDE), (OUTSIDE, INSIDE), (TRAIN, OUTSIDE)])
def test_without_a_row_in_scope_there_is_nothing_to_measure(train, test):
    with pytest.raises(Unprocessable):
        evaluate(train, test)
