"""Encryption of what only its owner may read again: answers of requests, access codes shown in a message.

Fernet (AES-128-CBC with HMAC-SHA256) of the `cryptography` package. Keys come from `GUICHET_SECRET_KEY` or from the
file `secret.key` of the data folder, made at the first start and readable by its owner only. Several keys, separated
by white space, are allowed: the first encrypts, all decrypt, so that a key can be rotated.
"""

import hmac
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import Misconfigured


class Cipher:
    """Encrypts and decrypts small JSON values.

    Args:
        keys: one or more Fernet keys (32 bytes, URL-safe base64), separated by white space.

    Raises:
        Misconfigured: there is no key, or one has not the right form.
    """

    def __init__(self, keys: str) -> None:
        try:
            each = keys.split()
            self._fernet = MultiFernet([Fernet(key) for key in each])
            self._oldest = each[-1].encode()
        except (ValueError, IndexError):
            raise Misconfigured(
                "The secret key is not usable: expected 32 bytes in URL-safe base64, one key a line.", code="bad-key"
            ) from None

    def digits(self, purpose: str, count: int) -> str:
        """Return digits that only the holder of the key can tell, always the same for the same purpose and key.

        The oldest key makes them, so that a rotation does not change the codes that were given out.
        """
        digest = hmac.digest(self._oldest, purpose.encode(), "sha256")
        return str(int.from_bytes(digest) % 10**count).zfill(count)

    def encrypt(self, value: Any) -> bytes:
        """Return a JSON value encrypted."""
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def decrypt(self, token: bytes) -> Any:
        """Return the value that was encrypted.

        Raises:
            Misconfigured: it was encrypted with a key that is not here.
        """
        try:
            return json.loads(self._fernet.decrypt(bytes(token)))
        except InvalidToken:
            raise Misconfigured(
                "The data were encrypted with another key: put it back after the present one.", code="wrong-key"
            ) from None


def read_keys(configured: str, data_dir: Path) -> str:
    """Return the keys from the setting, or else from the key file, which is made when it is missing.

    Raises:
        Misconfigured: others than its owner may read the file.
    """
    if configured:
        return configured
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and linked: when two processes start together, one makes the file and both read a whole one.
        draft = data_dir / f".secret.{os.getpid()}"
        draft.write_bytes(Fernet.generate_key() + b"\n")
        draft.chmod(0o600)
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Misconfigured(f"Others may read {path}: run `chmod 600 {path}`.", code="key-exposed")
    return path.read_text()
