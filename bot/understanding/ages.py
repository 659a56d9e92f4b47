"""The age of the person concerned, in what a citizen writes: "mon fils de 8 ans", "I am 17", "pour mon bébé"."""

import re
from dataclasses import dataclass
from datetime import date

from bot.understanding.births import find_births
from bot.understanding.words import word_set
from bot.words import fold

_MAX_CHARACTERS = 2000
_ADULT, _OLDEST = 18, 130
_TOKEN = re.compile(r"[a-z]+|\d+|[.,;:!?()]")
_STOPS = frozenset(".;:!?()")
_REACH = 7  # How many tokens before a number may say whose age it is.


_CHILDREN = word_set(
    "ado adolescent adolescente aine ainee bebe benjamin benjamine cadet cadette enfant enfants fille filles fils frere"
    " gamin gamine garcon gosse jumeaux jumelles mineur mineure neveu niece nourrisson petit petite petits soeur"
    " baby boy brother child children daughter daughters girl infant kid kids minor nephew niece sister son sons"
    " stepdaughter stepson teen teenager toddler grandson granddaughter"
)
_BABIES = word_set("bebe bebes nourrisson nourrissons nouveau nouvelle baby babies newborn newborns infant infants")
_RELATIVES = word_set(
    "compagne compagnon conjoint conjointe epouse epoux femme maman mamie mari mere papa papi papy pere oncle tante"
    " personne aunt dad father granddad grandfather grandma grandmother husband mother mum mom partner person uncle"
    " wife"
)
# What stands between a person and an age: "mon fils *qui vient d'avoir* 18 ans", "my son *is* 8".
_BEARING = word_set(
    ", a age agee agees ages ait aura aurait avait avoir bientot c d de deja elle est et eu fait il juste lui ne ont"
    " presque qu que qui seulement va vient and aged almost has he is just nearly now of only s she turned turning"
    " turns was who will be"
)
# A length of time is no age: "depuis 3 ans", "il y a 10 ans", "valable 5 ans", "for 3 years".
_LASTING = word_set(
    "apres attend attends attendre attendu au avant chaque dans depuis duree durant en pendant sous toutes tous valable"
    " valables valide valides validite y ya after ago before every for in last past since these valid within"
)
_AFTER_LASTING = word_set("ago apres d de later of plus que qu tard")
_YEARS = word_set("an ans annee annees year years yr yrs yo")
_MONTHS = word_set("mois month months semaine semaines week weeks jour jours day days")
_NUMBERS = {
    word: number
    for words in (
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dixsept dixhuit",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen",
    )
    for number, word in enumerate(words.split(), start=1)
}
_UNDER = (("moins", "de"), ("moins", "d"), ("under",), ("below",), ("younger", "than"), ("less", "than"))
_OVER = (("plus", "de"), ("plus", "d"), ("over",), ("above",), ("older", "than"), ("more", "than"))
_OR_MORE = (("et", "plus"), ("ou", "plus"), ("or", "more"), ("or", "over"), ("and", "over"), ("or", "older"))
_MINORS = word_set("mineur mineure mineurs mineures minor minors underage")
_ADULTS = word_set("majeur majeure majeurs majeures adulte adultes adult adults")
_DENIALS = word_set("pas non not ni n t isn")


@dataclass(frozen=True)
class Ages:
    """The bounds, in whole years, of the age of the person concerned; equal when it is known exactly."""

    lowest: int
    highest: int

    @property
    def exact(self) -> int | None:
        """The age when it is known exactly."""
        return self.lowest if self.lowest == self.highest else None

    def within(self, ages: tuple[int, int]) -> bool:
        """Return whether every possible age lies between two ages, both included."""
        return ages[0] <= self.lowest and self.highest <= ages[1]


def find_ages(text: str, today: date | None = None) -> Ages | None:
    """Return the age of the person concerned, or None when the text does not say it.

    A child's age comes before the writer's own, because who speaks of a child asks for the child.

    Args:
        text: what was written.
        today: the day on which the age is that a birth tells ("née en 87"); none is the day on which this is called.
    """
    words = _TOKEN.findall(re.sub(r"dix[- ](?=sept|huit)", "dix", fold(text[:_MAX_CHARACTERS])))
    said = [found for position in range(len(words)) if (found := _age_at(words, position))]
    for start, lowest, highest in find_births(text[:_MAX_CHARACTERS], today or date.today()):
        if highest <= _OLDEST:
            child = _borne(_TOKEN.findall(fold(text[:start]))[-_REACH:], _CHILDREN)
            said.append((0 if child else 2, Ages(lowest, highest)))
    if said:
        return min(said, key=lambda found: found[0])[1]
    if any(word in _BABIES and _is_baby(words, position) for position, word in enumerate(words)):
        return Ages(0, 0)
    for position, word in enumerate(words):
        if word in _MINORS or word in _ADULTS:
            denied = not _DENIALS.isdisjoint(words[max(0, position - 2) : position])
            return Ages(0, _ADULT - 1) if (word in _MINORS) != denied else Ages(_ADULT, _OLDEST)
    return None


def _age_at(words: list[str], position: int) -> tuple[int, Ages] | None:
    """Return the age that the number at a position says, after its rank: a child's 0, another's 1, the writer's 2..."""
    number = int(words[position]) if words[position].isdigit() else _NUMBERS.get(words[position])
    if number is None or number > _OLDEST:
        return None
    start = position
    while start > max(0, position - _REACH) and words[start - 1] not in _STOPS:
        start -= 1
    before, after = words[start:position], words[position + 1 : position + 5]
    unit = after[0] if after else ""
    rest = after[1:] if unit in _YEARS | _MONTHS else after
    # "For my 8 year old son" is no length of time.
    lasting = not _LASTING.isdisjoint(before[-3:]) and rest[:1] != ["old"]
    if lasting or (rest and rest[0] in _AFTER_LASTING):
        return None
    child = _borne(before, _CHILDREN) or (rest[:1] == ["old"] and not _CHILDREN.isdisjoint(rest[1:]))
    if unit in _MONTHS:
        days = number * (30 if unit.startswith("mo") else 7 if unit[0] in "sw" else 1)
        return (0, Ages(days // 365, days // 365)) if child or rest[:1] == ["old"] else None
    if unit in _YEARS:
        return _in_years(number, before, rest, child)
    # A bare number is an age only at the end of a clause: "my son is 8", "I'm 17 and..."; never "I am 2 minutes late".
    ended = not after or after[0] in _STOPS | {",", "and", "but", "so", "et", "mais"}
    if (
        ended
        and before[-1:]
        and before[-1] in {"is", "aged", "turned", "age", "agee"}
        and (child or "age" in before[-1])
    ):
        return 0, Ages(number, number)
    if ended and _ends(before, _UNDER) and _borne(before[:-1], _CHILDREN):
        return 0, Ages(0, max(0, number - 1))
    if ended and before[-2:] in (["i", "am"], ["i", "m"], ["he", "is"], ["she", "is"], ["he", "s"], ["she", "s"]):
        return 1 + (before[-2] == "i"), Ages(number, number)
    return None


def _in_years(number: int, before: list[str], rest: list[str], child: bool) -> tuple[int, Ages] | None:
    """Return the age that a number of years says, after its rank, or None when it is no age."""
    exact = Ages(number, number)
    if _ends(before, _UNDER):
        return 4, Ages(0, max(0, number - 1))
    if _ends(before, _OVER) or any(tuple(rest[: len(words)]) == words for words in _OR_MORE):
        return 4, Ages(number, _OLDEST)
    if child:
        return 0, exact
    if rest and rest[0] in {"mon", "ma", "le", "la", "ce", "cette"}:
        return None  # "il a 10 ans, mon passeport"
    if _borne(before, _RELATIVES | {"il", "elle", "he", "she"}) or not {"age", "agee", "aged"}.isdisjoint(before[-2:]):
        return 1, exact
    if not {"ai", "jai", "aurai", "am", "m", "im"}.isdisjoint(before[-2:]):
        return 2, exact
    alone = all(word in _BEARING or word in {"oui", "yes", "pour", "it"} for word in before)
    return (3, exact) if (alone or rest[:1] == ["old"]) and len(rest) < 3 else None


def _borne(before: list[str], persons: frozenset[str]) -> bool:
    """Return whether one of the persons bears the age: nothing but a name and small words stand between."""
    for distance, word in enumerate(reversed(before)):
        if word in persons:
            between = before[len(before) - distance :]
            return sum(other not in _BEARING for other in between) <= 1
    return False


def _ends(before: list[str], endings: tuple[tuple[str, ...], ...]) -> bool:
    return any(tuple(before[-len(ending) :]) == ending for ending in endings)


def _is_baby(words: list[str], position: int) -> bool:
    """Return whether a word speaks of a baby; "nouveau" and "nouvelle" only before "né"."""
    if words[position] in {"nouveau", "nouvelle"}:
        return words[position + 1 : position + 2] in (["ne"], ["nee"])
    return True
