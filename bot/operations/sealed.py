"""A stream of bytes, encrypted frame by frame with the service's keys: a backup of any size, in little memory.

A frame is a Fernet token of the archive's own number, the place of the frame, whether it is the last, and the bytes. So
a frame that was changed, left out, moved, or brought from another archive is noticed, and an end that is missing too.
"""

import io
import secrets
from typing import BinaryIO

from bot.errors import Misconfigured
from bot.privacy.encryption import Cipher

MAGIC = b"GUICHET BACKUP 1\n"
FRAME = 2**20
"""Bytes of a frame, before it is encrypted."""
_NUMBER = 16
_HEAD = _NUMBER + 9
_MOST = 2 * FRAME
"""Bytes of a frame as it is stored, at most: a length beyond it was never written by us."""


class Sealer(io.RawIOBase):
    """Encrypts what is written to it.

    Args:
        target: where the frames go.
        cipher: whose first key encrypts.
    """

    def __init__(self, target: BinaryIO, cipher: Cipher) -> None:
        self._target = target
        self._cipher = cipher
        self._number = secrets.token_bytes(_NUMBER)
        self._buffer = bytearray()
        self._place = 0
        target.write(MAGIC)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take some bytes."""
        self._buffer += data
        while len(self._buffer) > FRAME:
            self._put(bytes(self._buffer[:FRAME]), last=False)
            del self._buffer[:FRAME]
        return len(data)

    def finish(self) -> None:
        """Write the last frame, without which the archive counts as cut off."""
        self._put(bytes(self._buffer), last=True)

    def _put(self, data: bytes, *, last: bool) -> None:
        head = self._number + self._place.to_bytes(8) + bytes([last])
        token = self._cipher.seal(head + data)
        self._target.write(len(token).to_bytes(4) + token)
        self._place += 1


class Unsealer(io.RawIOBase):
    """Decrypts what a `Sealer` wrote.

    Args:
        source: where the frames are.
        cipher: one of whose keys was the first when it was written.

    Raises:
        Misconfigured: it is no backup.
    """

    def __init__(self, source: BinaryIO, cipher: Cipher) -> None:
        self._source = source
        self._cipher = cipher
        self._number = b""
        self._place = 0
        self._left = b""
        self._ended = False
        if source.read(len(MAGIC)) != MAGIC:
            raise Misconfigured("This file is no backup of Guichet.", code="not-a-backup")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer with what comes next; 0 at the end.

        Raises:
            Misconfigured: the key is another, or the archive was cut off or changed.
        """
        while not self._left and not self._ended:
            self._left = self._next()
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)

    def finish(self) -> None:
        """Make sure that the end was reached and that nothing stands behind it.

        Raises:
            Misconfigured: the archive was cut off or changed.
        """
        while self.read(FRAME):
            pass
        if self._source.read(1):
            raise damaged("something stands behind its end")

    def _next(self) -> bytes:
        length = int.from_bytes(self._source.read(4))
        token = self._source.read(min(length, _MOST))
        if not length or len(token) != length:
            raise damaged("it is cut off")
        try:
            frame = self._cipher.unseal(token)
        except Misconfigured:
            if self._place:
                raise damaged(f"part {self._place + 1} was changed") from None
            raise Misconfigured(
                "The backup was encrypted with another key: put the key of its day into the key file (or into "
                "GUICHET_SECRET_KEY), after the present one if there is one.",
                code="wrong-key",
            ) from None
        number, place, last = frame[:_NUMBER], int.from_bytes(frame[_NUMBER : _HEAD - 1]), frame[_HEAD - 1]
        self._number = self._number or number
        if (number, place) != (self._number, self._place):
            raise damaged(f"part {self._place + 1} is not in its place")
        self._place, self._ended = self._place + 1, bool(last)
        return frame[_HEAD:]


def damaged(how: str) -> Misconfigured:
    """Return the error of an archive that cannot be trusted."""
    return Misconfigured(f"The backup is damaged ({how}): nothing was restored. Take another.", code="backup-damaged")
