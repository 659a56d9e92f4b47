"""The project's own catalogue: complete, in both languages, with official sources, and without a hole."""

import json
import re
from collections import defaultdict
from datetime import date
from itertools import pairwise, product
from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.catalogue.answers import answer
from bot.catalogue.load import Catalogue
from bot.catalogue.model import LANGUAGES, FieldType, RequestField, Service, Theme, service_schema
from bot.requests.fields import read_answer
from tests.conftest import ROOT

FILES = sorted((ROOT / "data" / "services").glob("*.yml"))
OFFICIAL = (
    *("gouv.fr", "service-public.fr", "defenseurdesdroits.fr", "carte-mobilite-inclusion.fr"),
    *("caf.fr", "msa.fr", "ameli.fr", "francetravail.fr"),
)
EXAMPLE = re.compile(r"(?:\w+ )?[Ee]x[ea]mple\s?: (?:[«“]\s*(.+?)\s*[»”]|(.+?)(?:\.\s|\.?$))")
"""What follows "Exemple :", between quotation marks or up to the end of the sentence."""


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def service(path: Path, catalogue: Catalogue) -> Service:
    return catalogue.service(path.stem)


def test_every_file_is_a_service(catalogue: Catalogue) -> None:
    assert list(catalogue.services) == [path.stem for path in FILES]
    assert len(FILES) >= 60
    assert len(catalogue.submittable) >= 25
    assert len(catalogue.administrations) >= 30


def test_every_part_of_life_is_there(catalogue: Catalogue) -> None:
    assert {service.theme for service in catalogue.services.values()} == set(Theme)


def test_two_services_do_not_share_a_name(catalogue: Catalogue) -> None:
    """The linker could only guess. "Dossier MDPH" is one paper file for several rights."""
    owners = defaultdict(set)
    for service in catalogue.services.values():
        for language in LANGUAGES:
            for name in (service.title[language], *service.aliases[language]):
                owners[name.lower()].add(service.id)
    shared = {name for name, services in owners.items() if len(services) > 1}
    assert shared <= {"dossier mdph", "mdph file"}


def test_the_schema_accepts_the_file(path: Path) -> None:
    # The identifier is the name of the file; JSON has no dates.
    data = json.loads(json.dumps({**_yaml(path), "id": path.stem}, default=str))
    jsonschema.Draft202012Validator(service_schema()).validate(data)


def test_the_schema_refuses_what_the_loader_refuses() -> None:
    validator = jsonschema.Draft202012Validator(service_schema())
    data = json.loads(json.dumps({**_yaml(FILES[0]), "id": "x"}, default=str))
    assert validator.is_valid(data)
    assert not validator.is_valid(data | {"them": "papers"})
    assert not validator.is_valid(data | {"theme": "nowhere"})
    assert not validator.is_valid(data | {"facets": {"colour": []}})
    assert not validator.is_valid({name: value for name, value in data.items() if name != "title"})


def test_every_text_is_in_both_languages_and_they_differ(service: Service) -> None:
    pairs = _pairs(service.model_dump(mode="json"))
    assert [fr for fr, en in pairs if not fr.strip() or not en.strip()] == []
    # A sentence that is the same in both was not translated; a name (PACS, Paris) may be.
    assert [fr for fr, en in pairs if fr == en and len(fr.split()) > 4] == []


def test_the_administrations_have_their_name_in_both_languages(catalogue: Catalogue) -> None:
    assert all(office.name.fr and office.name.en for office in catalogue.administrations.values())


def test_lists_are_as_long_in_both_languages(service: Service) -> None:
    for cases in service.facets.values():
        for case in cases:
            assert case.items is None or len(case.items.fr) == len(case.items.en)


def test_every_source_is_an_official_page_over_https_and_was_checked(service: Service) -> None:
    for source in service.sources:
        host = source.url.host or ""
        assert source.url.scheme == "https"
        assert any(host == official or host.endswith(f".{official}") for official in OFFICIAL), host
        assert source.checked <= date.today()


def test_every_source_serves(service: Service) -> None:
    used = {case.source for cases in service.facets.values() for case in cases}
    assert {source.id for source in service.sources} == used


def test_the_essential_is_there(service: Service) -> None:
    assert {"documents", "price", "delay", "where", "how"} <= {str(facet) for facet in service.facets}


def test_each_combination_of_situations_settles_an_answer_in_every_facet(service: Service) -> None:
    holes = []
    for facet, cases in service.facets.items():
        keys = sorted({key for case in cases for key in case.when})
        options = [[option.value for option in service.situation(key).options] for key in keys]
        for values in product(*options):
            situation = dict(zip(keys, values, strict=True))
            found = answer(service, facet, situation)
            if not found.cases or found.ask or not all(case.is_settled(situation) for case in found.cases):
                holes.append((str(facet), situation))
    assert holes == []


def test_no_case_is_written_for_nobody(service: Service) -> None:
    for cases in service.facets.values():
        for case in cases:
            assert case.holds({}), case
            assert all(wanted for wanted in case.when.values()), case


def test_ages_leave_no_gap_and_do_not_overlap(service: Service) -> None:
    for situation in service.situations:
        spans = sorted(option.ages for option in situation.options if option.ages)
        for (_, end), (start, _) in pairwise(spans):
            assert start == end + 1, (situation.id, spans)


def test_two_options_of_a_situation_do_not_share_a_word(service: Service) -> None:
    for situation in service.situations:
        words = [word.lower() for o in situation.options if o.words for word in {*o.words.fr, *o.words.en}]
        assert len(words) == len(set(words)), situation.id


def test_every_field_shows_an_example_that_it_accepts(service: Service) -> None:
    """The help is what a citizen copies: "Exemple : 06 12 34 56 78" must be an answer."""
    refused = []
    for field in service.request.fields if service.request else []:
        for text in (field.help.fr, field.help.en) if field.help else ():
            if match := EXAMPLE.match(text):
                refused += _refused(field, match[1] or match[2])
    assert refused == []


def test_every_choice_is_understood_by_its_title_and_by_what_its_button_sends(service: Service) -> None:
    for field in service.request.fields if service.request else []:
        for choice in field.choices:
            wanted = choice.value if field.type is FieldType.CHOICE else [choice.value]
            for said in (choice.title.fr, choice.title.en, choice.title.fr.upper(), choice.value.replace("-", " ")):
                assert read_answer(field, said, date.today()) == wanted, (field.id, said)


def test_what_an_english_and_a_french_citizen_call_it_is_there(service: Service) -> None:
    assert len(service.aliases.fr) >= 3
    assert len(service.aliases.en) >= 3
    for aliases in (service.aliases.fr, service.aliases.en):
        assert len(set(aliases)) == len(aliases)


def test_a_request_can_always_be_followed_by_mail(catalogue: Catalogue) -> None:
    assert catalogue.submittable
    for service in catalogue.submittable:
        assert service.request is not None
        assert {FieldType.EMAIL, FieldType.PHONE} & {field.type for field in service.request.fields}, service.id


def _refused(field: RequestField, example: str) -> list[str]:
    try:
        read_answer(field, example, date.today())
    except ValueError as error:
        return [f"{field.id}: {example!r} ({error})"]
    return []


def _yaml(path: Path) -> dict[str, object]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _pairs(data: object) -> list[tuple[str, str]]:
    if isinstance(data, dict):
        if set(data) == {"fr", "en"} and isinstance(data["fr"], str):
            return [(data["fr"], data["en"])]
        return [pair for each in data.values() for pair in _pairs(each)]
    return [pair for each in data for pair in _pairs(each)] if isinstance(data, list) else []
