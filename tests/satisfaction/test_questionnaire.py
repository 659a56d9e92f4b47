"""Which questions follow a face: few, in one order, each with answers that say something or nothing."""

from collections import Counter

from bot.conversations.model import Moment
from bot.satisfaction.questionnaire import QUALITIES, after, find, questions

ASKED = questions("request-1", Moment.USE)


def walk(**answers: str) -> list[str]:
    """Answer the questions and return which ones were asked."""
    seen = []
    question = ASKED[0]
    while question is not None:
        seen.append(question.id)
        choice = question.choice(answers.get(question.id, question.choices[0].key))
        assert choice is not None
        question = after(ASKED, question.id, choice)  # type: ignore[assignment]
    return seen


def test_the_questions_come_in_the_order_of_the_official_ones_and_one_quality_last() -> None:
    assert walk(help="found") == ["clarity", "help", "reached", "resolved", "ease", ASKED[-1].id]


def test_who_needed_no_help_is_not_asked_whether_they_reached_the_office() -> None:
    assert walk(help="no") == ["clarity", "help", "resolved", "ease", ASKED[-1].id]


def test_the_quality_is_always_the_same_for_a_person_and_each_is_asked_of_a_sixth() -> None:
    assert questions("request-1", Moment.USE) == ASKED
    asked = Counter(questions(f"conversation-{n}", Moment.USE)[-1].id for n in range(1200))
    assert set(asked) == {quality.id for quality in QUALITIES}
    assert all(140 < count < 260 for count in asked.values())


def test_whether_the_need_is_met_is_no_matter_of_the_face() -> None:
    resolved = find(ASKED, "resolved")
    assert resolved is not None
    assert [dict(choice.says) for choice in resolved.choices] == [{"resolved": 1}, {"resolved": 0}]


def test_not_tried_says_nothing() -> None:
    reached = find(ASKED, "reached")
    assert reached is not None
    choice = reached.choice("not_tried")
    assert choice is not None
    assert not choice.says


def test_every_text_is_short_enough_for_a_button() -> None:
    for question in (*ASKED, *QUALITIES):
        for choice in question.choices:
            assert max(len(choice.label.fr), len(choice.label.en)) <= 24
