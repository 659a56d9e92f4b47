"""Puts right what was typed: a slip of the fingers ("pasport"), or two words in one ("congématernité")."""

from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.search_text import stem

SHORTEST = 5
"""Letters from which a word is looked at; shorter ones have too many neighbours."""
LETTERS_FOR_TWO_SLIPS = 8
SHORTEST_HALF = 4


class Spelling:
    """Knows the words of the titles.

    Args:
        words: the folded words that can be meant.
        is_known: says whether a stem is found anywhere, and needs no correction.
    """

    def __init__(self, words: Iterable[str], is_known: Callable[[str], bool]) -> None:
        self._words = sorted({word for word in words if len(word) >= SHORTEST_HALF})
        self._set = frozenset(self._words)
        self._is_known = is_known

    def terms(self, words: Iterable[str]) -> list[str]:
        """Return the stems of folded words, with those that nothing has put right where it can be done."""
        return [stem(right) for word in words for right in self._right(word)]

    def _right(self, word: str) -> list[str]:
        if len(word) < SHORTEST or not word.isalpha() or self._is_known(stem(word)):
            return [word]
        for cut in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1):
            if word[:cut] in self._set and word[cut:] in self._set:
                return [word[:cut], word[cut:]]
        slips = 1 if len(word) < LETTERS_FOR_TWO_SLIPS else 2
        found = process.extractOne(word, self._words, scorer=OSA.distance, score_cutoff=slips)
        # People seldom miss the first letter; a word that differs there is another word.
        return [found[0]] if found and found[0][0] == word[0] else [word]
