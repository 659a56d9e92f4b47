"""References and access codes: read as people type them, never guessed from other words, and hidden from the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.requests.reference import (
    ALPHABET,
    find_access_code,
    find_reference,
    hash_code,
    hide_access_codes,
    new_reference,
    same_code,
)

REFERENCE = "GU-7K3M-9QXD"
REFERENCES = st.builds(lambda _: new_reference(), st.integers())


@pytest.mark.parametrize(
    "text",
    [
        "GU-7K3M-9QXD",
        "gu-7k3m-9qxd",
        "GU 7K3M 9QXD",
        "gu7k3m9qxd",
        "G U 7 K 3 M 9 Q X D",
        "GU.7K3M.9QXD",
        "ma référence est GU-7K3M-9QXD, merci",
        "(GU-7K3M-9QXD)",
        "GU-7K3M-9QXD 4821-7730",
        "4821 7730 GU-7K3M-9QXD",
        "Réf:GU-7K3M-9QXD.",
        "GU-7K3M-90XD",
        "GU-7K3M-9OXD",
        "gu7k3m9oxd",
    ],
)
def test_a_reference_is_found_however_it_is_typed(text: str) -> None:
    assert find_reference(text) == REFERENCE


@pytest.mark.parametrize(
    ("typed", "meant"), [("I", "J"), ("1", "J"), ("L", "J"), ("l", "J"), ("O", "Q"), ("0", "Q"), ("U", "V")]
)
def test_signs_that_are_taken_for_one_another_are_put_right(typed: str, meant: str) -> None:
    assert meant in ALPHABET
    assert typed.upper() not in ALPHABET
    assert find_reference(f"GU-2{typed}23-4567") == f"GU-2{meant}23-4567"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "je n'ai pas ma référence",
        "GU",
        "GU-7K3M",
        "GU-7K3M-9QX",
        "GU-7K3M-9QXDE",
        "XGU-7K3M-9QXD",
        "06 12 34 56 78",
        "Guadeloupe",
        "j'habite en Guadeloupe",
        "Guadeloupe 97110",
        "un guide sur le passeport",
        "Guillermin Jean",
    ],
)
def test_other_words_are_no_reference(text: str) -> None:
    assert find_reference(text) is None


@given(REFERENCES)
def test_a_new_reference_is_found_as_it_is_read_aloud(reference: str) -> None:
    for said in (
        reference,
        reference.lower(),
        reference.replace("-", " "),
        reference.replace("-", ""),
        " ".join(reference),
    ):
        assert find_reference(f"C'est {said} je crois") == reference


def test_a_new_reference_has_none_of_the_signs_that_are_confused() -> None:
    references = [new_reference() for _ in range(500)]
    assert len(set(references)) == 500
    assert set("".join(references)) - set("GU-") <= set(ALPHABET)
    assert set("0O1IL") & set(ALPHABET) == set()


@pytest.mark.parametrize(
    "text",
    [
        "4821-7730",
        "48217730",
        "4821 7730",
        "4821.7730",
        "48 21 77 30",
        "4 8 2 1 7 7 3 0",
        "4821 - 7730",
        "mon code : 4821-7730.",
        "GU-7K3M-9QXD et 4821-7730",
        "GU-2345-6789 4821-7730",
    ],
)
def test_an_access_code_is_found_however_it_is_typed(text: str) -> None:
    assert find_access_code(text) == "48217730"


@pytest.mark.parametrize(
    "text", ["", "482177", "4821-77301", "06 12 34 56 78", "GU-2345-6789", "le 31/12/1985", "3 enfants, 2 parents"]
)
def test_other_figures_are_no_access_code(text: str) -> None:
    assert find_access_code(text) is None


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mon code est 4821-7730", "mon code est [code]"),
        ("GU-7K3M-9QXD 48217730", "GU-7K3M-9QXD [code]"),
        ("48 21 77 30 pour GU-2345-6789", "[code] pour GU-2345-6789"),
        ("48217730 puis 4821 7730", "[code] puis [code]"),
        ("rien à cacher", "rien à cacher"),
    ],
)
def test_codes_are_hidden_from_the_log_and_references_stay(text: str, hidden: str) -> None:
    assert hide_access_codes(text) == hidden


@given(st.text(max_size=20), st.integers(0, 10**8 - 1), st.text(max_size=20))
def test_a_code_that_is_found_is_hidden(before: str, number: int, after: str) -> None:
    text = f"{before} {number:08} {after}"
    if (code := find_access_code(text)) is not None:
        assert code not in hide_access_codes(text).replace(" ", "").replace("-", "").replace(".", "")


def test_a_code_is_compared_with_its_own_salted_hash_only() -> None:
    stored = hash_code("48217730", "request-1")
    assert same_code("48217730", "request-1", stored)
    assert not same_code("48217731", "request-1", stored)
    assert not same_code("48217730", "request-2", stored)
    assert "48217730" not in stored


def test_figures_on_both_sides_of_a_reference_are_no_code_that_the_log_would_keep() -> None:
    text = "482177 GU-7K3M-9QXD 30"
    assert find_access_code(text) is None
    assert hide_access_codes(text) == text
