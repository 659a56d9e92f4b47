"""When two messages say the same, and of what many speak: near-duplicates, topics and their names."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.catalogue.search_text import terms, words
from bot.words import fold

SAME_FROM = 90
"""Likeness (0 to 100, Levenshtein's ratio) from which two messages say the same: a typo or an article apart."""
SHORT = 8
"""Characters up to which only equal messages say the same: one letter makes another word."""
TOPIC_FROM = 0.3
"""Cosine of two messages' telling words, weighted by rarity, from which they are about the same thing."""
NAMED_BY = 3
"""Words of the name of a topic."""
COMPARED = 3000
"""Messages that are sorted into topics at once: those above stay without one until the others are labelled."""
_WORD = re.compile(r"[a-z0-9]+")
_MASK = re.compile(r"\[[^\]]*\]")
_GREETING = re.compile(
    r"\b(?:bonjour|bonsoir|salut|hello|hi|merci|thanks|thank you|svp|stp|please|s il (?:vous|te) plait)\b"
)


def key_of(text: str) -> str:
    """Return a message as it is compared: folded, without signs and courtesies; its words when it is nothing else."""
    plain = " ".join(_WORD.findall(fold(text)))
    return " ".join(_GREETING.sub(" ", plain).split()) or plain


class SameWords:
    """Finds the group whose first message says the same as another one.

    Groups are looked for in a shelf (a language and a service): what was about another service is another question.
    """

    def __init__(self) -> None:
        self._exact: dict[tuple[object, str], int] = {}
        self._shelves: dict[object, tuple[list[str], list[int]]] = {}

    def add(self, shelf: object, key: str, group: int) -> None:
        """Remember the first message of a group."""
        self._exact.setdefault((shelf, key), group)
        if len(key) > SHORT:
            keys, groups = self._shelves.setdefault(shelf, ([], []))
            keys.append(key)
            groups.append(group)

    def find(self, shelf: object, key: str) -> int | None:
        """Return the group that says the same, or None."""
        exact = self._exact.get((shelf, key))
        if exact is not None or len(key) <= SHORT or shelf not in self._shelves:
            return exact
        keys, groups = self._shelves[shelf]
        best = process.extractOne(key, keys, scorer=fuzz.ratio, score_cutoff=SAME_FROM)
        return groups[best[2]] if best else None


def topics(texts: Sequence[str]) -> list[str]:
    """Return the name of the topic of each message; empty for one that is about nothing that another is about.

    The first message without a topic gathers those that share its telling words, and so on: the order of the messages
    counts, and the same messages in the same order have the same topics.

    Args:
        texts: the messages, the most important first.
    """
    stems = [set(terms(_MASK.sub(" ", text))) for text in texts[:COMPARED]]
    named = [""] * len(texts)
    frequency = Counter(stem for each in stems for stem in each)
    having: dict[str, list[int]] = {}
    for place, each in enumerate(stems):
        for stem in each:
            having.setdefault(stem, []).append(place)
    rarity = {stem: math.log(1 + len(stems) / count) for stem, count in frequency.items()}
    length = [math.sqrt(sum(rarity[stem] ** 2 for stem in each)) for each in stems]
    free = [bool(each) for each in stems]
    for leader, own in enumerate(stems):
        if not free[leader]:
            continue
        shared: defaultdict[int, float] = defaultdict(float)
        for stem in own:
            for place in having[stem]:
                shared[place] += rarity[stem] ** 2
        near = (place for place, dot in shared.items() if dot >= TOPIC_FROM * length[leader] * length[place])
        members = sorted(place for place in near if free[place])
        if len(members) > 1:
            name = name_of([texts[place] for place in members])
            for place in members:
                free[place], named[place] = False, name
    return named


def name_of(texts: Sequence[str]) -> str:
    """Return the words that most of some messages share, as they are most often written."""
    spelled: dict[str, Counter[str]] = {}
    shared: Counter[str] = Counter()
    for text in texts:
        seen = {}
        for word in _telling(text):
            folded = fold(word)
            stem = terms(folded)
            if stem:
                spelled.setdefault(stem[0], Counter())[word.lower()] += 1
                seen[stem[0]] = True
        shared.update(seen)
    first = sorted(shared, key=lambda stem: (-shared[stem], stem))[:NAMED_BY]
    return " · ".join(spelled[stem].most_common(1)[0][0] for stem in first)[:120]


def _telling(text: str) -> list[str]:
    """Return the words of a text that tell something, as they are written; masks are none."""
    return [word for word in re.findall(r"\w+", _MASK.sub(" ", text)) if words(word)]
