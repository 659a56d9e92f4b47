"""Finds the names of services in a message, word by word, through typing mistakes."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from rapidfuzz import process
from rapidfuzz.distance import OSA, Prefix

from bot.understanding.linker_dictionary import Dictionary
from bot.understanding.linker_mentions import Match, Mention, joined_mentions, resolve
from bot.understanding.words import EMPTY_WORDS, is_telling, sound, stem, telling, tokens, word_set

# What a slip of the hand takes from the likeness of two words; more when the word typed exists ("mourir", "murer").
_SLIP, _REAL_SLIP = 0.1, 0.4
_JOINED = 6  # Letters from which two words side by side may be one that was torn apart.
_KIN = 0.8  # How alike two words of one family are: "collecte", "collected".
_DETERMINERS = word_set(
    "a an any au aux ce cet cette d de des du l la le les leur ma mes mon my notre of our son sa ses the un une your"
)
# Words that tie a name to its complement: "permis de chasse" is one thing, "mon permis, la chasse" is two.
_LINKS = word_set("d de des du of")
_ARTICLES = word_set("l la le les the")
# What stands before a mark completes no name that follows: "pour le Portugal, passeport".
_MARKS = re.compile(r"[,;:!?()\n]|\.(?=\s)")
# Letters that an apostrophe cuts off; without it they stick to the word ("didentité", "lacte").
_ELISIONS = ("qu", "d", "l", "m", "n", "s", "t", "j", "c")


@dataclass(frozen=True)
class Name:
    """One name of a service.

    Attributes:
        service: the place of the service.
        stems: the stems of its telling words.
        names: whether these words alone name it; "revenu" alone does not, when the name is "je n'ai plus de revenus".
    """

    service: int
    stems: tuple[str, ...]
    names: bool = True


@dataclass
class Reading:
    """What the names say of one message.

    Attributes:
        strength: for each service, the weight of its words found, times the share of the name that they make up.
        coverage: for each service, the share of its best name's weight that was found, 0 to 1.
        stranger: for each service, whether an unknown word completes the best match ("permis de *chasse*").
        mentions: services named outright, in the order of the sentence.
        joined: those that an "et" or "and" stands between; in a story two are named, and one is asked about.
        unknown: words that neither the names nor everyday language know.
        things: those of them that are nouns after an article or the like.
        telling: how many words of the message say anything.
    """

    strength: list[float]
    coverage: list[float]
    stranger: list[bool]
    mentions: list[Mention] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    things: list[str] = field(default_factory=list)
    telling: int = 0


class Names:
    """The names of all services, with what each of their words is worth."""

    def __init__(
        self, count: int, names: Iterable[Name], common: frozenset[str], own: list[frozenset[str]], words: Dictionary
    ) -> None:
        """Index the names.

        Args:
            count: how many services there are.
            names: their names; those without any telling word are left out.
            common: stems of everyday language, which are no thing that a message is about.
            own: the stems of each service's texts; a stem of many services says little, unless it is a name by itself.
            words: the words that exist.
        """
        self.count = count
        self.common = common
        self.own = own
        self.dictionary = words
        self.names = sorted({name for name in names if name.stems}, key=lambda name: (name.service, name.stems))
        services: dict[str, set[int]] = defaultdict(set)
        self._of_stem: dict[str, list[int]] = defaultdict(list)
        for index, name in enumerate(self.names):
            for piece in set(name.stems):
                services[piece].add(name.service)
                self._of_stem[piece].append(index)
        spread = Counter(piece for stems in own for piece in stems)
        alone = {name.stems[0] for name in self.names if len(name.stems) == 1 and name.names}
        self.weights = {
            piece: log((count + 1) / len(which)) * (1.0 if piece in alone else 1.0 - 0.8 * spread[piece] / count)
            for piece, which in services.items()
        }
        self._vocabulary = sorted(self.weights)
        self._of_sound: dict[str, list[str]] = defaultdict(list)
        self._of_start: dict[str, list[str]] = defaultdict(list)
        for piece in self._vocabulary:
            self._of_start[piece[:5]] += [piece] if len(piece) > 4 else []
            self._of_sound[sound(piece)].append(piece)
        self._seen: dict[str, dict[str, float]] = {}

    def read(self, text: str) -> Reading:
        """Return what the names say of a message."""
        words: list[str] = []
        begin: set[int] = set()  # Where a piece between two marks begins.
        for piece in _MARKS.split(text):
            begin.add(len(words))
            words += self._joined(tokens(piece))
        likely = [self._candidates(word) if is_telling(word) else {} for word in words]
        places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, candidates in enumerate(likely):
            for piece, similarity in candidates.items():
                places[piece].append((position, similarity))
        matches = [match for index in self._touched(places) for match in self._matches(self.names[index], places)]
        mentions = resolve(words, matches)
        strangers = [
            is_telling(word) and not found and stem(word) not in self.common and not word.isdigit()
            for word, found in zip(words, likely, strict=True)
        ]
        reading = Reading([0.0] * self.count, [0.0] * self.count, [False] * self.count, mentions)
        reading.joined = joined_mentions(words, mentions)
        reading.unknown = [word for word, strange in zip(words, strangers, strict=True) if strange]
        reading.things = [
            word
            for before, word, strange in zip(["", *words], words, strangers, strict=False)
            if strange and before in _DETERMINERS and self.dictionary.is_noun(word)
        ]
        reading.telling = sum(map(is_telling, words))
        for match in matches:
            taken = frozenset().union(*(m.positions for m in mentions if m.service != match.service))
            found = sum(weight for position, weight in match.found if position not in taken)
            coverage = found / match.total
            if found * coverage > reading.strength[match.service]:
                reading.strength[match.service] = found * coverage
                reading.coverage[match.service] = coverage
                reading.stranger[match.service] = self._completed(words, begin, strangers, match)
        return reading

    def _joined(self, words: list[str]) -> list[str]:
        """Return the words, those put together that are one word of a name: dictation writes "mari âge"."""
        joined: list[str] = []
        for word in words:
            both = joined[-1] + word if joined else ""
            if len(both) >= _JOINED and stem(both) in self.weights and word not in EMPTY_WORDS:
                joined[-1] = both
            else:
                joined.append(word)
        return joined

    def _completed(
        self, words: Sequence[str], begin: Collection[int], strangers: Sequence[bool], match: "Match"
    ) -> bool:
        """Return whether a word that is none of the service's completes a name: after it, or in English before it."""
        after = max(match.positions) + 1
        if after < len(words) and after not in begin and words[after] in _LINKS:
            after += 1 + (words[after + 1 : after + 2] != [] and words[after + 1] in _ARTICLES)
            if after < len(words) and self._is_odd(words[after], match.service):
                return True
        first = min(match.positions)
        return first not in begin and strangers[first - 1] and self._is_odd(words[first - 1], match.service)

    def _is_odd(self, word: str, service: int) -> bool:
        """Return whether a noun is in nothing that the catalogue says of a service ("permis de *chasse*")."""
        return is_telling(word) and self.dictionary.is_noun(word) and stem(word) not in self.own[service]

    def _touched(self, places: dict[str, list[tuple[int, float]]]) -> list[int]:
        return sorted({index for piece in places for index in self._of_stem[piece]})

    def _matches(self, name: Name, places: dict[str, list[tuple[int, float]]]) -> Iterable["Match"]:
        """Yield the places where some words of a name stand close together."""
        total = sum(self.weights[piece] for piece in name.stems)
        reach = 2 * len(name.stems) + 2
        for anchor, _ in places.get(max(name.stems, key=lambda p: (p in places, self.weights[p])), []):
            found: dict[int, float] = {}
            for piece in name.stems:
                near = [
                    (similarity, -abs(position - anchor), position)
                    for position, similarity in places.get(piece, [])
                    if abs(position - anchor) <= reach and position not in found
                ]
                if near:
                    similarity, _, position = max(near)
                    found[position] = similarity * self.weights[piece]
            yield Match(name.service, tuple(sorted(found.items())), total, name.names)

    def _candidates(self, word: str) -> dict[str, float]:
        """Return the stems of names that a word may stand for, with how sure that is, from 0 to 1."""
        if word not in self._seen:
            if len(self._seen) > 5000:
                self._seen.clear()
            self._seen[word] = self._lookup(word)
        return self._seen[word]

    def _lookup(self, word: str) -> dict[str, float]:
        piece = stem(word)
        if piece in self.weights:
            return {piece: 1.0}
        if piece in self.common or word.isdigit():
            return {}
        for elision in _ELISIONS:
            if word.startswith(elision) and stem(word.removeprefix(elision)) in self.weights:
                return {stem(word.removeprefix(elision)): 0.95}
        exists = self.dictionary.exists(word)
        allowed = 0 if len(word) < 5 else 1 if len(piece) < 8 else 2
        close = process.extract(piece, self._vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        slip = _REAL_SLIP if exists else _SLIP
        found = {
            known: 1 - slip * distance for known, distance, _ in close if known[:1] == piece[:1] and len(known) > 3
        }
        for known in self._of_start.get(piece[:5], []):
            if Prefix.similarity(known, piece) >= 0.7 * max(len(known), len(piece)):
                found[known] = max(found.get(known, 0.0), _KIN)
        if not exists and len(sound(piece)) > 2:
            found |= {known: 1 - _SLIP for known in self._of_sound.get(sound(piece), []) if known not in found}
        return {known: similarity for known, similarity in found.items() if similarity >= 0.5}


def name_of(service: int, text: str) -> Name:
    """Return a name from its words; one made of nothing but empty words keeps them all."""
    words = tokens(text)
    stems = tuple(dict.fromkeys(telling(text) or map(stem, words)))
    return Name(service, stems, len(stems) > 1 or len(words) < 3)
