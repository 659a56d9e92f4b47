"""What a check of `guichet doctor` found."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How something is."""

    FINE = "fine"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes:
        what: was looked at.
        state: `look` works and may not be meant; `wrong` must be mended before the service can be relied on.
        said: what was seen.
        do: what to do about it; "" when it is fine.
    """

    what: str
    state: State
    said: str
    do: str = ""

    def wire(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def fine(what: str, said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(what, State.FINE, said)


def look(what: str, said: str, do: str) -> Finding:
    """Return that something works and may not be meant."""
    return Finding(what, State.LOOK, said, do)


def wrong(what: str, said: str, do: str) -> Finding:
    """Return that something must be mended."""
    return Finding(what, State.WRONG, said, do)
