"""How easy a French text is to read: sentences, words, syllables, and one figure made of them."""

import re

from bot.words import fold

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^a-zà-ÿ])|\n+")
_ADDRESS = re.compile(r"https?://\S+|\b[\w.-]+@[\w.-]+|\b(?:[\w-]+\.)+(?:fr|com|eu|org)\b\S*|\{\w+\}")
"""A page, a mailbox, or what an answer fills in: each is read as one thing, whatever its length."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d[\d .,]*")
_VOWELS = re.compile(r"[aeiouy]+")
# The -ent of verbs and the last e of a word are not heard; adverbs and some nouns are.
_SILENT = re.compile(r"(?<=[^aeiouy])(?:es?|ent)$")
_HEARD_ENT = ("ment", "ident", "argent", "agent", "parent", "client", "patient")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text: what ends with a full stop, a mark, or the line."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def words(text: str) -> list[str]:
    """Return the words of a text; a number is a word, a compound name too."""
    return _WORD.findall(_ADDRESS.sub("x", text))


def syllables(word: str) -> int:
    """Return about how many syllables are heard in a French word, one at least.

    Groups of vowels are counted and the silent ending is not. Over a text the errors make up for each other.
    """
    folded = fold(word)
    if not folded.endswith(_HEARD_ENT):
        folded = _SILENT.sub("", folded)
    return max(1, len(_VOWELS.findall(folded)))


def reading_ease(text: str) -> float:
    """Return the reading ease of a French text, about 0 (a law) to 100 (a comic).

    Flesch's formula with the constants of Kandel and Moles for French:
    207 - 1.015 x (words / sentences) - 73.6 x (syllables / words).
    Kandel, L. and Moles, A. (1958), "Application de l'indice de Flesch à la langue française", Cahiers d'études de
    radio-télévision, 19, p. 253-274.
    """
    all_words = words(text)
    if not all_words:
        return 100.0
    heard = sum(syllables(word) for word in all_words)
    return 207 - 1.015 * len(all_words) / max(1, len(sentences(text))) - 73.6 * heard / len(all_words)
