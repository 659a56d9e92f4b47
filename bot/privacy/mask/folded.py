"""What the finders read: a copy of the message, of the same length, without accents, exotic spaces and dashes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# A character that no pattern matches. It stands where something was found already, and where a mask is.
HIDDEN = "\ue000"


class Span(NamedTuple):
    """A piece of personal data: where it is in the text (end excluded) and its kind, as the mask will say it."""

    start: int
    end: int
    kind: str


def _folding() -> dict[int, str]:
    """Map each character to the one ASCII character that it is written for, when there is exactly one."""
    table = {}
    for code in (*range(0x80, 0x250), *range(0x1E00, 0x1F00), *range(0x2000, 0x2070), *range(0xFF01, 0xFF5F)):
        base = unicodedata.normalize("NFKD", chr(code))[:1]
        if base.isascii() and len(unicodedata.normalize("NFKC", chr(code))) == 1:
            table[code] = base
    for dash in "‐‑‒–—―−":
        table[ord(dash)] = "-"
    for apostrophe in "‘’ʼ´`":
        table[ord(apostrophe)] = "'"
    for space in "\t\u00a0\u00ad\u200b\u200c\u200d\u2060\u202f\ufeff\u3000":
        table[ord(space)] = " "
    return table


_FOLDING = _folding()


class Folded:
    """A text to search: `cased` keeps capitals, `lower` does not; both have the length of the original.

    One pattern so reads "né", "NE" and "ne", and "06 12" whatever the space, and the positions it gives are good for
    the original. `digits` is the number of digits at the start; `shouting` says that capitals mean nothing here.
    """

    def __init__(self, text: str) -> None:
        self.cased = text.translate(_FOLDING)
        self.lower = _lower(self.cased)
        self.digits = sum(map(str.isdigit, self.cased))
        self.shouting = self.cased.upper() == self.cased

    def hide(self, spans: Iterable[tuple[int, int]]) -> None:
        """Hide parts of the text, given by start and end, from the finders to come."""
        for start, end in spans:
            patch = HIDDEN * (end - start)
            self.cased = self.cased[:start] + patch + self.cased[end:]
            self.lower = self.lower[:start] + patch + self.lower[end:]


def _lower(text: str) -> str:
    """Lower a text without changing its length, which `str.lower` does for a few characters."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@dataclass(frozen=True)
class Rule:
    """A finder made of one pattern.

    Attributes:
        kind: what it finds, as the mask will say it.
        pattern: what to look for; the group `it`, when there is one, is the data, else the whole match is.
        valid: what must also be true of the data (check digits, for instance).
        digits: a text with fewer digits than this holds no such data and is not searched.
        cased: whether the pattern reads capitals; it reads the lower-case text otherwise.
    """

    kind: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool] | None = None
    digits: int = 0
    cased: bool = False

    def __call__(self, text: Folded) -> Iterator[Span]:
        """Yield what the rule finds in the text, in order."""
        if text.digits < self.digits:
            return
        group = "it" if "it" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text.cased if self.cased else text.lower):
            if self.valid is None or self.valid(match[group]):
                yield Span(*match.span(group), self.kind)
