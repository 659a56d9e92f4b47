"""What the acknowledgement says: what the law owes, in plain words, and nothing that is not known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.catalogue.load import Catalogue
from bot.catalogue.model import Service
from bot.catalogue.silence import Silence
from bot.requests.model import Request, State
from bot.requests.receipt import make_receipt, silence_line
from bot.requests.receipt_pdf import receipt_pdf

FILED_AT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # in France it is already the 23rd


def _request(language: str = "fr", service: str = "birth-certificate") -> Request:
    due = FILED_AT + timedelta(days=10)
    return Request("r1", "GU-7K3M-9QXD", service, State.FILED, language, "c1", {}, FILED_AT, FILED_AT, due)


def _with_silence(service: Service, **rule: object) -> Service:
    assert service.request is not None
    silence = Silence.model_validate({"law": "Code des exemples, article R1", **rule})
    return service.model_copy(update={"request": service.request.model_copy(update={"silence": silence})})


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_says_what_the_law_owes_for_every_service_that_can_be_filed(catalogue: Catalogue, language: str) -> None:
    for service in catalogue.submittable:
        receipt = make_receipt(_request(language, service.id), catalogue)
        text = "\n".join(line for section in receipt.sections for line in section.lines)
        assert "GU-7K3M-9QXD" in text
        assert "23/11/2026" in text, "the date of receipt, as it was in France"
        assert "03/12/2026" in text, "the announced delay"
        office = catalogue.administrations[service.request.office] if service.request else None
        assert office is not None
        assert office.name[language] in text
        assert ("Une personne" if language == "fr" else "A person") in text
        assert ("recours" if language == "fr" else "court") in text
        assert len(receipt.sections) == 7


def test_what_silence_means_is_said_where_it_is_known_with_its_day_and_its_law(catalogue: Catalogue) -> None:
    service = catalogue.service("birth-certificate")
    accepted = silence_line(_with_silence(service, means="accepted", months=2), date(2026, 11, 23), "fr")
    assert "acceptée" in accepted
    assert "23/01/2027" in accepted
    assert "Code des exemples, article R1" in accepted
    refused = silence_line(_with_silence(service, means="refused", months=4), date(2026, 11, 23), "en")
    assert "refused, and you can then appeal" in refused
    assert "23/03/2027" in refused


def test_where_it_is_not_known_it_says_so_and_where_to_look(catalogue: Catalogue) -> None:
    line = silence_line(catalogue.service("birth-certificate"), date(2026, 11, 23), "fr")
    assert "Nous ne connaissons pas la règle" in line
    assert "https://www.service-public.gouv.fr" in line


@pytest.mark.parametrize(
    ("received", "months", "day"),
    [
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last_one(received: date, months: int, day: date) -> None:
    assert Silence(means="accepted", months=months, law="…").from_day(received) == day


async def test_what_looks_like_markup_is_printed_as_it_is(catalogue: Catalogue) -> None:
    receipt = make_receipt(_request(), catalogue)
    lines = ['#panic("no") $x$ <b> \\ "quoted" #eval("1")']
    strange = replace(receipt, sections=[replace(receipt.sections[0], lines=lines)])
    assert (await receipt_pdf(strange)).startswith(b"%PDF")
