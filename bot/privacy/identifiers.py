"""What a citizen's program sends beside their words, and what of it may be kept.

An identifier of a message and the address of the page are stored as they come, so they must not be a place where
personal data get in: an identifier that could be somebody's is refused, and of an address only the site is kept.
"""

import re
from urllib.parse import urlsplit

from bot.privacy.masking import mask

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACE = re.compile(r"[a-z0-9-]{1,40}", re.IGNORECASE)


def is_neutral(identifier: str) -> bool:
    """Return whether an identifier can be kept: a UUID, or letters, figures, `-` and `_` in which nothing is masked."""
    if _UUID.fullmatch(identifier):
        return True
    return bool(_IDENTIFIER.fullmatch(identifier)) and not mask(identifier).kinds


def site_of(origin: str) -> str | None:
    """Return what may be kept of where a conversation was opened.

    >>> site_of("https://www.ville.fr/compte?email=lea@exemple.fr")
    'https://www.ville.fr'

    Args:
        origin: the address of a page, or the name of a place such as `kiosk-3`.

    Returns:
        Scheme, host and port of an address; the name of a place when it is neutral; None otherwise.
    """
    try:
        parts = urlsplit(origin.strip())
        if parts.scheme in ("http", "https") and parts.hostname:
            port = f":{parts.port}" if parts.port else ""
            return f"{parts.scheme}://{parts.hostname}{port}"[:200]
    except ValueError:
        return None
    return origin if _PLACE.fullmatch(origin) and is_neutral(origin) else None
