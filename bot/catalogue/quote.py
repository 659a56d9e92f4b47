"""A short quotation of a fiche: the sentences of a passage that have most of what was asked."""

import re

from bot.catalogue.search import GOOD_STRENGTH, Result
from bot.catalogue.search_text import terms

LONGEST = 320
"""Characters quoted at most: what a phone shows without scrolling."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-zà-ÿ])|\n+")


def believed(results: list[Result]) -> list[Result]:
    """Return the results that have enough of the question to be shown as an answer."""
    return [result for result in results if result.strength >= GOOD_STRENGTH]


def quotation(text: str, question: str) -> str:
    """Return the sentences of a passage from the one that has most of the question on, as many as fit.

    Args:
        text: the passage.
        question: what was asked.
    """
    wanted = set(terms(question))
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    if not sentences:
        return ""
    best = max(range(len(sentences)), key=lambda place: (len(wanted & set(terms(sentences[place]))), -place))
    quoted = sentences[best]
    for sentence in sentences[best + 1 :]:
        if len(quoted) + len(sentence) + 1 > LONGEST:
            break
        quoted += f" {sentence}"
    if len(quoted) > LONGEST:
        return f"{quoted[:LONGEST].rsplit(' ', 1)[0]}…"
    return quoted
