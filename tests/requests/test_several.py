"""Several answers in one message: taken when every piece is one of the next answers, else left whole."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.requests.several import read_several
from tests.requests.made_up import field_of, form_of

TODAY = date(2026, 11, 22)
FORM = form_of(
    field_of("choice", id="relation"),
    field_of("text", id="birth_name"),
    field_of("text", id="given_names"),
    field_of("date", id="birth_date", when_date="birth"),
    field_of("commune", id="birth_commune"),
    field_of("long_text", id="story", required=False),
    field_of("address", id="address"),
    field_of("email", id="email"),
    field_of("phone", id="phone", required=False),
)
BORN = {"birth_name": "Dupont", "given_names": "Jean", "birth_date": "1980-03-03", "birth_commune": "Lyon"}
HOME = {"address": "12 rue des Lilas, 35000 Rennes", "email": "jean@exemple.fr"}
EMAIL, PHONE = {"email": "jean@exemple.fr"}, {"phone": "+33612345678"}


def read(asked: str, text: str) -> dict[str, Any]:
    """Read a message said to a question, everything before it being answered."""
    names = [field.id for field in FORM.fields]
    answers = dict.fromkeys(names[: names.index(asked)], "x")
    field = FORM.field(asked)
    assert field is not None
    return read_several(FORM, answers, field, text, TODAY)


@pytest.mark.parametrize(
    ("asked", "text", "answers"),
    [
        ("birth_name", "Jean Dupont, né le 3 mars 1980 à Lyon, jean@exemple.fr", BORN | EMAIL),
        ("birth_name", "Jean Dupont né le 3 mars 1980 à Lyon", BORN),
        ("birth_name", "DUPONT Jean, 03/03/1980, Lyon", BORN | {"birth_name": "DUPONT"}),
        ("birth_name", "Jean Dupont, born on 3 March 1980 in Lyon", BORN),
        ("birth_name", "Jean Dupont\n03/03/1980\nLyon\njean@exemple.fr", BORN | EMAIL),
        ("birth_name", "Dupont, Jean, né le 3 mars 1980 à Lyon", BORN),
        ("birth_name", "Dupont, né le 3 mars 1980", {"birth_name": "Dupont", "birth_date": "1980-03-03"}),
        ("birth_date", "3 mars 1980 à Lyon", {"birth_date": "1980-03-03", "birth_commune": "Lyon"}),
        ("address", "12 rue des Lilas, 35000 Rennes, jean@exemple.fr", HOME),
        ("address", "jean@exemple.fr ; 12 rue des Lilas, 35000 Rennes", HOME),
        ("email", "jean@exemple.fr et 06 12 34 56 78", EMAIL | PHONE),
        ("email", "jean@exemple.fr, 06.12.34.56.78", EMAIL | PHONE),
        ("relation", "Père, jean@exemple.fr", {"relation": "father"} | EMAIL),
    ],
)
def test_each_answer_finds_its_question(asked: str, text: str, answers: dict[str, Any]) -> None:
    assert read(asked, text) == answers


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("birth_name", "Dupont"),
        ("birth_name", "Jean Dupont"),
        ("birth_name", "Lefèvre d'Ormesson"),
        ("birth_name", "Dupont, Martin"),
        ("birth_name", "Lefèvre, née Martin"),
        ("birth_name", "Jean Dupont, né le 3 mars 1980 et je voudrais savoir le prix"),
        ("birth_name", "Jean Dupont, né le 31 février 1980"),
        ("given_names", "Marie, Anne, Jeanne"),
        ("birth_date", "3 mars 1980"),
        ("birth_date", "03, 03, 1980"),
        ("birth_commune", "Rennes, Ille-et-Vilaine"),
        ("story", "Le 3 mars 1980, à Lyon, j'ai écrit à jean@exemple.fr"),
        ("address", "12 rue des Lilas, 35000 Rennes"),
        ("address", "Résidence du Parc, 12 rue des Lilas, 35000 Rennes"),
        ("email", "jean@exemple.fr, mais je ne la lis pas souvent"),
        ("email", "jean@exemple.fr, paul@exemple.fr"),
    ],
)
def test_what_is_one_answer_or_not_only_answers_is_left_whole(asked: str, text: str) -> None:
    assert read(asked, text) == {}


def test_a_question_whose_condition_is_false_takes_nothing() -> None:
    form = form_of(
        field_of("boolean", id="married"),
        field_of("date", id="wedding", only_if={"married": True}),
        field_of("email", id="email"),
    )
    assert read_several(form, {}, form.fields[0], "non, jean@exemple.fr", TODAY) == {"married": False} | EMAIL
    assert read_several(form, {}, form.fields[0], "non, 03/03/2020, jean@exemple.fr", TODAY) == {}
    yes = read_several(form, {}, form.fields[0], "oui, 03/03/2020, jean@exemple.fr", TODAY)
    assert yes == {"married": True, "wedding": "2020-03-03"} | EMAIL


def test_an_answer_given_before_is_not_overwritten() -> None:
    field = FORM.field("address")
    assert field is not None
    given = dict.fromkeys([each.id for each in FORM.fields[:6]], "x") | EMAIL
    assert read_several(FORM, given, field, "12 rue des Lilas, 35000 Rennes, autre@exemple.fr", TODAY) == {}


@given(st.text(max_size=200), st.sampled_from([field.id for field in FORM.fields]))
def test_any_text_is_read_and_what_is_taken_includes_no_answered_field(text: str, asked: str) -> None:
    found = read(asked, text)
    names = [field.id for field in FORM.fields]
    assert len(found) != 1
    assert not set(found) & set(names[: names.index(asked)])
