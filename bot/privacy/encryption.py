"""Encryption of what only its owner may read again: answers of requests, access codes shown in a message.

Fernet (AES-128-CBC with HMAC-SHA256) of the `cryptography` package. Keys come from `GUICHET_SECRET_KEY` or from the
file `secret.key` of the data folder, made at the first start and readable by its owner only. Several keys, separated
by white space, are allowed: the first encrypts, all decrypt, so that a key can be rotated (`guichet keys rotate`). What
is encrypted lies in binary columns: the rotation looks for it there.
"""

import base64
import binascii
import hmac
import json
import logging
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import Misconfigured
from bot.settings import Settings

logger = logging.getLogger(__name__)

CODES = "codes:"
"""Before the secret that access codes come from, once the key that it came from is dropped."""
TOKEN_BEGINS = b"gAAAA"
"""How every Fernet token begins: its version, then a time before the year 4147."""


class Cipher:
    """Encrypts and decrypts small JSON values.

    Args:
        keys: one or more Fernet keys (32 bytes, URL-safe base64), separated by white space; perhaps `codes:` and the
            secret of access codes.
        file: where the keys were read; when it changes they are read again, so that a rotation needs no restart.

    Raises:
        Misconfigured: there is no key, or one has not the right form.
    """

    def __init__(self, keys: str, file: Path | None = None) -> None:
        self._file = file
        self._stamp = _stamp(file)
        self._take(keys)

    def _take(self, keys: str) -> None:
        items = keys.split()
        each = [item for item in items if not item.startswith(CODES)]
        secrets = [item.removeprefix(CODES) for item in items if item.startswith(CODES)]
        try:
            # Taken together at the end: a bad file leaves the good keys in their place.
            fernets = [Fernet(key) for key in each]
            codes = (
                base64.urlsafe_b64decode(secrets[0]) if secrets else hmac.digest(each[-1].encode(), b"codes", "sha256")
            )
        except (ValueError, IndexError, binascii.Error):
            raise Misconfigured(
                "The secret key is not usable: expected 32 bytes in URL-safe base64, one key a line.", code="bad-key"
            ) from None
        self._first, self._fernet, self._codes, self.keys = fernets[0], MultiFernet(fernets), codes, each

    def _follow(self) -> None:
        stamp = _stamp(self._file)
        if self._file is None or stamp is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._take(_read(self._file))
        except Misconfigured as error:
            logger.error("The keys that were in use stay in use. %s", error.message)

    @property
    def codes(self) -> str:
        """The secret of access codes, as an item among the keys; no key can be told from it."""
        return CODES + base64.urlsafe_b64encode(self._codes).decode()

    def digits(self, purpose: str, count: int) -> str:
        """Return digits that only the holder of the key can tell, always the same for the same purpose and key.

        They come from the oldest key, or from the secret that was kept of it when it was dropped, so that a rotation
        does not change the codes that were given out.
        """
        digest = hmac.digest(self._codes, purpose.encode(), "sha256")
        return str(int.from_bytes(digest) % 10**count).zfill(count)

    def encrypt(self, value: Any) -> bytes:
        """Return a JSON value encrypted."""
        self._follow()
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def decrypt(self, token: bytes) -> Any:
        """Return the value that was encrypted.

        Raises:
            Misconfigured: it was encrypted with a key that is not here.
        """
        self._follow()
        try:
            return json.loads(self._fernet.decrypt(bytes(token)))
        except InvalidToken:
            raise _wrong_key() from None

    def renew(self, token: bytes) -> bytes | None:
        """Return an encrypted value encrypted with the first key; None when it is already.

        Raises:
            Misconfigured: it was encrypted with a key that is not here.
        """
        try:
            self._first.decrypt(token)
            return None
        except InvalidToken:
            pass
        try:
            return self._fernet.rotate(token)
        except InvalidToken:
            raise _wrong_key() from None

    def seal(self, content: bytes) -> bytes:
        """Return the content of a file encrypted, a third longer."""
        self._follow()
        return self._fernet.encrypt(content)

    def unseal(self, token: bytes) -> bytes:
        """Return the content of a file that was sealed.

        Raises:
            Misconfigured: it was sealed with a key that is not here.
        """
        self._follow()
        try:
            return self._fernet.decrypt(token)
        except InvalidToken:
            raise Misconfigured(
                "The files were encrypted with another key: put it back after the present one.", code="wrong-key"
            ) from None


def open_cipher(settings: Settings) -> Cipher:
    """Return the cipher of the settings' keys, which follows the key file when the keys are there.

    Raises:
        Misconfigured: a key cannot be read or used.
    """
    keys = read_keys(settings.secret_key, settings.data_dir)
    return Cipher(keys, None if settings.secret_key else key_file(settings.data_dir))


def key_file(data_dir: Path) -> Path:
    """Return where the key file of a data folder is."""
    return data_dir / "secret.key"


def read_keys(configured: str, data_dir: Path) -> str:
    """Return the keys from the setting, or else from the key file, which is made when it is missing.

    Raises:
        Misconfigured: others than its owner may read the file, or it cannot be made or read.
    """
    if configured:
        return configured
    path = key_file(data_dir)
    if not path.exists():
        try:
            _make(path)
        except OSError as error:
            raise Misconfigured(
                f"The key file {path} cannot be made: {error.strerror}.", code="key-unreadable"
            ) from None
    return _read(path)


def write_keys(path: Path, items: list[str]) -> None:
    """Replace a key file whole, for its owner only."""
    draft = path.with_name(f".secret.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("\n".join(items) + "\n")
    draft.replace(path)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked: when two processes start together, one makes the file and both read a whole one.
    draft = path.with_name(f".secret.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(Fernet.generate_key() + b"\n")
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _read(path: Path) -> str:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Misconfigured(f"Others may read {path}: run `chmod 600 {path}`.", code="key-exposed")
        return path.read_text("ascii")
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be read: {error.strerror}.", code="key-unreadable") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{path} is not a key file: it holds something else.", code="bad-key") from None


def _stamp(file: Path | None) -> int | None:
    try:
        return file.stat().st_mtime_ns if file else None
    except OSError:
        return None


def _wrong_key() -> Misconfigured:
    return Misconfigured(
        "The data were encrypted with another key: put it back after the present one.", code="wrong-key"
    )
