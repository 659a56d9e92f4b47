"""Finders of the ways to reach a person or their account: links, e-mail addresses, telephone numbers."""

import re
from collections.abc import Iterator

import phonenumbers

from bot.privacy.mask.folded import Folded, Rule, Span
from bot.privacy.mask.words import FIRST_NAMES, NUMBER_WORD

# A link is personal when it carries a value: a query, a fragment with a value, a password, or a long random segment.
# A plain public address stays: it is often what the question is about.
_LINK = re.compile(
    r"(?:https?://|www\.|(?<![\w@./-])[\w-]++(?:\.[\w-]++)++/)[^\s<>\"\ue000]*[^\s<>\"\ue000.,;:!?)\]}']"
)
_SECRET_IN_LINK = re.compile(
    r"[?&#;][\w.\[\]-]{1,40}=[^&\s]|//[^/\s]{1,200}@|[?][\w-]{12}|/[a-z\d]{20}|/[a-f\d]{8}-[a-f\d]{4}-"
)
LINK = Rule("lien", _LINK, valid=lambda link: _SECRET_IN_LINK.search(link) is not None)

_AT = r"(?: ?[\[({<] ?(?:at|a|arr?obase?|chez|@) ?[\])}>] ?| (?:arr?obase?s?|at) )"
_DOT = r"(?: ?\. ?| ?[\[({<] ?(?:dot|point|\.) ?[\])}>] ?| (?:point|dot) )"
_LOCAL = r"[\w+%'-]++(?:(?:\.| (?:point|dot|tiret(?: du (?:bas|6|huit|8))?|underscore) )[\w+%'-]++)*+"
_END = r"(?:com|fr|net|org|eu|be|ch|de|co|uk|it|es|pt|info|re|bzh|io|me|ma|dz|tn)\b"
# With the sign @ anything that looks like a domain will do. Said in words, a known end of domain must follow.
_EMAIL_SIGN = re.compile(
    rf"(?<![\w.+%'-])[\w.+%'-]++(?:@{{1,2}}| @ ?(?=[\w-]++ ?\.)|@ )[\w-]++(?:\.[\w-]++|(?:\. | \. ?|,){_END})*+"
)
_EMAIL_SAID = re.compile(
    rf"(?<![\w.+%'-]){_LOCAL}{_AT}[\w-]++(?: (?:tiret|moins) [\w-]++)?"
    rf"(?:{_DOT}[\w-]++){{0,2}}?{_DOT}{_END}(?:{_DOT}{_END})?"
)
_EMAIL_HINT = re.compile(r"@|\barr?obas|[\[({<] ?(?:at?|chez) ?[\])}>]| at ")
_WORD_BEFORE = re.compile(r"(?<!\w)([a-z-]{2,30}) $")


def find_emails(text: Folded) -> Iterator[Span]:
    """Yield e-mail addresses, also with the sign or the dot said in words."""
    if not _EMAIL_HINT.search(text.lower):
        return
    said = []
    for match in _EMAIL_SAID.finditer(text.lower):
        # "jean dupont arobase orange point fr": a first name just before is part of what was said.
        before = _WORD_BEFORE.search(text.lower[max(0, match.start() - 31) : match.start()])
        first = len(before[0]) if before and before[1] in FIRST_NAMES else 0
        said.append((match.start() - first, match.end()))
    text.hide(said)
    for start, end in [*said, *(match.span() for match in _EMAIL_SIGN.finditer(text.lower))]:
        yield Span(start, end, "e-mail")


_GAP = r"[ .\-/_]{0,3}"
# Ten digits from 0, or the country code of France and nine digits, in any grouping; not a date and what follows it.
FRENCH_PHONE = Rule(
    "téléphone",
    re.compile(
        rf"(?<![\d,])(?<!\d[/.])(?!\d\d[/.\- ](?:0\d|1[0-2])[/.\- ](?:19|20)\d\d(?!\d))"
        rf"(?:[(]?(?:\+|00) ?33[)]?{_GAP}(?:\( ?0 ?\))?{_GAP}0?|33{_GAP}|[(]?0{_GAP})[1-9][)]?(?:{_GAP}\d){{8}}(?!\d)"
    ),
    digits=10,
)
# A number of any country, or with a slip in it, after the word that announces it.
ANNOUNCED_PHONE = Rule(
    "téléphone",
    re.compile(
        r"\b(?:tel|telephone|portable|mobile|fixe|phone|cell|whatsapp|joignable|joindre|r?appele[rz]|call|reach|contacter)\b"
        r"[^\d\n\ue000+]{0,30}(?<![a-z\d])(?P<it>\+?\d(?:[ .\-/_]{0,2}\d){7,14})(?!\d)"
    ),
    digits=8,
)
# A French number without its 0, in pairs, after "numéro".
SHORT_PHONE = Rule(
    "téléphone",
    re.compile(r"\b(?:num|nume?ro|no|n°)\b[^\d\n\ue000+]{0,20}(?<![a-z\d])(?P<it>[1-9](?:[ .-]\d\d){4})(?![ .-]?\d)"),
    digits=9,
)
_FOREIGN_HINT = re.compile(r"\+ ?\(?\d|\b00 ?[1-9]")


def find_foreign_phones(text: Folded) -> Iterator[Span]:
    """Yield the numbers that begin with the code of a country and may exist there, after the library phonenumbers."""
    if text.digits < 8 or not _FOREIGN_HINT.search(text.lower):
        return
    for match in phonenumbers.PhoneNumberMatcher(text.cased, "FR", leniency=phonenumbers.Leniency.POSSIBLE):
        if match.raw_string.lstrip("( ").startswith(("+", "00", "＋")):
            yield Span(match.start, match.end, "téléphone")


_FIGURE = rf"(?:{NUMBER_WORD}|\d\d?(?!\d))"
_NEXT = r"(?:[ .,;-]{1,3}| et )"
_ONE_TO_NINE = "un|deux|trois|quatre|cinq|six|sept|huit|neuf|one|two|three|four|five|seven|eight|nine|[1-9]"
# A telephone said in words begins with "zéro six" or "plus trente-trois"; words and figures may be mixed.
SPOKEN_PHONE = Rule(
    "téléphone",
    re.compile(
        rf"(?<![a-z\d])(?:(?:zero|oh|0){_NEXT}(?:{_ONE_TO_NINE})\b|0[1-9]\b|(?:plus|\+) ?trente{_NEXT}trois\b)"
        rf"(?:{_NEXT}{_FIGURE}\b){{4,16}}"
    ),
    valid=lambda said: re.search("[a-z]", said) is not None,
)
