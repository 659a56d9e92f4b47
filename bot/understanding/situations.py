"""What a message says of the citizen's case: lost or stolen, first time or renewal, abroad, a child of 8."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from bot.catalogue.load import Catalogue
from bot.catalogue.model import LANGUAGES
from bot.understanding.ages import find_ages
from bot.understanding.words import EMPTY_WORDS, MAX_CHARACTERS, stem, word_set
from bot.words import fold

_BORN = re.compile(r"\b(?:nés?|ne(?=\s+(?:à|a|au|aux|en)\b))(?!\w)", re.IGNORECASE)
"""Born, for which `fold` would leave the "ne" of a refusal."""
_TOKEN = re.compile(r"[a-z]+|\d+|[.,;:!?()]")
_STOPS = frozenset(".,;:!?()") | {"mais", "but"}
_REFUSALS = word_set("pas ni jamais sans not no never nor without isn wasn aren weren hasn haven hadn don doesn didn")
# Small words that decide all the same: "plus valable", "jamais eu", "d'occasion" against "pas d'occasion".
_DECIDING = _REFUSALS | word_set("plus non nom eu")
_AGREED = 0.001  # What one more service that agrees is worth against one more word.
_REACH = 3  # How many telling words a refusal may stand before what it refuses.


@dataclass(frozen=True)
class FoundSituation:
    """What a message says of the citizen's case.

    Attributes:
        values: the likeliest value of each situation that was recognised.
        candidates: every value of it that was recognised, likeliest first, because services name one case differently
            ("expired" here, "renewal" there).
        age: of the person concerned, in whole years, when it is said exactly.
    """

    values: dict[str, str]
    age: int | None
    candidates: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Phrase:
    """Words that reveal an option of a situation of a service."""

    pieces: tuple[str, ...]
    service: str
    situation: str
    value: str


class SituationFinder:
    """Recognises the options of the catalogue's situations by their words and ages."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._phrases: dict[str, list[_Phrase]] = defaultdict(list)
        self._ages: list[tuple[str, str, str, tuple[int, int]]] = []
        for service in catalogue.services.values():
            for situation in service.situations:
                for option in situation.options:
                    words = [w for language in LANGUAGES for w in (option.words[language] if option.words else [])]
                    for pieces in dict.fromkeys(tuple(_pieces(text)) for text in words):
                        if pieces:
                            self._phrases[pieces[0]].append(_Phrase(pieces, service.id, situation.id, option.value))
                    if option.ages:
                        self._ages.append((service.id, situation.id, option.value, option.ages))

    def find(self, text: str, service: str | None = None) -> FoundSituation:
        """Return what a message says of the case.

        Args:
            text: the message.
            service: only the situations of this service; without it those of all, and where services name the same
                case differently, the value that most of them use.
        """
        ages = find_ages(text)
        votes: dict[str, dict[str, float]] = {}
        for phrase, length in self._revealed(text, service):
            own = votes.setdefault(phrase.situation, {})
            # The longest words tell most; how many services agree only breaks a tie.
            own[phrase.value] = max(own.get(phrase.value, 0.0), length) + _AGREED
        for owner, situation, value, bounds in self._ages:
            if ages and service in (None, owner) and ages.within(bounds):
                own = votes.setdefault(situation, {})
                own[value] = own.get(value, 0.0) + _AGREED
        candidates = {id_: sorted(own, key=own.__getitem__, reverse=True) for id_, own in votes.items()}
        likeliest = {situation: values[0] for situation, values in candidates.items()}
        return FoundSituation(likeliest, ages.exact if ages else None, candidates)

    def _revealed(self, text: str, service: str | None) -> Iterable[tuple[_Phrase, int]]:
        """Yield the phrases that a message says and does not deny, with their length in words."""
        pieces = _pieces(text[:MAX_CHARACTERS])
        for start, said in enumerate(pieces):
            for first in self._beginnings(said):
                for phrase in self._phrases[first]:
                    span = pieces[start : start + len(phrase.pieces)]
                    if service in (None, phrase.service) and _same(span, phrase.pieces) and not _denied(pieces, start):
                        yield phrase, len(phrase.pieces)

    def _beginnings(self, said: str) -> list[str]:
        """Return the first words of phrases that a word may stand for."""
        if said in self._phrases:
            return [said]
        return [first for first in self._phrases if abs(len(first) - len(said)) < 3 and _alike(said, first)]


def _pieces(text: str) -> list[str]:
    """Return the stems of the words of a text that decide something, and the signs that end a clause."""
    return [
        word if word in _STOPS or word in _DECIDING else stem(word)
        for word in _TOKEN.findall(fold(_BORN.sub("née", text)))
        if word in _STOPS or word in _DECIDING or (len(word) > 1 and word not in EMPTY_WORDS)
    ]


def _same(said: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(said) == len(wanted) and all(map(_alike, said, wanted))


def _alike(said: str, wanted: str) -> bool:
    """Return whether two stems are the same word, give or take a slip in a long one."""
    if said == wanted:
        return True
    slips = 0 if len(wanted) < 6 else 1 if len(wanted) < 9 else 2
    return slips > 0 and OSA.distance(said, wanted, score_cutoff=slips) <= slips


def _denied(pieces: Sequence[str], start: int) -> bool:
    """Return whether a refusal stands before a position in the same clause."""
    for word in reversed(pieces[max(0, start - _REACH) : start]):
        if word in _STOPS:
            return False
        if word in _REFUSALS:
            return True
    return False
