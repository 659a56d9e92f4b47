"""Days and years said in French words, as a voice keyboard writes them: "quatorze juillet mille neuf cent douze"."""

import re

_NUMBERS = {
    name: number
    for number, name in enumerate(
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split(), start=1
    )
} | {"premier": 1, "une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_ONE = rf"(?:{'|'.join(_NUMBERS)})"
_MANY = rf"{_ONE}(?:[ -](?:et )?{_ONE})*"
_CENTURIES = {"mille neuf cent": 1900, "mil neuf cent": 1900, "dix neuf cent": 1900, "deux mille": 2000}
_YEAR = re.compile(rf"\b({'|'.join(_CENTURIES)})s?(?: (?:et )?({_MANY}))?\b")
_MONTHS = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_DAY = re.compile(rf"\b({_MANY}) (?={_MONTHS})\b")


def in_figures(folded: str) -> str:
    """Return a folded text with the days and years that it says in words written in figures."""
    told = _YEAR.sub(lambda match: str(_CENTURIES[match[1]] + _value(match[2] or "")), folded)
    return _DAY.sub(lambda match: f"{_value(match[1])} ", told)


def _value(words: str) -> int:
    total = 0
    for word in re.split(r"[ -]", words):
        # "quatre-vingt" is a product, everything else a sum; "et" counts for nothing.
        total = 80 if word.startswith("vingt") and total == 4 else total + _NUMBERS.get(word, 0)
    return total
