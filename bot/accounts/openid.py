"""What a provider of OpenID Connect says of somebody, and what that gives here: settings and rules, no network.

Groups give roles and offices, and only they do: whoever is in none of the groups that the settings name gets nothing.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.accounts.model import NAME, Forbidden, Role
from bot.errors import Misconfigured, NotAllowed
from bot.settings import PREFIX, Settings
from bot.words import fold

ANYBODY = "*"
"""As a group: everybody whom the provider knows. As an office: all of them."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
Rules = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenID:
    """How the office's provider is reached, and what its groups give.

    Attributes:
        shown: the name on the button.
        groups: the claim that holds the groups; dots lead into objects (`realm_access.roles`).
        roles: (group, role); the first that fits counts.
        offices: (group, administration or `*`); all that fit count.
    """

    issuer: str
    client_id: str
    client_secret: str
    shown: str
    scopes: str
    groups: str
    roles: Rules
    offices: Rules


@dataclass(frozen=True)
class Person:
    """Somebody whom the provider signed in.

    Attributes:
        key: of issuer and subject, which alone tell who it is; an address or a name may pass to somebody else.
        wished: the name that the account gets if it is free.
        administrations: the offices; empty for all of them, as in `Account`.
    """

    key: str
    wished: str
    shown: str
    role: Role
    administrations: tuple[str, ...]


def read_openid(settings: Settings, administrations: Collection[str]) -> OpenID | None:
    """Return what the settings say of the provider, or None when there is none.

    Args:
        settings: the settings.
        administrations: the offices that exist.

    Raises:
        Misconfigured: the settings name a provider and cannot be used.
    """
    if not settings.openid_issuer:
        if settings.password_sign_in.upper() == "NO":
            raise _wrong("password_sign_in", "is no, and there is no provider: nobody could sign in")
        return None
    if not is_protected(settings.openid_issuer):
        raise _wrong("openid_issuer", "must begin with https://")
    if not settings.openid_client_id:
        raise _wrong("openid_client_id", "must say under which name the provider knows this service")
    return OpenID(
        settings.openid_issuer,
        settings.openid_client_id,
        settings.openid_client_secret,
        settings.openid_name or urlsplit(settings.openid_issuer).netloc,
        settings.openid_scopes,
        settings.openid_groups,
        _rules("openid_roles", settings.openid_roles, set(Role)),
        _rules("openid_offices", settings.openid_offices, {*administrations, ANYBODY}),
    )


def is_protected(address: str) -> bool:
    """Return whether what goes to an address is encrypted, or does not leave this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def person(openid: OpenID, claims: Mapping[str, Any]) -> Person:
    """Return who somebody is here, by what the provider says of them.

    Raises:
        NotAllowed: the provider does not say who it is.
        Forbidden: none of the groups gives a role, or none gives an office.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise NotAllowed("The provider did not say who you are.", code="openid-refused")
    groups = {ANYBODY, *groups_of(claims, openid.groups)}
    roles = [role for group, role in openid.roles if group in groups]
    offices = {office for group, office in openid.offices if group in groups}
    if not roles or not offices:
        raise Forbidden(
            "Your account at the provider is in none of the groups that may work here. Ask who manages it.",
            code="openid-no-group",
        )
    key = key_of(openid, subject)
    shown = next((each for name in ("name", "given_name") if (each := _text(claims, name))), "")
    wished = _name(claims, key)
    return Person(
        key, wished, (shown or wished)[:120], Role(roles[0]), () if ANYBODY in offices else tuple(sorted(offices))
    )


def key_of(openid: OpenID, identifier: str) -> str:
    """Return what is kept of what the provider calls a person (`sub`) or a session (`sid`): a digest."""
    return hashlib.sha256(f"{openid.issuer}\x1f{identifier}".encode(errors="surrogatepass")).hexdigest()


def groups_of(claims: Mapping[str, Any], path: str) -> list[str]:
    """Return the groups that a claim holds: a list of words, or one word."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    listed = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    # A group called `*` would be everybody.
    return [each for each in listed if isinstance(each, str) and each != ANYBODY]


def _name(claims: Mapping[str, Any], key: str) -> str:
    """Return a name that an account may have, from what the provider calls the person."""
    for claim in ("preferred_username", "email"):
        plain = re.sub(r"[^a-z0-9._@-]+", "-", fold(_text(claims, claim)))[:60].strip("._@-")
        if NAME.fullmatch(plain):
            return plain
    return f"openid-{key[:8]}"


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def _rules(setting: str, text: str, known: Collection[str]) -> Rules:
    """Read `group=role; group=role`; a group may hold spaces and equal signs."""
    rules = []
    for part in filter(str.strip, text.split(";")):
        group, _, given = (each.strip() for each in part.rpartition("="))
        if not group or given not in known:
            raise _wrong(setting, f"has {part.strip()!r}: write group=one of {', '.join(sorted(known))}")
        rules.append((group, given))
    if not rules:
        raise _wrong(setting, "must name a group at least (`group=…; group=…`): without one nobody could come in")
    return tuple(rules)


def _wrong(setting: str, what: str) -> Misconfigured:
    return Misconfigured(f"{PREFIX}{setting.upper()} {what}.")
