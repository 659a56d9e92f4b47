"""What people really type: taken with its value, or refused with the name of what is wrong."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.model import FieldType
from bot.requests.fields import InvalidAnswer, read_answer, show_answer
from bot.requests.fields_shown import is_deduced
from tests.conftest import ROOT
from tests.requests.field_answers import ACCEPTED, DATES_ACCEPTED, DATES_REFUSED, REFUSED, TODAY
from tests.requests.made_up import field_of


def _cases(table: dict[str, list[tuple[str, Any]]]) -> list[Any]:
    rows = [(kind, *row) for kind, rows in table.items() for row in rows]
    return [pytest.param(*row, id=f"{row[0]}-{row[1][:40]}") for row in rows]


@pytest.mark.parametrize(("kind", "text", "value"), _cases(ACCEPTED))
def test_an_answer_that_fits_is_taken(kind: str, text: str, value: Any) -> None:
    read = read_answer(field_of(kind), text, TODAY)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("kind", "text", "code"), _cases(REFUSED))
def test_an_answer_that_does_not_fit_is_refused_with_its_reason(kind: str, text: str, code: str) -> None:
    assert _refusal(kind, text) == code


@pytest.mark.parametrize(("text", "side", "value"), DATES_ACCEPTED)
def test_a_date_is_read_as_people_write_it(text: str, side: str, value: str) -> None:
    assert read_answer(field_of("date", when_date=side), text, TODAY) == value


@pytest.mark.parametrize(("text", "side", "code"), DATES_REFUSED)
def test_a_date_that_cannot_be_is_refused_with_its_reason(text: str, side: str, code: str) -> None:
    assert _refusal("date", text, when_date=side) == code


@pytest.mark.parametrize("kind", list(FieldType))
@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\x00\x07", "\u200b", "\ud800"])
def test_nothing_is_no_answer(kind: FieldType, text: str) -> None:
    assert _refusal(kind, text) == "empty"


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind is not FieldType.LONG_TEXT])
@pytest.mark.parametrize("text", ["😀", "👩‍👧‍👦❤️🎉", "🇫🇷"])
def test_a_drawing_is_no_answer(kind: FieldType, text: str) -> None:
    assert _refusal(kind, text) is not None


@pytest.mark.parametrize("kind", list(FieldType))
@pytest.mark.parametrize("text", ["x" * 10_000, "9" * 10_000, "1 rue x " * 1250, "é" * 10_000, "oui " * 2500])
def test_ten_thousand_characters_are_no_answer(kind: FieldType, text: str) -> None:
    assert _refusal(kind, text) is not None


def test_bounds_of_a_number_are_those_of_the_field() -> None:
    assert read_answer(field_of("number", min=1, max=20), "20", TODAY) == 20
    with pytest.raises(InvalidAnswer) as caught:
        read_answer(field_of("number", min=1, max=20), "21", TODAY)
    assert (caught.value.code, caught.value.values) == ("number_range", {"minimum": "1", "maximum": "20"})


def test_bounds_of_a_text_are_those_of_the_field() -> None:
    assert _refusal("text", "ab", min=3) == "too_short"
    assert _refusal("text", "abcdef", max=5) == "too_long"
    assert read_answer(field_of("text", min=3, max=5), "abcd", TODAY) == "abcd"


def test_the_reason_carries_what_its_explanation_shows() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        read_answer(field_of("date", when_date="past"), "3 mars 2045", TODAY)
    assert caught.value.values == {"date": "03/03/2045"}


@pytest.mark.parametrize(
    ("kind", "value", "french", "english"),
    [
        ("text", "Anne", "Anne", "Anne"),
        ("text", None, "—", "—"),
        ("boolean", True, "Oui", "Yes"),
        ("boolean", False, "Non", "No"),
        ("date", "1985-04-03", "03/04/1985", "03/04/1985"),
        ("choice", "legal-guardian", "Tuteur ou tutrice", "Legal guardian"),
        ("choices", ["father", "mother"], "Père, Mère", "Father, Mother"),
        ("period", ["2027-03-03", "2027-03-10"], "du 03/03/2027 au 10/03/2027", "from 03/03/2027 to 10/03/2027"),
        ("file", [{"name": "trou.jpg"}, {"name": "rue.jpg"}], "trou.jpg, rue.jpg", "trou.jpg, rue.jpg"),
        ("phone", "+33612345678", "06 12 34 56 78", "06 12 34 56 78"),
        ("phone", "+32470123456", "+32 470 12 34 56", "+32 470 12 34 56"),
        ("money", 7.5, "7,50 €", "€7.50"),
        ("number", 3, "3", "3"),
        ("number", 12.5, "12,5", "12.5"),
        ("number", 1234567.5, "1234567,5", "1234567.5"),
    ],
)
def test_a_summary_shows_an_answer_as_people_write_it(kind: str, value: Any, french: str, english: str) -> None:
    field = field_of(kind)
    assert (show_answer(field, value, "fr"), show_answer(field, value, "en")) == (french, english)


PERIODS_ACCEPTED = [
    ("2027-03-03 / 2027-04-05", "2027-03-03", "2027-04-05"),
    ("du 3 au 10 mars 2027", "2027-03-03", "2027-03-10"),
    ("du 28 décembre au 3 janvier", "2026-12-28", "2027-01-03"),
    ("du lundi 1er au vendredi 5 mars 2027", "2027-03-01", "2027-03-05"),
    ("entre le 3 et le 10 mars", "2027-03-03", "2027-03-10"),
    ("from 3 to 10 March 2027", "2027-03-03", "2027-03-10"),
    ("03/03/2027 - 05/04/2027", "2027-03-03", "2027-04-05"),
    ("03/03/2027-05/04/2027", "2027-03-03", "2027-04-05"),
    ("en août", "2027-08-01", "2027-08-31"),
    ("février 2028", "2028-02-01", "2028-02-29"),
    ("2 semaines à partir du 3 mars 2027", "2027-03-03", "2027-03-16"),
    ("la semaine prochaine", "2026-11-23", "2026-11-29"),
    ("next week", "2026-11-23", "2026-11-29"),
    ("de demain à vendredi", "2026-11-23", "2026-11-27"),
]


@pytest.mark.parametrize(("text", "first", "last"), PERIODS_ACCEPTED)
def test_a_period_is_read_as_people_write_it(text: str, first: str, last: str) -> None:
    assert read_answer(field_of("period", when_date="future"), text, TODAY) == [first, last]


def test_a_period_lies_on_the_side_of_today_that_the_field_wants() -> None:
    assert _refusal("period", "du 3 au 10 mars 2026", when_date="future") == "date_past"
    assert _refusal("period", "du 3 au 10 mars 2027", when_date="past") == "date_future"


def test_bounds_of_a_date_are_those_of_the_field() -> None:
    bounds = {"earliest": "2027-01-01", "latest": "2027-12-31"}
    assert _refusal("date", "31/12/2026", **bounds) == "date_early"
    assert _refusal("date", "01/01/2028", **bounds) == "date_late"
    assert _refusal("date", "01/01/2027", **bounds) is None


def test_an_age_is_counted_to_the_day() -> None:
    census = {"when_date": "birth", "ages": (16, 25)}
    assert _refusal("date", "23/11/2010", **census) == "date_age"  # 16 tomorrow
    assert _refusal("date", "22/11/2010", **census) is None
    assert _refusal("date", "23/11/2000", **census) is None  # 25 until tomorrow
    assert _refusal("date", "22/11/2000", **census) == "date_age"


def test_a_place_abroad_is_taken_where_the_field_allows_it() -> None:
    for address in ("Flat 3, 10 Downing Street, London", "1600 Pennsylvania Avenue NW, Washington, DC 20500"):
        assert read_answer(field_of("address", place="any"), address, TODAY) == address
    assert _refusal("address", "Flat 3, 10 Downing Street, London") == "address_postcode"
    assert _refusal("address", "12 rue des Lilas", place="any") == "address_postcode"


def test_a_spot_is_what_a_crew_can_find() -> None:
    for spot in ("devant le 12 rue des Lilas", "place de la mairie annexe", "parcelle AB 123"):
        assert read_answer(field_of("address", place="spot"), spot, TODAY) == spot
    assert _refusal("address", "là", place="spot") == "address"


def test_a_title_that_holds_a_comma_is_one_choice() -> None:
    choices = [
        {"value": "appliance", "title": {"fr": "Gros appareil (frigo, lave-linge)", "en": "Appliance"}},
        {"value": "scrap", "title": {"fr": "Ferraille, vélo", "en": "Scrap metal and bicycle"}},
    ]
    field = field_of("choices", choices=choices)
    titles = ("Ferraille, vélo", "Gros appareil (frigo, lave-linge)")
    for text in (" ; ".join(titles), ", ".join(titles)):
        assert read_answer(field, text, TODAY) == ["appliance", "scrap"]
    assert read_answer(field, "Ferraille, vélo", TODAY) == ["scrap"]
    assert read_answer(field, "scrap metal and bicycle", TODAY) == ["scrap"]


@pytest.mark.parametrize(
    ("kind", "text", "value", "deduced"),
    [
        ("date", "03/04/1985", "1985-04-03", False),
        ("date", "1985-04-03", "1985-04-03", False),
        ("date", "demain", "2026-11-23", True),
        ("date", "3 avril 85", "1985-04-03", True),
        ("period", "en août", ["2027-08-01", "2027-08-31"], True),
        ("period", "2027-08-01 / 2027-08-31", ["2027-08-01", "2027-08-31"], False),
        ("commune", "75011", "Paris 11e (75011)", True),
        ("commune", "35000 rennes", "Rennes (35000)", False),
        ("text", "demain", "demain", False),
    ],
)
def test_what_was_worked_out_is_told_from_what_was_typed(kind: str, text: str, value: Any, deduced: bool) -> None:
    assert is_deduced(field_of(kind), value, text) is deduced


@given(kind=st.sampled_from([kind for kind in FieldType if kind is not FieldType.FILE]), text=st.text(max_size=80))
def test_whatever_is_typed_is_taken_or_refused_and_what_is_taken_can_be_shown(kind: FieldType, text: str) -> None:
    field = field_of(kind)
    try:
        value = read_answer(field, text, TODAY)
    except InvalidAnswer:
        return
    assert show_answer(field, value, "fr")
    # What was understood, said again as it is shown, means the same: a citizen may copy the summary.
    if kind not in (FieldType.NUMBER, FieldType.MONEY):
        assert read_answer(field, show_answer(field, value, "fr"), TODAY) == value


@given(kind=st.sampled_from(["number", "money"]), value=st.integers(-10_000, 10_000_000))
def test_a_whole_number_is_read_as_it_is_written(kind: str, value: int) -> None:
    value = abs(value) if kind == "money" else value
    assert read_answer(field_of(kind), str(value), TODAY) == value
    assert read_answer(field_of(kind), f"{value:,}", TODAY) == value
    assert read_answer(field_of(kind), f"{value:,}".replace(",", "\u202f"), TODAY) == value


@given(st.dates(date(1900, 1, 1), TODAY))
def test_a_birthday_is_read_in_every_usual_writing(day: date) -> None:
    field = field_of("date", when_date="past")
    for text in (f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d%m%Y}", day.isoformat(), f"{day:%d %B %Y}"):
        assert read_answer(field, text, TODAY) == day.isoformat()


def test_every_reason_has_its_explanation_in_the_domain() -> None:
    files = [*(ROOT / "bot" / "requests").glob("fields*.py"), ROOT / "actions" / "attach_files.py"]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    reasons = set(re.findall(r'(?:InvalidAnswer\("|utter_invalid_)(\w+)', code)) | {"date_incomplete", "date"}
    assert len(reasons) > 25
    assert {reason for reason in reasons if f"utter_invalid_{reason}:" not in domain} == set()


def _refusal(kind: str, text: str, **values: Any) -> str | None:
    try:
        read_answer(field_of(kind, **values), text, TODAY)
    except InvalidAnswer as refused:
        return refused.code
    return None
