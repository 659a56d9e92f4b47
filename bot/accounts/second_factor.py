"""The second factor: codes that change with the time (TOTP, RFC 6238), from an application on a phone."""

import hmac
from datetime import datetime

import pyotp
import segno

STEP = 30
"""Seconds that a code lasts; the one before and the one after are accepted, since clocks differ."""


def new_secret() -> str:
    """Return a secret to share with the application, in base 32."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """Return the address that an application reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def picture(secret: str, name: str, issuer: str) -> str:
    """Return the QR code as a `data:` address, dark on white in every theme."""
    return segno.make(address(secret, name, issuer)).svg_data_uri(scale=5, border=3, light="#fff", dark="#000")


def accepted_step(secret: str, code: str, at: datetime, last: int | None) -> int | None:
    """Return the step of time that a code belongs to, or None when it is wrong, too old, or was used already.

    Args:
        secret: what is shared.
        code: six digits; spaces do not matter.
        at: now.
        last: the step of the last code that was accepted: a code opens once (RFC 6238, 5.2).
    """
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits) and (last is None or step > last):
            return step
    return None
