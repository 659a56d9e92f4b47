"""The journal of erasures: a restored backup brings back what was erased since, and the journal erases it again.

A file of its own beside the database, one JSON object a line, that nothing but an erasure adds to. Of what was erased
it holds a keyed digest: who reads it learns when something was erased, and nothing of whom; who holds the key and a
restored database finds there what has to go again. The digest does not change when keys are rotated.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.db import now
from bot.errors import Misconfigured, Unavailable
from bot.privacy.encryption import Cipher
from bot.settings import Settings

DIGITS = 40
"""Figures of a digest: two references out of a billion that have the same are unthinkable."""


@dataclass(frozen=True)
class Erasures:
    """What was erased on demand.

    Attributes:
        path: of the journal; made at the first erasure, readable by its owner only.
        cipher: makes the digests.
    """

    path: Path
    cipher: Cipher

    def digest(self, reference: str) -> str:
        """Return what stands in the journal for a conversation or a request."""
        return self.cipher.digits(f"erasure:{reference}", DIGITS)

    def note(self, reference: str) -> None:
        """Add an erasure, and see that it is on the disk.

        Raises:
            Unavailable: the disk takes nothing; the erasure must not be done, because nobody would repeat it.
        """
        line = json.dumps({"at": now().isoformat(timespec="seconds"), "erased": self.digest(reference)})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(
                f"The journal of erasures cannot be written ({error.strerror}): nothing was erased.",
                code="journal-refused",
            ) from None

    def digests(self, others: Iterable[Path] = ()) -> set[str]:
        """Return the digests of this journal, where there is one, and of copies of it or journals of other machines.

        Raises:
            Misconfigured: a journal cannot be read, or holds something else than erasures.
        """
        own = [self.path] if self.path.exists() else []
        return {digest for path in [*own, *others] for digest in _read(path)}


def open_erasures(settings: Settings, cipher: Cipher) -> Erasures:
    """Return the journal that the settings name."""
    path = Path(settings.erasures_file) if settings.erasures_file else settings.data_dir / "erasures.jsonl"
    return Erasures(path, cipher)


def _read(path: Path) -> list[str]:
    try:
        return [str(json.loads(line)["erased"]) for line in path.read_text(encoding="ascii").splitlines()]
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.", code="journal-refused") from None
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(f"{path} is no journal of erasures.", code="journal-refused") from None
