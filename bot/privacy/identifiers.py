"""What a citizen's program sends beside their words, and what of it may be kept.

An identifier of a message and the address of the page must not be a place where personal data get in. No masker knows
a bare name, so an identifier is kept as it comes only when nothing of anybody fits in it, and as a keyed digest
otherwise; of an address only the site is kept.
"""

import re
from typing import Protocol
from urllib.parse import urlsplit

from bot.privacy.masking import mask

_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_COUNTER = re.compile(r"[a-z]{0,2}[_-]?[0-9]{1,4}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACE = re.compile(r"[a-z0-9-]{1,40}", re.IGNORECASE)
DIGITS = 32
"""Figures of the digest that is kept of an identifier: about as many as a UUID has."""


class Digester(Protocol):
    """What makes a keyed digest: a `Cipher`."""

    def digits(self, purpose: str, count: int) -> str:
        """Return figures that only the holder of the key can tell, always the same for the same purpose."""
        ...


def is_identifier(text: str) -> bool:
    """Return whether a text has the form of an identifier: 1 to 64 letters without accent, figures, `-` and `_`."""
    return bool(_IDENTIFIER.fullmatch(text))


def kept_identifier(identifier: str, conversation_id: str, digester: Digester) -> str:
    """Return what is kept of the identifier of a message.

    Args:
        identifier: as the citizen's program gave it.
        conversation_id: of its conversation, so that the same identifier elsewhere is not the same digest.
        digester: holds the key, so that nobody can try names against what is kept.

    Returns:
        The identifier itself when it is a UUID, with or without its hyphens, or a counter (two letters and four figures
        at most); else a digest, always the same for the same identifier.
    """
    if _UUID.fullmatch(identifier) or _COUNTER.fullmatch(identifier):
        return identifier
    return digester.digits(f"message:{conversation_id}:{identifier}", DIGITS)


def site_of(origin: str) -> str | None:
    """Return what may be kept of where a conversation was opened.

    >>> site_of("https://www.ville.fr/compte?email=lea@exemple.fr")
    'https://www.ville.fr'

    Args:
        origin: the address of a page, or the name of a place such as `kiosk-3`.

    Returns:
        Scheme, host and port of an address; the name of a place in which nothing is masked; None otherwise.
    """
    try:
        parts = urlsplit(origin.strip())
        if parts.scheme in ("http", "https") and parts.hostname:
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme}://{parts.hostname}{port}"[:200]
    except ValueError:
        return None
    return origin if _PLACE.fullmatch(origin) and not mask(origin).kinds else None
