"""Files of training data: what is written is read again, by Rasa too; what is broken is said with its place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Failed, InvalidInput
from bot.learning.nlu_file import Utterance, difference, nlu_text, read_nlu, write_nlu

ROOT = Path(__file__).parents[2]
PRICE = Utterance("ask_price", "passport", "fr", "combien le passeport")
DELAY = Utterance("ask_delay", "", "en", "how long: does it take? #soon")
WORDS = st.text("aé'[](){}:#-\\\"|&* 9", min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)


def test_the_order_of_a_file_does_not_depend_on_the_order_of_the_examples() -> None:
    assert nlu_text([PRICE, DELAY]) == nlu_text([DELAY, PRICE, PRICE])


def test_what_is_written_is_read_again_with_service_and_language(tmp_path: Path) -> None:
    path = tmp_path / "data" / "learned.yml"
    assert write_nlu([PRICE, DELAY], path)
    assert sorted(read_nlu(path)) == sorted([PRICE, DELAY])
    assert not write_nlu([DELAY, PRICE], path), "nothing changed: nothing is written"
    assert write_nlu([], path)
    assert read_nlu(path) == []


@given(st.lists(WORDS, max_size=5))
def test_signs_that_mean_something_to_yaml_or_to_rasa_are_only_text(texts: list[str]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "learned.yml"
        write_nlu([Utterance("ask_price", "", "fr", text) for text in texts], path)
        read = [each.text for each in read_nlu(path)]
    changed = {text.replace("\\", "/").replace("](", "] (").replace("]{", "] {") for text in texts}
    assert {text.strip() for text in changed} == set(read)


def test_rasa_reads_the_file_as_we_do(tmp_path: Path) -> None:
    from bot.engine.train import prepare_rasa

    prepare_rasa()
    from rasa.shared.nlu.training_data.loading import load_data

    path = tmp_path / "learned.yml"
    masked = Utterance("ask_price", "", "fr", 'appelez le [téléphone](svp), "c\'est" #urgent: merci')
    write_nlu([PRICE, DELAY, masked], path)
    examples = load_data(str(path)).intent_examples
    assert {(each.get("intent"), each.get("text")) for each in examples} == {
        (each.intent, each.text) for each in read_nlu(path)
    }
    assert not any(each.get("entities") for each in examples)


def test_our_own_training_data_are_read_whole() -> None:
    from bot.engine.project import examples_by_intent

    ours = examples_by_intent(ROOT)
    read = [each for path in sorted((ROOT / "data" / "nlu").glob("*.yml")) for each in read_nlu(path)]
    assert len(read) == sum(map(len, ours.values()))


def test_marks_of_entities_and_examples_with_metadata_are_read_as_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "other.yml"
    path.write_text(
        "nlu:\n- intent: ask_price\n  examples:\n  - text: |\n      le [passeport](service)\n    metadata: {a: 1}\n"
        '- synonym: x\n  examples: |\n    - y\n- intent: greet\n  examples: |\n    - [salut]{"entity": "x"} toi\n'
    )
    assert [(each.intent, each.text) for each in read_nlu(path)] == [
        ("ask_price", "le passeport"),
        ("greet", "salut toi"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nlu:\n- intent: [", "line 3"),
        ("hello", 'no list "nlu"'),
        ("nlu: 3", 'no list "nlu"'),
        ("nlu:\n- text", "block 1"),
        ("nlu:\n- intent: greet\n- intent: x\n  examples: |\n    - y", "block 1"),
        ("nlu:\n- intent: greet\n  examples: 3", "block 1"),
        ("nlu:\n- intent: 3\n  examples: |\n    - y", "block 1"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_place(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(content)
    with pytest.raises(InvalidInput, match=said) as caught:
        read_nlu(path)
    assert "broken.yml" in caught.value.message


def test_what_is_no_text_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_nlu(path)
    with pytest.raises(InvalidInput):
        read_nlu(tmp_path / "missing.yml")


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "learned.yml"
    write_nlu([PRICE], path)

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(Failed, match="No space left on device"):
        write_nlu([PRICE, DELAY], path)
    assert read_nlu(path) == [PRICE]
    assert [each.name for each in tmp_path.iterdir()] == ["learned.yml"]


def test_the_difference_says_what_came_what_went_and_what_means_something_else() -> None:
    other = Utterance("ask_delay", "", "fr", PRICE.text)
    gone, come = Utterance("greet", "", "fr", "salut"), Utterance("thank", "", "fr", "merci bien")
    assert difference([PRICE, gone], [other, come]) == [
        "~ combien le passeport: ask_price (passport) → ask_delay",
        "+ merci bien: thank",
        "- salut: greet",
    ]
    assert difference([PRICE, gone], [gone, PRICE]) == []
