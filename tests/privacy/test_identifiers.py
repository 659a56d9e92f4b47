"""Identifiers and addresses: kept when they can be nobody's, refused or cut otherwise."""

import pytest

from bot.privacy.identifiers import is_neutral, site_of
from tests.privacy.seeded import generate


@pytest.mark.parametrize(
    "identifier", ["3f2c1d9e-0612-4345-8678-0612345678aa", "m0", "kept", "a" * 64, "MSG_1-b", "01HZY3W9"]
)
def test_an_identifier_of_a_program_is_kept(identifier: str) -> None:
    assert is_neutral(identifier)


@pytest.mark.parametrize("identifier", ["", "é", "a b", "lea@exemple.fr", "0612345678", "06-12-34-56-78", "a" * 65])
def test_an_identifier_that_may_be_somebodys_is_refused(identifier: str) -> None:
    assert not is_neutral(identifier)


@pytest.mark.parametrize("kind", ["e-mail", "téléphone", "NIR", "IBAN", "adresse", "lien"])
def test_generated_personal_data_are_no_identifiers(kind: str) -> None:
    assert [case.secret for case in generate(kind, 100, 5) if is_neutral(case.secret)] == []


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        ("https://www.ville.fr/compte/lea?tel=0612345678#x", "https://www.ville.fr"),
        ("https://lea:secret@www.ville.fr:8443/", "https://www.ville.fr:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("kiosk-3", "kiosk-3"),
        ("Borne de Mme Durand", None),
        ("0612345678", None),
        ("https://[", None),
        ("https://ville.fr:port", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_of_an_address_the_site_alone_is_kept(origin: str, kept: str | None) -> None:
    assert site_of(origin) == kept
