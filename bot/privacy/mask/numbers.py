"""Finders of the numbers that identify a person: social security, bank, tax, benefits, vehicle, company.

A number is recognised by its check digits (python-stdnum), or because the sentence announces it: an announced number
with a slip in it is personal all the same. The strongest check comes first.
"""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban, luhn, numdb
from stdnum.fr import nif, nir, siren, siret

from bot.privacy.mask.folded import Folded, Rule, Span
from bot.privacy.mask.words import listed

_SEP = r"[ .\-_/]{0,2}"
_NOT_BEFORE, _NOT_AFTER = r"(?<![a-z\d])", r"(?![a-z\d])"


def _compact(written: str) -> str:
    """Keep the letters and digits of a number as it was written."""
    return re.sub("[^0-9a-z]", "", written).upper()


def _any_grouping(lead: str, digits: int) -> re.Pattern[str]:
    """Compile `lead` then `digits` digits, grouped in any way; looking ahead, so that each start is tried."""
    return re.compile(rf"{_NOT_BEFORE}(?=(?P<it>{lead}(?:{_SEP}\d){{{digits}}}){_NOT_AFTER})")


_SEX_YEAR_MONTH = rf"[1-478](?:{_SEP}\d){{4}}"
_DEPARTMENT = rf"{_SEP}(?:\d{_SEP}\d|2{_SEP}[ab])"
_MONTH = r"(?:0[1-9]|1[0-2]|[2-9]\d)"
CHECKED_NUMBERS = (
    # Written in the groups that are printed on a card.
    Rule(
        "carte bancaire",
        re.compile(
            rf"{_NOT_BEFORE}(?:[3-6]\d{{3}}([ .\-])\d{{4}}\1\d{{4}}\1\d{{1,4}}(?:\1\d{{1,3}})?"
            rf"|3\d{{3}}([ .\-])\d{{6}}\2\d{{4,5}}){_NOT_AFTER}"
        ),
        lambda n: luhn.is_valid(_compact(n)),
        digits=13,
    ),
    Rule("NIR", _any_grouping(_SEX_YEAR_MONTH + _DEPARTMENT, 8), lambda n: nir.is_valid(_compact(n)), digits=14),
    Rule("SIRET", _any_grouping(r"\d", 13), lambda n: siret.is_valid(_compact(n)), digits=14),
    # Without its key a NIR only counts by fields or in one piece, and with a month that INSEE gives.
    Rule(
        "NIR",
        re.compile(
            rf"{_NOT_BEFORE}[12]([ .\-])\d\d\1{_MONTH}\1(?:\d\d|2[ab])\1\d{{3}}\1\d{{3}}(?:\1?\d\d)?{_NOT_AFTER}"
        ),
        digits=12,
    ),
    Rule("numéro fiscal", _any_grouping("[0-3]", 12), lambda n: nif.is_valid(_compact(n)), digits=13),
    Rule("NIR", re.compile(rf"{_NOT_BEFORE}[12]\d\d{_MONTH}(?:\d\d|2[ab])\d{{6}}(?: ?\d\d)?{_NOT_AFTER}"), digits=12),
    Rule(
        "carte bancaire",
        re.compile(rf"{_NOT_BEFORE}[3-6]\d{{12,18}}{_NOT_AFTER}"),
        lambda n: luhn.is_valid(n),
        digits=13,
    ),
    # The VAT number of a company is its SIREN after a key; alone, a SIREN in threes is not an amount of money.
    Rule(
        "SIRET",
        re.compile(rf"{_NOT_BEFORE}fr ?\d\d ?\d{{3}} ?\d{{3}} ?\d{{3}}{_NOT_AFTER}"),
        lambda n: siren.is_valid(_compact(n)[4:]),
        digits=11,
    ),
    Rule(
        "SIRET",
        re.compile(r"(?<![\d,.])(?<!\d )\d{3} \d{3} \d{3}(?!\d| ?(?:\d|€|eur))"),
        lambda n: siren.is_valid(_compact(n)),
        digits=9,
    ),
)

# Between the word that announces a number and the number: "est le", " : ", "c'est"... and at most one line break.
_THEN = rf"\b[^\d\ue000\n]{{0,30}}\n?[^\d\ue000\n]{{0,12}}?{_NOT_BEFORE}"
_NUMBER = r"(?:n°|\bno|num|nume?ros?|matricule|identifiant|id|number|reference|ref|dossier)"


def _announced(kind: str, cue: str, number: str, digits: int) -> Rule:
    """Make the rule of a number that follows one of the words that announce it."""
    return Rule(kind, re.compile(rf"\b(?:{cue}){_THEN}(?P<it>{number}){_NOT_AFTER}"), digits=digits)


ANNOUNCED_NUMBERS = (
    _announced(
        "NIR",
        r"secu|securite sociale|social security|nir|(?:num(?:ero)?\.?|n°)? ?ss|carte vitale|insee|assuree?",
        rf"\d(?:{_SEP}\d){{4}}{_DEPARTMENT}(?:{_SEP}\d){{5,9}}",
        digits=11,
    ),
    _announced("IBAN", "rib|iban|compte|bank account", r"\d{5}(?:[ .\-]?[a-z0-9]){16}[ .\-]?\d\d", digits=12),
    _announced(
        "carte bancaire",
        "carte(?! (?:grise|vitale|d'|de sejour))|cb|visa|mastercard|(?:credit|debit|bank|my) card|card number",
        r"\d(?:[ .\-]{0,2}\d){12,18}",
        digits=13,
    ),
    _announced(
        "numéro fiscal",
        r"fisca(?:l|le|ux)|impots?|spi|nif|declarant|tax (?:number|reference|id)",
        rf"\d(?:{_SEP}\d){{11,13}}",
        digits=12,
    ),
    _announced("SIRET", "siret|siren|rcs|kbis", rf"\d(?:{_SEP}\d){{8}}(?:(?:{_SEP}\d){{5}})?", digits=9),
    _announced(
        "numéro d'allocataire",
        rf"allocataire|matricule|caf\b[^\d\ue000\n]{{0,25}}?{_NUMBER}|{_NUMBER}[^\d\ue000\n]{{0,15}}?\bcaf",
        r"\d(?:[ .]?\d){6}(?: ?[a-z](?![\w']))?",
        digits=7,
    ),
)


_IBAN = re.compile(rf"{_NOT_BEFORE}(?=([a-z]{{2}} ?\d\d(?:[ .\-]?[a-z0-9]){{11,30}}))")
_FRENCH_IBAN = re.compile(
    rf"{_NOT_BEFORE}fr ?\d\d(?:[ .\-]?\d){{10}}(?:[ .\-]?[a-z0-9]){{11}}[ .\-]?\d[ .\-]?\d{_NOT_AFTER}"
)


@cache
def _iban_length(country: str) -> int:
    """Return how many characters an IBAN of this country has, after python-stdnum's copy of the registry, or 0."""
    (_, properties), *_ = numdb.get("iban").info(country.upper())
    return sum(map(int, re.findall(r"(\d+)!", properties["bban"]))) + 4 if "bban" in properties else 0


def find_ibans(text: Folded) -> Iterator[Span]:
    """Yield IBANs whose check digits are right, and what is written like a French one."""
    if text.digits < 10:
        return
    for match in _IBAN.finditer(text.lower):
        # The next words may have been taken too: keep as many characters as an IBAN of this country has.
        length = _iban_length(match[1][:2])
        ends = [character.end() for character in re.finditer("[a-z0-9]", match[1])]
        if (
            length
            and len(ends) >= length
            and iban.is_valid(_compact(match[1][: ends[length - 1]]), check_country=False)
        ):
            yield Span(match.start(), match.start() + ends[length - 1], "IBAN")
    for match in _FRENCH_IBAN.finditer(text.lower):
        yield Span(*match.span(), "IBAN")


# Words and units of two or three letters that stand between two numbers in a sentence: "120 KM 75", "12 MAI 17".
_SHORT_WORDS = listed(
    "de du le la les des en et au aux un une mai rue ave bis ter ans an eur km kg cm mm mn min sec art"
)


def _no_short_word(plate: str) -> bool:
    """Tell that the letters of a plate are not all words; without spaces around them they never are."""
    return " " not in plate or not _SHORT_WORDS.issuperset(re.findall("[a-z]+", plate.lower()))


_TWO = "[a-hj-np-tv-z]{2}"
_OLD_END = r"(?:\d\d|2[AB]|97[1-6])"
PLATES = (
    # With dashes or in one piece the shape is clear in any case; with spaces only in capitals, or announced.
    Rule("plaque", re.compile(rf"(?<![\w-]){_TWO}([.-]?)\d{{3}}\1{_TWO}(?![\w-])"), digits=3),
    Rule("plaque", re.compile(rf"(?<![\w-])\d{{2,4}}-[a-z]{{2,3}}-{_OLD_END.lower()}(?![\w-])"), digits=4),
    Rule("plaque", re.compile(r"(?<![\w-])[A-Z]{2}[ -]{0,3}\d{3}[ -]{0,3}[A-Z]{2}(?![\w-])"), _no_short_word, 3, True),
    Rule(
        "plaque",
        re.compile(rf"(?<![\w,.-])\d{{2,4}}[ -]?[A-Z]{{2,3}}[ -]?{_OLD_END}(?![\w-])"),
        _no_short_word,
        4,
        True,
    ),
    Rule(
        "plaque",
        re.compile(
            r"\b(?:immatricul\w*|plaque|vehicule|voiture|moto|scooter|carte grise|camion|camionnette|caravane|"
            r"registration|plate|car)\b"
            rf"[^\d\ue000\n]{{0,40}}?{_NOT_BEFORE}(?P<it>[a-z]{{2}}[ .-]{{0,3}}\d{{3}}[ .-]{{0,3}}[a-z]{{2}}"
            rf"|\d{{1,4}}[ .-]?[a-z]{{2,3}}[ .-]?{_OLD_END.lower()}){_NOT_AFTER}"
        ),
        _no_short_word,
        digits=3,
    ),
)
