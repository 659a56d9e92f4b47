"""From a facet and a situation to the cases that answer, or to the one question to ask."""

from pathlib import Path

import pytest

from bot.catalogue.answers import SHOWN_WITHOUT_ASKING, answer, settle
from bot.catalogue.load import Catalogue, load_catalogue
from bot.catalogue.model import Facet, Service

AN_ADULT_LOST_IT = {"age": "adult", "reason": "lost"}


@pytest.fixture
def card(folder: Path) -> Service:
    return load_catalogue(folder).service("library-card")


def test_a_facet_that_depends_on_nothing_is_answered_at_once(card: Service) -> None:
    found = answer(card, Facet.WHO, {})
    assert ([case.text["en"] for case in found.cases if case.text], found.ask) == (["Everybody."], None)


def test_a_facet_that_is_not_described_has_no_answer_and_no_question(card: Service) -> None:
    found = answer(card, Facet.APPEAL, {})
    assert (found.cases, found.ask, found.sources) == ([], None, [])


def test_a_known_situation_leaves_one_case(card: Service) -> None:
    found = answer(card, Facet.PRICE, AN_ADULT_LOST_IT)
    assert ([case.amount for case in found.cases], found.ask) == ([10], None)


def test_only_what_the_known_situation_contradicts_is_left_out(card: Service) -> None:
    assert [case.amount for case in answer(card, Facet.PRICE, {"reason": "lost"}).cases] == [0, 10]
    assert [case.amount for case in answer(card, Facet.PRICE, {"age": "teenager"}).cases] == [0]


def test_few_cases_are_shown_together_without_asking(card: Service) -> None:
    found = answer(card, Facet.PRICE, {})
    assert len(found.cases) == SHOWN_WITHOUT_ASKING
    assert found.ask is None


def test_with_too_many_cases_the_situation_that_most_depend_on_is_asked(card: Service) -> None:
    found = answer(card, Facet.DOCUMENTS, {})
    assert len(found.cases) == SHOWN_WITHOUT_ASKING + 1
    assert found.ask == card.situation("age")


def test_what_is_known_is_not_asked_again(card: Service) -> None:
    for situation in ({"age": "adult"}, {"age": "child"}, {"reason": "first"}, AN_ADULT_LOST_IT):
        asked = answer(card, Facet.DOCUMENTS, situation).ask
        assert asked is None or asked.id not in situation


def test_cases_that_are_settled_come_first(card: Service) -> None:
    free, first, lost = card.facets[Facet.PRICE]
    always = card.facets[Facet.WHO][0]
    mixed = card.model_copy(update={"facets": {Facet.PRICE: [free, lost, always, first]}})
    assert answer(mixed, Facet.PRICE, {}).cases == [always, free, lost, first]
    assert answer(mixed, Facet.PRICE, AN_ADULT_LOST_IT).cases == [lost, always]


def test_the_sources_are_those_of_the_cases_each_once(card: Service) -> None:
    assert [source.id for source in answer(card, Facet.PRICE, {}).sources] == ["rules", "losses"]
    assert [source.id for source in answer(card, Facet.PRICE, AN_ADULT_LOST_IT).sources] == ["losses"]


@pytest.mark.parametrize(
    ("age", "value"),
    [(0, "child"), (14, "child"), (15, "teenager"), (17, "teenager"), (18, "adult"), (130, "adult")],
)
def test_an_age_settles_the_situation_of_ages_at_its_bounds(card: Service, age: int, value: str) -> None:
    assert settle(card, [], age) == {"age": value}


def test_an_age_that_nobody_has_settles_nothing(card: Service) -> None:
    assert settle(card, [], 131) == {}
    assert settle(card, [], -1) == {}


def test_words_go_before_the_age(card: Service) -> None:
    assert settle(card, [("age", "adult")], 12) == {"age": "adult"}


def test_words_of_another_service_settle_nothing_here(card: Service) -> None:
    assert settle(card, [("age", "senior"), ("place", "abroad"), ("reason", "lost")], None) == {"reason": "lost"}


def test_a_value_this_service_does_not_have_leaves_the_age_to_settle(card: Service) -> None:
    assert settle(card, [("age", "minor")], 16) == {"age": "teenager"}


def test_the_likeliest_of_two_values_is_taken_and_a_foreign_one_passed_over(card: Service) -> None:
    assert settle(card, [("reason", "lost"), ("reason", "first")], None) == {"reason": "lost"}
    assert settle(card, [("reason", "eaten"), ("reason", "first")], None) == {"reason": "first"}


def test_nothing_said_settles_nothing(card: Service) -> None:
    assert settle(card, [], None) == {}


def test_what_is_settled_is_what_the_answers_take(card: Service) -> None:
    assert [case.amount for case in answer(card, Facet.PRICE, settle(card, [("reason", "first")], 18)).cases] == [7.5]
    assert [case.amount for case in answer(card, Facet.PRICE, settle(card, [("reason", "first")], 17)).cases] == [0]


@pytest.mark.parametrize(
    ("service", "age", "amount"),
    [("passport", 14, 17), ("passport", 15, 42), ("passport", 17, 42), ("passport", 18, 86)],
)
def test_the_price_of_a_passport_changes_at_15_and_at_18(
    catalogue: Catalogue, service: str, age: int, amount: float
) -> None:
    passport = catalogue.service(service)
    found = answer(passport, Facet.PRICE, settle(passport, [], age))
    assert found.cases[0].amount == amount
