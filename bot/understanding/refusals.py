"""Tells what a message refuses from what it asks instead: "je ne veux pas savoir le prix mais le délai".

Words in any order read the same to a classifier that mostly counts them: the question that is refused weighs as much as
the one that is asked. Here the two are torn apart, by the words that refuse, so that each can be read alone.
"""

import re

_WISH = r"(?:veux|voudrais|voulais|souhaite|souhaitais|souhaiterais|aimerais|cherche|demande|parle)"
# What refuses and what then follows: "je ne veux pas savoir le prix mais", "I don't need the price,".
_TO_WHAT_FOLLOWS = r"\b[^,;:.!?]*?(?:[,;:.!?]|\b(?:mais|but)\b)"
_FIRST = re.compile(
    rf"(?:\b(?:je|j'|on|nous)\s*)?(?:\bn[e']\s*)?\b{_WISH} (?:pas|plus){_TO_WHAT_FOLLOWS}"
    rf"|(?:\b(?:je|on)\s+)?\bn'(?:ai|a) (?:pas|aucun|nul) besoin{_TO_WHAT_FOLLOWS}"
    rf"|(?:\b(?:ce )?n'est|\bc'est|^non|^) ?pas{_TO_WHAT_FOLLOWS}"
    rf"|\bi (?:don'?t|do not|didn'?t|did not) (?:want|need|care|ask|mean){_TO_WHAT_FOLLOWS}"
    rf"|\bi(?:'?m| am) not (?:asking|looking|talking){_TO_WHAT_FOLLOWS}"
    rf"|\b(?:it'?s |it is |i'?m |i am )?not\b[^,;:.!?]*?\bbut\b",
    re.IGNORECASE,
)
# What refuses after what is asked: "le prix, pas le délai", "the price rather than the documents".
_LAST = re.compile(
    r"(?:(?:,\s*|\b(?:et|and) )(?:non |surtout )?(?:pas|not)"
    r"|\bet non|\bplut[oô]t qu[e']|\bau lieu d[e']|\brather than|\binstead of)"
    r"\b\s?[^,;:.!?]+",
    re.IGNORECASE,
)


def refusal(text: str) -> tuple[str, str] | None:
    """Return what a message refuses and what it asks instead, as two texts; None when it does not do both."""
    for pattern in (_FIRST, _LAST):
        if found := pattern.search(text.replace("’", "'")):
            asked = f"{text[: found.start()]} {text[found.end() :]}".strip(" ,;:.")
            if any(character.isalpha() for character in asked):
                return found.group(), asked
    return None
