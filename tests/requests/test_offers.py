"""What is known already is offered: an own answer, the case told before, one's own details of another request."""

from datetime import date

from bot.requests.offers import Offer, offer_for
from tests.requests.made_up import field_of, form_of

TODAY = date(2026, 11, 22)
EMAIL = field_of("email", id="email", autocomplete="email")
CHILD = field_of("text", id="child_name")
EARLIER = form_of(CHILD, EMAIL)
GIVEN = {"child_name": "Zoé", "email": "jean@exemple.fr"}


def test_ones_own_details_are_carried_over_from_another_request() -> None:
    contact = field_of("email", id="contact", autocomplete="email")
    assert offer_for(contact, {}, {}, [(EARLIER, GIVEN)], TODAY) == Offer("jean@exemple.fr", "earlier")


def test_the_newest_request_goes_first() -> None:
    newer = (EARLIER, {"email": "nouveau@exemple.fr"})
    assert offer_for(EMAIL, {}, {}, [newer, (EARLIER, GIVEN)], TODAY) == Offer("nouveau@exemple.fr", "earlier")


def test_what_is_about_somebody_else_is_never_carried_over() -> None:
    assert offer_for(CHILD, {}, {}, [(EARLIER, GIVEN)], TODAY) is None


def test_what_was_passed_or_is_of_another_kind_is_not_offered() -> None:
    assert offer_for(EMAIL, {}, {}, [(EARLIER, {"email": None})], TODAY) is None
    assert offer_for(field_of("text", id="name", autocomplete="email"), {}, {}, [(EARLIER, GIVEN)], TODAY) is None


def test_what_does_not_fit_the_new_question_is_not_offered() -> None:
    anywhere = form_of(field_of("address", id="home", place="any", autocomplete="street-address"))
    here = field_of("address", id="address", autocomplete="street-address")
    abroad = (anywhere, {"home": "10 Downing Street, London"})
    near = (anywhere, {"home": "12 rue des Lilas, 35000 Rennes"})
    assert offer_for(here, {}, {}, [abroad], TODAY) is None
    assert offer_for(here, {}, {}, [abroad, near], TODAY) == Offer("12 rue des Lilas, 35000 Rennes", "earlier")


def test_the_case_told_in_the_conversation_is_offered() -> None:
    parent = field_of("choice", id="parent", situation="who")
    assert offer_for(parent, {}, {"who": "mother"}, [], TODAY) == Offer("mother", "said")
    assert offer_for(parent, {}, {"who": "neighbour"}, [], TODAY) is None
    assert offer_for(field_of("choice", id="parent"), {}, {"who": "mother"}, [], TODAY) is None


def test_an_answer_of_this_request_comes_before_all() -> None:
    answers = {"email": "present@exemple.fr"}
    assert offer_for(EMAIL, answers, {}, [(EARLIER, GIVEN)], TODAY) == Offer("present@exemple.fr", "present")


def test_a_file_is_never_offered() -> None:
    assert offer_for(field_of("file"), {"field": [{"id": "1", "name": "a.pdf"}]}, {}, [], TODAY) is None
