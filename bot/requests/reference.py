"""References and access codes: made to be read aloud and typed on a phone.

A reference looks like `GU-7K3M-9QXD`: eight signs out of thirty that are not taken for one another (no 0/O, 1/I/L, U),
with a figure among them, so that no word is taken for a reference ("Guadeloupe", "guide sur le").
An access code is eight digits, `4821-7730`. Both are recognised with spaces, dashes, lower case and usual confusions.
"""

import re
import secrets
from hashlib import scrypt
from hmac import compare_digest

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# What people type or read instead of a sign of the alphabet; O, 0, I, 1, L and U stand for nothing else in it.
_CONFUSIONS = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J", "U": "V"})
_BETWEEN = r"[\s.-]{0,3}"
_REFERENCE = re.compile(
    rf"\bG\s?U{_BETWEEN}(?=(?:[A-Z]{_BETWEEN}){{0,7}}[0-9])((?:[0-9A-Z]{_BETWEEN}){{8}})(?![0-9A-Z])", re.IGNORECASE
)
# Eight digits and no more: a phone number is none.
_CODE = re.compile(rf"(?<!\d)(?<!\d[\s.-])\d(?:{_BETWEEN}\d){{7}}(?![\s.-]?\d)")


def new_reference() -> str:
    """Return a reference that nobody can guess (30^8, some 600 thousand million)."""
    signs = ""
    while not any(sign.isdigit() for sign in signs):
        signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"GU-{signs[:4]}-{signs[4:]}"


def find_reference(text: str) -> str | None:
    """Return the reference that a text holds, put right, or None."""
    match = _REFERENCE.search(text)
    if match is None:
        return None
    signs = re.sub(r"[\s.-]", "", match[1]).upper().translate(_CONFUSIONS)
    return f"GU-{signs[:4]}-{signs[4:]}"


def find_access_code(text: str) -> str | None:
    """Return the access code that a text holds, as eight digits, or None; a reference in the text is not one."""
    # What stands before a reference and what stands after it make no code together: the log hides each by itself.
    match = _CODE.search(_REFERENCE.sub(" | ", text))
    return re.sub(r"\D", "", match[0]) if match else None


def hide_access_codes(text: str) -> str:
    """Return the text without what could be an access code, for the log."""
    pieces, last = [], 0
    for match in _REFERENCE.finditer(text):
        pieces += [_CODE.sub("[code]", text[last : match.start()]), match[0]]
        last = match.end()
    return "".join(pieces) + _CODE.sub("[code]", text[last:])


def hash_code(code: str, salt: str) -> str:
    """Return the slow hash of an access code (scrypt, about 10 ms): eight digits must not be tried by the million."""
    return scrypt(code.encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def same_code(code: str, salt: str, expected: str) -> bool:
    """Compare a code with a stored hash in constant time."""
    return compare_digest(hash_code(code, salt), expected)
