"""What the settings and the groups of a provider give; no network."""

from typing import Any

import pytest

from bot.accounts.model import Forbidden, Role
from bot.accounts.openid import OpenID, groups_of, is_protected, person, read_openid
from bot.errors import Misconfigured, NotAllowed
from bot.settings import Settings

OFFICES = ("town-hall", "caf")
GOOD: dict[str, Any] = {
    "openid_issuer": "https://id.ville.example",
    "openid_client_id": "guichet",
    "openid_roles": "chefs=quality; CN=Agents,OU=Mairie=agent; *=trainer",
    "openid_offices": "CN=Agents,OU=Mairie=town-hall; caf=caf; chefs=*",
}


def _openid(**changes: Any) -> OpenID:
    found = read_openid(Settings(**GOOD | changes), OFFICES)
    assert found is not None
    return found


def _with(*groups: str, **claims: Any) -> dict[str, Any]:
    return {"sub": "1", "groups": list(groups), **claims}


def test_without_an_issuer_there_is_no_provider() -> None:
    assert read_openid(Settings(), OFFICES) is None


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"openid_issuer": "http://id.ville.example"}, "OPENID_ISSUER"),
        ({"openid_client_id": ""}, "OPENID_CLIENT_ID"),
        ({"openid_roles": ""}, "OPENID_ROLES"),
        ({"openid_roles": "chefs=king"}, "OPENID_ROLES"),
        ({"openid_roles": "chefs"}, "OPENID_ROLES"),
        ({"openid_offices": ""}, "OPENID_OFFICES"),
        ({"openid_offices": "chefs=the-moon"}, "OPENID_OFFICES"),
        ({"openid_issuer": "", "password_sign_in": "no"}, "PASSWORD_SIGN_IN"),
    ],
)
def test_settings_that_cannot_be_used_are_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(Misconfigured, match=f"GUICHET_{named}"):
        read_openid(Settings(**GOOD | changes), OFFICES)


def test_a_group_may_have_the_name_that_a_directory_gives_it() -> None:
    found = person(_openid(), _with("CN=Agents,OU=Mairie"))
    assert (found.role, found.administrations) == (Role.AGENT, ("town-hall",))


def test_the_first_role_of_the_settings_counts_and_the_offices_add_up() -> None:
    found = person(_openid(), _with("caf", "CN=Agents,OU=Mairie"))
    assert (found.role, found.administrations) == (Role.AGENT, ("caf", "town-hall"))
    assert person(_openid(), _with("caf", "chefs")).role == Role.QUALITY
    assert person(_openid(), _with("caf", "chefs")).administrations == ()


def test_a_role_without_an_office_opens_nothing() -> None:
    with pytest.raises(Forbidden):
        person(_openid(), _with())


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256])
def test_whoever_has_no_identifier_is_nobody(subject: Any) -> None:
    with pytest.raises(NotAllowed):
        person(_openid(), _with("chefs") | {"sub": subject})


def test_the_same_subject_of_another_provider_is_somebody_else() -> None:
    here = person(_openid(), _with("chefs"))
    there = person(_openid(openid_issuer="https://id.other.example"), _with("chefs"))
    assert here.key != there.key


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "Élodie.Martin", "email": "e@x.example"}, "elodie.martin"),
        ({"email": "Elodie@Ville.example"}, "elodie@ville.example"),
        ({"preferred_username": "Jean d'Arc <b>"}, "jean-d-arc-b"),
        ({"preferred_username": "漢字", "email": 3}, ""),
        ({}, ""),
    ],
)
def test_an_account_gets_a_name_that_can_be_typed(claims: dict[str, Any], name: str) -> None:
    found = person(_openid(), _with("chefs", **claims))
    assert found.wished == (name or f"openid-{found.key[:8]}")


@pytest.mark.parametrize(
    ("claims", "path", "groups"),
    [
        ({"groups": ["a", "b"]}, "groups", ["a", "b"]),
        ({"role": "a"}, "role", ["a"]),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://x.example/groups": ["a"]}, "https://x.example/groups", ["a"]),
        ({"groups": ["*", 3, None, {"a": 1}]}, "groups", []),
        ({"groups": {"a": True}}, "groups", []),
        ({}, "groups.deep", []),
    ],
)
def test_groups_are_read_wherever_the_provider_puts_them(claims: dict[str, Any], path: str, groups: list[str]) -> None:
    assert groups_of(claims, path) == groups


def test_only_what_is_encrypted_or_stays_here_is_trusted() -> None:
    assert is_protected("https://id.example")
    assert is_protected("http://127.0.0.1:9")
    assert not is_protected("http://id.example")
    assert not is_protected("http://localhost.evil.example")
    assert not is_protected("ftp://127.0.0.1")
