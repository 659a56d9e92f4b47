"""Identifiers and addresses: kept when nothing of anybody fits in them, as a digest or cut otherwise."""

import secrets

import pytest

from bot.privacy.encryption import Cipher
from bot.privacy.identifiers import is_identifier, kept_identifier, site_of
from tests.privacy.seeded import generate


@pytest.mark.parametrize(
    "identifier",
    ["3f2c1d9e-0612-4345-8678-0612345678aa", "3f2c1d9e06124345867806123456780a", "m0", "MS_12", "k-1234", "7"],
)
def test_a_uuid_and_a_counter_are_kept_as_they_are(identifier: str, cipher: Cipher) -> None:
    assert is_identifier(identifier)
    assert kept_identifier(identifier, "c1", cipher) == identifier


def test_the_identifiers_of_the_widget_are_never_taken_for_somebodys(cipher: Cipher) -> None:
    """Random figures hold what looks like a phone number once in four hundred."""
    for identifier in ("e0136090447fa51eb1c0d7811f20ad97", *(secrets.token_hex(16) for _ in range(2000))):
        assert kept_identifier(identifier, "c1", cipher) == identifier


@pytest.mark.parametrize("identifier", ["Quatrebarbes", "Lea", "lea-durand", "0612345678", "19870319", "a" * 64, "Jo"])
def test_what_could_be_somebodys_is_kept_as_a_digest_that_stays_the_same(identifier: str, cipher: Cipher) -> None:
    kept = kept_identifier(identifier, "c1", cipher)
    assert identifier not in kept
    assert (len(kept), kept.isdigit()) == (32, True)
    assert kept == kept_identifier(identifier, "c1", cipher), "sent twice, it is the same message"
    others = {kept_identifier(identifier, "c2", cipher), kept_identifier(identifier + "x", "c1", cipher)}
    assert kept not in others


@pytest.mark.parametrize("identifier", ["", "é", "a b", "lea@exemple.fr", "a" * 65, "1\n"])
def test_what_has_not_the_form_of_an_identifier_is_none(identifier: str) -> None:
    assert not is_identifier(identifier)


@pytest.mark.parametrize("kind", ["e-mail", "téléphone", "NIR", "IBAN", "adresse", "lien"])
def test_generated_personal_data_are_never_kept_as_identifiers(kind: str, cipher: Cipher) -> None:
    seen = [case.secret for case in generate(kind, 100, 5)]
    assert [each for each in seen if is_identifier(each) and each in kept_identifier(each, "c1", cipher)] == []


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
