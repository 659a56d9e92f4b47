"""What the log may keep of a text that somebody wrote."""

from bot.privacy.masking import mask
from bot.requests.reference import hide_access_codes


def masked(text: str) -> str:
    """Return a text without personal data and access codes.

    An access code opens a request: it is hidden like personal data, and before a phone number is seen in it.
    """
    return mask(hide_access_codes(text)).text
