"""Which passwords are accepted, and how they are kept."""

import pytest

from bot.accounts.passwords import check_password, hash_password, same_password
from bot.errors import Unprocessable

GOOD = "quatre chevaux mangent tard"


@pytest.mark.parametrize("password", [GOOD, "rxv#92;mmKKpq", "une phrase assez longue"])
def test_length_is_enough(password: str) -> None:
    check_password(password, "lea")


@pytest.mark.parametrize(
    "password",
    [
        "azertyuiopqsdf",
        "Motdepasse2026!",
        "Mot de passe 2026",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "lea.martin-2026",
        "Liberté-Égalité-Fraternité",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        check_password(password, "lea.martin")
    assert refused.value.code == "password-common"


@pytest.mark.parametrize("password", ["", "onze signes", "x" * 201])
def test_short_and_endless_ones_are_refused(password: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        check_password(password, "lea")
    assert refused.value.code == "password-length"


async def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    kept = await hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert GOOD not in kept
    assert await same_password(GOOD, kept)
    assert not await same_password(GOOD + " ", kept)
    assert not await same_password(GOOD, None)
    assert not await same_password("the password of nobody", None)
