"""Masking: personal data is taken out of a text before the text is written anywhere.

    >>> mask("Je suis né le 03/02/1985, mon tél : 06 12 34 56 78").text
    'Je suis né le [date de naissance], mon tél : [téléphone]'

The mask keeps the kind, so that a transcript stays readable and an admin sees what people give away. What is found,
how, how well and what escapes is in docs/masking.md.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.privacy.mask.births import BIRTH_DATE
from bot.privacy.mask.contact import (
    ANNOUNCED_PHONE,
    FRENCH_PHONE,
    LINK,
    SHORT_PHONE,
    SPOKEN_PHONE,
    find_emails,
    find_foreign_phones,
)
from bot.privacy.mask.folded import Folded, Span
from bot.privacy.mask.names import find_names
from bot.privacy.mask.numbers import ANNOUNCED_NUMBERS, CHECKED_NUMBERS, PLATES, find_ibans
from bot.privacy.mask.places import find_addresses

KINDS = (
    "téléphone",
    "e-mail",
    "NIR",
    "IBAN",
    "carte bancaire",
    "numéro fiscal",
    "numéro d'allocataire",
    "plaque",
    "SIRET",
    "adresse",
    "date de naissance",
    "lien",
    "nom",
)

# The surest first: what a finder has taken, the next ones do not see.
FINDERS: tuple[Callable[[Folded], Iterable[Span]], ...] = (
    LINK,
    find_emails,
    find_ibans,
    *ANNOUNCED_NUMBERS,
    *CHECKED_NUMBERS,
    FRENCH_PHONE,
    find_foreign_phones,
    ANNOUNCED_PHONE,
    SHORT_PHONE,
    *PLATES,
    BIRTH_DATE,
    find_addresses,
    SPOKEN_PHONE,
    find_names,
)

_MASK = re.compile(rf"\[({'|'.join(KINDS)})\]")
# Our own references are no personal data: who holds one needs an access code as well.
_KEPT = re.compile(r"\bGU-[0-9A-Z]{4}-[0-9A-Z]{4}\b", re.IGNORECASE)


@dataclass(frozen=True)
class Masked:
    """A text that may be written.

    Attributes:
        text: the text, each piece of personal data replaced by its kind in square brackets.
        kinds: the kinds of the masks in it, each once, in the order of the text.
    """

    text: str
    kinds: tuple[str, ...]


def mask(text: str) -> Masked:
    """Mask the personal data of a text in French or English.

    The text is first brought to Unicode's composed form (NFC). Masking again changes nothing, and the lines stay the
    lines they were. Any string will do; nothing is raised.

    Args:
        text: what a person wrote.

    Returns:
        The masked text and the kinds of the masks in it.
    """
    text = unicodedata.normalize("NFC", text)
    # Once something is masked, what is left may read differently: go on until nothing more is found. Each round takes
    # characters away, so there is an end; it is nearly always the second round.
    while (masked := _mask_once(text)) != text:
        text = masked
    return Masked(text, tuple(dict.fromkeys(_MASK.findall(text))))


def _mask_once(text: str) -> str:
    """Run each finder once and replace what they find."""
    folded = Folded(text)
    for kept in (_MASK, _KEPT):
        folded.hide(match.span() for match in kept.finditer(text))
    found: list[Span] = []
    for finder in FINDERS:
        spans = _without_overlap(finder(folded))
        folded.hide((span.start, span.end) for span in spans)
        found += spans
    for start, end, kind in sorted(found, reverse=True):
        # One mask a line, when an address runs over two, so that the number of lines stays.
        breaks = [line[len(line.rstrip("\r\n")) :] for line in text[start:end].splitlines(keepends=True)]
        text = text[:start] + "".join(f"[{kind}]{line_break}" for line_break in breaks) + text[end:]
    return text


def _without_overlap(spans: Iterable[Span]) -> list[Span]:
    """Keep, of the spans that overlap, the first and longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < span.end and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return kept
