"""When people answer: the line of settings, and the days without any."""

from datetime import datetime

import pytest

from bot.conversations.handoff_talk import contact_within, usable_contact
from bot.conversations.hours import read_hours
from bot.errors import Misconfigured

LINE = "mon-thu 09:00-12:00 13:30-17:00 fri 09:00-12:00"


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T08:30:00+00:00", True),  # a Monday, 9.30 in Paris
        ("2026-11-23T07:59:00+00:00", False),
        ("2026-11-23T11:00:00+00:00", False),  # noon in Paris: closed from that minute on
        ("2026-11-23T12:30:00+00:00", True),
        ("2026-07-20T07:00:00+00:00", True),  # in summer, 7 o'clock UTC is 9 in Paris
        ("2026-11-27T13:00:00+00:00", False),  # a Friday afternoon
        ("2026-11-28T09:00:00+00:00", False),
        ("2026-12-24T09:00:00+00:00", False),  # a Thursday on which nobody answers
    ],
)
def test_hours_are_those_of_the_office(at: str, is_open: bool) -> None:
    assert read_hours(LINE, "2026-12-24", "Europe/Paris").open_at(datetime.fromisoformat(at)) is is_open


def test_without_a_line_people_answer_at_any_time_but_on_closed_days() -> None:
    hours = read_hours("", "2026-12-25", "Europe/Paris")
    assert hours.open_at(datetime.fromisoformat("2026-11-28T03:00:00+00:00"))
    assert not hours.open_at(datetime.fromisoformat("2026-12-25T10:00:00+00:00"))


@pytest.mark.parametrize("line", ["mon", "09:00-12:00", "mon 12:00-09:00", "mon-", "lundi 09:00-12:00", "mon 9h-12h"])
def test_a_line_that_cannot_be_read_is_refused_by_its_name(line: str) -> None:
    with pytest.raises(Misconfigured, match="GUICHET_PERSON_HOURS"):
        read_hours(line, "", "Europe/Paris")


def test_a_day_that_is_none_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(Misconfigured, match="GUICHET_PERSON_CLOSED"):
        read_hours("", "25/12/2026", "Europe/Paris")
    with pytest.raises(Misconfigured, match="GUICHET_TIMEZONE"):
        read_hours("", "", "Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("lea@exemple.fr", "lea@exemple.fr"),
        ("écrivez-moi à lea@exemple.fr.", "lea@exemple.fr"),
        ("06 12 34 56 78", "+33 6 12 34 56 78"),
        ("+32 2 555 12 12", "+32 2 555 12 12"),
        ("au bureau", None),
        ("lea@", None),
        ("12", None),
        ("", None),
    ],
)
def test_an_address_to_answer_at_is_an_e_mail_or_a_phone_number(text: str, contact: str | None) -> None:
    assert usable_contact(text) == contact


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Rappelez-moi au 06 12 34 56 78 pour mon acte de mariage.", "+33 6 12 34 56 78"),
        ("Bonjour, Anne Martin, anne@exemple.fr, pour la taxe", "anne@exemple.fr"),
        ("Je voudrais un rendez-vous le 12 mars 2027", None),
    ],
)
def test_what_is_given_in_the_message_is_not_asked_for_again(text: str, contact: str | None) -> None:
    assert contact_within(text) == contact
