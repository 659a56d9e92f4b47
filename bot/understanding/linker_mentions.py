"""Which services a message names outright: each place of a name weighed, refusals and what joins two of them heard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.understanding.words import word_set

# A name counts as said outright when this share of its weight is there: all of it, give or take a typing mistake.
_OUTRIGHT = 0.85
_REFUSALS = word_set("pas not non sauf ni except excepte hormis nor")
# Words that refuse what they are compared with: "plutôt que le passeport", but not "plutôt le passeport".
_COMPARED = word_set("instead rather plutot lieu")
_TOGETHER = word_set("et and ainsi puis plus")
_THAN = word_set("que qu than of du de d des")
# What may stand between the refusal and the thing refused: "pas pour le passeport", "not about my passport".
_BETWEEN = word_set(
    "a about an au aux ce celle celui d de des du en for l la le les m ma mes mon my n of on par pour que qu s son sa"
    " than the un une"
)


@dataclass(frozen=True)
class Mention:
    """A service named outright in a message, with the positions of the words that name it."""

    service: int
    positions: frozenset[int]
    strength: float
    negated: bool = False


@dataclass(frozen=True)
class Match:
    """Words of one name found near each other: positions with their weight, and the weight of the whole name."""

    service: int
    found: tuple[tuple[int, float], ...]
    total: float
    names: bool

    @property
    def positions(self) -> frozenset[int]:
        """Where its words stand."""
        return frozenset(position for position, _ in self.found)

    @property
    def weight(self) -> float:
        """What was found of it is worth."""
        return sum(weight for _, weight in self.found)


def resolve(words: Sequence[str], matches: Iterable[Match]) -> list[Mention]:
    """Return the services named outright; of names that share a word, the one that says most wins."""
    outright = [match for match in matches if match.names and match.weight >= _OUTRIGHT * match.total]
    outright.sort(key=lambda match: (-match.weight, max(match.positions) - min(match.positions), match.service))
    taken: set[int] = set()
    kept: dict[int, Mention] = {}
    for match in outright:
        if taken.isdisjoint(match.positions):
            taken |= match.positions
            negated = _refused(words, min(match.positions))
            earlier = kept.get(match.service)
            if earlier is None or earlier.negated:
                kept[match.service] = Mention(match.service, match.positions, match.weight, negated)
    return sorted(kept.values(), key=lambda mention: min(mention.positions))


def joined_mentions(words: Sequence[str], mentions: Sequence[Mention]) -> list[int]:
    """Return the services named with a word between them that asks about both, in the order of the sentence."""
    joined = [
        mention.service
        for pair in pairwise(mentions)
        if not _TOGETHER.isdisjoint(words[max(pair[0].positions) + 1 : min(pair[1].positions)])
        for mention in pair
    ]
    return list(dict.fromkeys(joined))


def _refused(words: Sequence[str], position: int) -> bool:
    """Return whether the name at a position comes right after a refusal: "pas de passeport", "not my passport"."""
    before = position - 1
    while before >= 0 and words[before] in _BETWEEN:
        before -= 1
    if before >= 0 and words[before] in _COMPARED:
        return not _THAN.isdisjoint(words[before + 1 : position])
    return before >= 0 and words[before] in _REFUSALS
