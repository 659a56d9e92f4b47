"""What is labelled first: what the model hesitated about, what many said, and one of each kind."""

from hypothesis import given
from hypothesis import strategies as st

from bot.learning.ordering import Candidate, order, uncertainty

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.text(max_size=30),
        st.floats(0, 1),
        st.integers(0, 1000),
        st.dictionaries(st.sampled_from("abc"), st.floats(0, 1)),
    ),
    max_size=25,
)


def test_a_model_that_is_sure_has_nothing_to_learn_and_one_that_hesitates_has_all() -> None:
    assert uncertainty([1.0, 0.0]) == 0
    assert uncertainty([0.1, 0.45, 0.45]) == 1
    assert uncertainty([]) == 1
    assert uncertainty([0.5, 0.3]) < uncertainty([0.5, 0.4])


@given(st.lists(st.floats(0, 1), max_size=6))
def test_uncertainty_is_between_none_and_all_whatever_the_confidences(confidences: list[float]) -> None:
    assert 0 <= uncertainty(confidences) <= 1


def test_the_message_that_was_least_understood_comes_first() -> None:
    assert order([Candidate("bonjour", 0.1), Candidate("ma carte grise", 0.9)]) == [1, 0]


def test_of_two_messages_the_one_that_more_people_wrote_comes_first() -> None:
    assert order([Candidate("bonjour", 0.5), Candidate("ma carte grise", 0.5, people=30)]) == [1, 0]


def test_of_two_messages_the_one_whose_intents_lack_examples_comes_first() -> None:
    examples = {"greet": 100, "ask_price": 4}
    rare, common = {"ask_price": 0.9, "greet": 0.1}, {"greet": 1.0}
    asked = [Candidate("bonjour", 0.5, 1, common), Candidate("ma carte grise", 0.5, 1, rare), Candidate("zut", 0.5)]
    assert order(asked, examples=examples) == [2, 1, 0], "what means nothing that is known lacks examples most"


def test_a_list_does_not_ask_for_one_rare_intent_only() -> None:
    said = ("ma carte grise", "un passeport", "le bac jaune", "une crèche")
    rare = [Candidate(text, 0.5, 1, {"ask_price": 1.0}) for text in said]
    common = Candidate("bonjour", 0.5, 1, {"greet": 1.0})
    assert order([*rare, common], examples={"ask_price": 1, "greet": 3})[:4] == [0, 1, 2, 4]


def test_a_near_duplicate_waits_until_something_else_was_proposed() -> None:
    candidates = [
        Candidate("combien coûte un passeport", 0.9),
        Candidate("combien coute un passeport ?", 0.9),
        Candidate("le bac jaune n'est pas passé", 0.5),
    ]
    assert order(candidates) == [0, 2, 1]


@given(CANDIDATES)
def test_every_candidate_is_proposed_once(candidates: list[Candidate]) -> None:
    assert sorted(order(candidates)) == list(range(len(candidates)))


@given(CANDIDATES, st.integers(0, 30))
def test_a_short_list_is_the_beginning_of_the_long_one(candidates: list[Candidate], most: int) -> None:
    assert order(candidates, most) == order(candidates)[:most]
