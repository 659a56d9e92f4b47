"""Which reading of a message is answered: a reference wants news, and a question goes before the greeting around it."""

import pytest

from bot.understanding.choice import Ranking, chosen


def intent(text: str, whole: Ranking, *clauses: Ranking) -> str:
    return chosen(text, whole, clauses, threshold=0.4, plainly=0.6)[0][0]


@pytest.mark.parametrize("guessed", ["complain", "off_topic", "not_helpful", "insult"])
def test_who_gives_a_reference_wants_news_of_it(guessed: str) -> None:
    assert intent("toujours rien pour GU-7K3M-9QXD !", [(guessed, 0.9)]) == "track_request"
    assert intent("toujours rien !", [(guessed, 0.9)]) == guessed


@pytest.mark.parametrize("guessed", ["resume_request", "talk_to_person", "distress"])
def test_what_knows_what_to_do_with_a_reference_keeps_it(guessed: str) -> None:
    assert intent("ma demande GU-7K3M-9QXD", [(guessed, 0.9)]) == guessed
    assert intent("ma demande GU-7K3M-9QXD", [(guessed, 0.3)]) == "track_request"


def test_a_question_goes_before_the_greeting_that_it_comes_with() -> None:
    greeting, asking, hardly = [("greet", 0.8)], [("ask_where", 0.9)], [("ask_where", 0.3)]
    assert intent("bonjour, où aller ?", greeting, greeting, asking) == "ask_where"
    assert intent("bonjour, je suis là", greeting, greeting, hardly) == "greet"
    assert intent("bonjour", greeting) == "greet"


def test_a_question_goes_before_what_is_told_with_it() -> None:
    told, when = [("inform", 0.8)], [("ask_delay", 0.7)]
    assert intent("mon titre finit en mai, quand le renouveler ?", told, told, when) == "ask_delay"
    assert intent("mon titre finit en mai", told) == "inform"


def test_a_doubtful_question_yields_to_the_part_that_plainly_asks() -> None:
    where = [("ask_where", 0.9)]
    assert intent("une histoire, où aller ?", [("ask_how", 0.5)], [("inform", 0.9)], where) == "ask_where"
    assert intent("une histoire, où aller ?", [("ask_how", 0.7)], [("inform", 0.9)], where) == "ask_how"
    assert intent("une histoire, où aller ?", [("distress", 0.5)], [("inform", 0.9)], where) == "distress"


def test_a_question_about_a_service_goes_before_one_about_the_assistant() -> None:
    assistant, price = [("ask_bot", 0.9)], [("ask_price", 0.8)]
    assert intent("can you answer in English? How much is it?", assistant, assistant, price) == "ask_price"
    assert intent("can you answer in English?", assistant) == "ask_bot"


def test_when_the_whole_is_not_believed_the_surest_clause_is() -> None:
    assert intent("a et b", [("ask_price", 0.3)], [("ask_price", 0.7)], [("ask_delay", 0.8)]) == "ask_delay"


def test_what_is_asked_instead_of_what_is_refused_is_answered() -> None:
    def said(whole: str, refused: str, asked: str, sure: float) -> str:
        torn = [[(refused, 0.9)], [(asked, sure)]]
        return chosen("pas le prix, le délai", [(whole, 0.9)], [], torn, threshold=0.4, plainly=0.6)[0][0]

    assert said("ask_price", "ask_price", "ask_delay", 0.8) == "ask_delay"
    assert said("ask_price", "ask_price", "ask_delay", 0.5) == "ask_price", "what is asked instead is not plain"
    assert said("ask_where", "ask_price", "ask_delay", 0.8) == "ask_where", "it was not read as what is refused"
    assert said("distress", "distress", "ask_delay", 0.8) == "distress", "a cry for help is never set aside"


def test_of_several_questions_the_first_is_answered() -> None:
    price, delay, hardly = [("ask_price", 0.7)], [("ask_delay", 0.9)], [("ask_where", 0.5)]
    assert intent("quel prix et quel délai", delay, price, delay) == "ask_price"
    assert intent("quel prix et quel délai", [("complain", 0.8)], price, delay) == "complain"
    assert intent("où et quel délai", delay, hardly, delay) == "ask_delay"
