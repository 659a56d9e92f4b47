"""Which question comes next, whatever is answered, changed and gone back to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.load import Catalogue
from bot.catalogue.model import RequestField, RequestForm
from bot.requests.model import CONFIRM, State, asked, kept, next_field, previous_field, step_of
from tests.requests.made_up import field_of, form_of

FORM = form_of(
    field_of("text", id="name"),
    field_of("boolean", id="married"),
    field_of("text", id="spouse", only_if={"married": True}),
    field_of("choice", id="parent", only_if={"married": False}),
    field_of("email", id="email", only_if={"parent": ["father", "mother"]}),
    field_of("long_text", id="notes", required=False),
)
HOUSEHOLD = form_of(
    field_of("number", id="children"),
    field_of("text", id="names", only_if={"children": {"min": 1}}),
    field_of("choices", id="parents"),
    field_of("phone", id="guardian_phone", only_if={"parents": "legal-guardian"}),
)
SINGLE = {"name": "Anne", "married": False, "parent": "father", "email": "a@exemple.fr", "notes": None}


def _names(fields: list[RequestField]) -> list[str]:
    return [field.id for field in fields]


def test_questions_that_depend_on_nothing_known_are_not_asked_yet() -> None:
    assert _names(asked(FORM, {})) == ["name", "married", "notes"]


def test_an_answer_opens_the_questions_that_depend_on_it() -> None:
    assert _names(asked(FORM, {"married": True})) == ["name", "married", "spouse", "notes"]
    assert _names(asked(FORM, {"married": False})) == ["name", "married", "parent", "notes"]
    assert _names(asked(FORM, {"married": False, "parent": "mother"})) == [
        "name",
        "married",
        "parent",
        "email",
        "notes",
    ]
    assert _names(asked(FORM, {"married": False, "parent": "legal-guardian"})) == ["name", "married", "parent", "notes"]


def test_a_question_that_depends_on_one_no_longer_asked_is_not_asked() -> None:
    assert _names(asked(FORM, SINGLE | {"married": True})) == ["name", "married", "spouse", "notes"]


@pytest.mark.parametrize(("children", "asks"), [(0, False), (1, True), (3, True), (None, False)])
def test_a_question_may_wait_for_a_number(children: int | None, asks: bool) -> None:
    assert ("names" in _names(asked(HOUSEHOLD, {"children": children}))) is asks


@pytest.mark.parametrize(("parents", "asks"), [(["father"], False), (["father", "legal-guardian"], True), ([], False)])
def test_a_question_may_wait_for_one_of_several_choices(parents: list[str], asks: bool) -> None:
    assert ("guardian_phone" in _names(asked(HOUSEHOLD, {"parents": parents}))) is asks


def test_what_is_no_longer_asked_is_forgotten_down_to_the_last() -> None:
    assert kept(FORM, SINGLE | {"married": True}) == {"name": "Anne", "married": True, "notes": None}


def test_an_answer_that_is_no_field_is_forgotten() -> None:
    assert kept(FORM, {"name": "Anne", "colour": "red"}) == {"name": "Anne"}


def test_the_next_question_is_the_first_without_an_answer() -> None:
    assert next_field(FORM, {}) == FORM.fields[0]
    assert next_field(FORM, {"married": True}) == FORM.fields[0]
    assert next_field(FORM, {"name": "Anne", "married": True}) == FORM.fields[2]
    assert next_field(FORM, SINGLE) is None


def test_a_question_that_was_passed_is_not_asked_again() -> None:
    assert next_field(FORM, {name: value for name, value in SINGLE.items() if name != "notes"}) == FORM.fields[5]
    assert next_field(FORM, SINGLE | {"notes": None}) is None


@pytest.mark.parametrize(
    ("current", "earlier"),
    [
        ("name", None),
        ("married", "name"),
        ("parent", "married"),
        ("notes", "email"),
        (CONFIRM, "notes"),
        (None, "notes"),
    ],
)
def test_back_leads_to_the_question_asked_before(current: str | None, earlier: str | None) -> None:
    found = previous_field(FORM, SINGLE, current)
    assert (found.id if found else None) == earlier


def test_steps_are_as_many_from_the_first_question_to_the_last_and_none_is_jumped_over() -> None:
    places = [step_of(FORM, name) for name in ("name", "married", "spouse", "parent", "email", "notes", CONFIRM)]
    # A question that depends on an answer belongs to the step of the question before it.
    assert places == [(1, 3), (2, 3), (2, 3), (2, 3), (2, 3), (3, 3), (3, 3)]


def test_a_state_is_final_when_nothing_more_is_to_come() -> None:
    assert {state for state in State if not state.is_final} == {
        State.DRAFT, State.FILED, State.TO_COMPLETE, State.EXAMINED,
    }  # fmt: skip


@given(data=st.data())
def test_whatever_is_answered_and_gone_back_to_the_summary_is_whole(data: st.DataObject) -> None:
    _walk(FORM, data)


@given(data=st.data())
def test_so_it_is_for_every_request_of_the_catalogue(catalogue: Catalogue, data: st.DataObject) -> None:
    service = data.draw(st.sampled_from(catalogue.submittable))
    assert service.request is not None
    _walk(service.request, data)


def _walk(form: RequestForm, data: st.DataObject) -> None:
    """Fill a form in, then go back, pass and change answers as citizens do, and look at the summary after each."""
    answers = _filled(form, {}, data)
    for _ in range(data.draw(st.integers(0, 4))):
        changed = data.draw(st.sampled_from(asked(form, answers)))
        if data.draw(st.booleans()):
            changed = previous_field(form, answers, changed.id) or changed
        answers = kept(form, answers | {changed.id: data.draw(_value(changed))})
        assert set(answers) <= set(_names(asked(form, answers)))
        answers = _filled(form, answers, data)
        shown = asked(form, answers)
        assert set(answers) == set(_names(shown))
        assert [field.id for field in shown if field.required and answers[field.id] is None] == []


def _filled(form: RequestForm, answers: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    """Answer what is asked, as far as the citizen goes on without stopping."""
    names, place, total = [field.id for field in form.fields], 0, step_of(form, CONFIRM)[1]
    last = -1
    while (current := next_field(form, answers)) is not None:
        assert names.index(current.id) > last  # one question after the other, never the same twice
        last = names.index(current.id)
        step, steps = step_of(form, current.id)
        assert steps == total
        assert step >= place
        place = step
        answers = kept(form, answers | {current.id: data.draw(_value(current))})
    return answers


def _value(field: RequestField) -> st.SearchStrategy[Any]:
    if field.choices:
        value: st.SearchStrategy[Any] = st.sampled_from([choice.value for choice in field.choices])
        if field.type == "choices":
            value = st.lists(value, min_size=1, unique=True)
    elif field.type in ("number", "money"):
        value = st.integers(0, 5)
    elif field.type == "boolean":
        value = st.booleans()
    else:
        value = st.just("x")
    return value if field.required else st.none() | value
