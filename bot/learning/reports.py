"""What is wrong with examples, said before a model is trained on them. Pure functions over texts and intents."""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.learning.nlu_file import Utterance
from bot.learning.ordering import likeness
from bot.privacy.masking import mask

FEWEST = 10
"""Examples of an intent under which Rasa's own advice and our checks find too few."""
TIMES_MEDIAN = 6
"""How many times the median an intent may have: beyond, it draws what is unclear to itself. Ours reach 4 today."""
ALIKE = 0.85
"""Cosine from which two texts are near-duplicates: an accent, a comma, a word of courtesy apart."""
CONFUSABLE = 0.15
"""Share of an intent's examples whose nearest neighbour belongs to one other intent, from which the pair is named."""
_LOOKS_PERSONAL = re.compile(r"\d(?:[ .-]?\d){5}|@")


class Kind(StrEnum):
    """What was found. Those of `LEFT_OUT` keep the example out of the training."""

    CONTRADICTION = "contradiction"
    UNKNOWN_INTENT = "unknown-intent"
    FROZEN = "frozen"
    PERSONAL_DATA = "personal-data"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    CONFUSABLE = "confusable"


LEFT_OUT = frozenset({Kind.CONTRADICTION, Kind.UNKNOWN_INTENT, Kind.FROZEN, Kind.PERSONAL_DATA, Kind.DUPLICATE})


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        text: the example, or "" for what is said of intents.
        intents: the intents concerned, in their order.
        detail: what else is to be known: the other text, how many there are.
    """

    kind: Kind
    text: str
    intents: tuple[str, ...]
    detail: str = ""

    @property
    def leaves_out(self) -> bool:
        """Whether the example is kept out of the training until somebody mends it."""
        return self.kind in LEFT_OUT


def folded(text: str) -> str:
    """Return a text without what does not change its meaning: case, blanks, punctuation at its end."""
    return " ".join(text.lower().split()).rstrip(" .?!…")


def findings(
    written: Mapping[str, Sequence[str]], learned: Sequence[Utterance], known: set[str], frozen: set[str]
) -> list[Finding]:
    """Return all that is to be said of accepted examples before training.

    Args:
        written: the examples that the project has, by intent.
        learned: those that trainers accepted.
        known: the intents of the domain.
        frozen: the texts of the test set, folded: a model must not have seen them.

    Returns:
        The findings: first what keeps an example out, then what is only to be known.
    """
    return [
        *unknown_intents(learned, known),
        *contradictions(written, learned),
        *personal_data(learned),
        *frozen_texts(learned, frozen),
        *duplicates(written, learned),
        *sizes(written, learned, known),
        *lookalikes(written, learned),
    ]


def unknown_intents(learned: Sequence[Utterance], known: set[str]) -> list[Finding]:
    """Return the examples of intents that the domain does not have, or no longer has."""
    return [Finding(Kind.UNKNOWN_INTENT, each.text, (each.intent,)) for each in learned if each.intent not in known]


def contradictions(written: Mapping[str, Sequence[str]], learned: Sequence[Utterance]) -> list[Finding]:
    """Return the accepted texts that have another intent elsewhere, in the project or among the accepted ones."""
    meant: dict[str, set[str]] = defaultdict(set)
    for intent, texts in written.items():
        for text in texts:
            meant[folded(text)].add(intent)
    for each in learned:
        meant[folded(each.text)].add(each.intent)
    found = {each.text: tuple(sorted(meant[folded(each.text)])) for each in learned}
    return [Finding(Kind.CONTRADICTION, text, intents) for text, intents in found.items() if len(intents) > 1]


def personal_data(learned: Sequence[Utterance]) -> list[Finding]:
    """Return the examples that still look like personal data: what the mask finds, a long number, an @."""
    return [
        Finding(Kind.PERSONAL_DATA, each.text, (each.intent,))
        for each in learned
        if mask(each.text).text != each.text or _LOOKS_PERSONAL.search(each.text)
    ]


def frozen_texts(learned: Sequence[Utterance], frozen: set[str]) -> list[Finding]:
    """Return the examples that the test set has: trained on them, the model would be measured on its memory."""
    return [Finding(Kind.FROZEN, each.text, (each.intent,)) for each in learned if folded(each.text) in frozen]


def duplicates(written: Mapping[str, Sequence[str]], learned: Sequence[Utterance]) -> list[Finding]:
    """Return the accepted texts that the project has already with the same intent: they teach nothing more."""
    there = {(intent, folded(text)) for intent, texts in written.items() for text in texts}
    return [
        Finding(Kind.DUPLICATE, each.text, (each.intent,))
        for each in learned
        if (each.intent, folded(each.text)) in there
    ]


def sizes(written: Mapping[str, Sequence[str]], learned: Sequence[Utterance], known: set[str]) -> list[Finding]:
    """Return the intents with too few examples, and those that have many times more than most.

    An intent without any is chosen by a button, and is not written.
    """
    counts = {intent: len(written.get(intent, ())) for intent in known}
    for each in learned:
        if each.intent in counts:
            counts[each.intent] += 1
    middle = statistics.median([count for count in counts.values() if count] or [0])
    few = [
        Finding(Kind.TOO_FEW, "", (intent,), str(count))
        for intent, count in sorted(counts.items())
        if 0 < count < FEWEST
    ]
    many = [
        Finding(Kind.TOO_MANY, "", (intent,), str(count))
        for intent, count in sorted(counts.items())
        if count > max(FEWEST, TIMES_MEDIAN * middle)
    ]
    return few + many


def lookalikes(written: Mapping[str, Sequence[str]], learned: Sequence[Utterance]) -> list[Finding]:
    """Return the accepted texts that are nearly one of another intent, and the pairs of intents that are often so.

    The first may be right and are worth a second look; a pair is named when many of an intent's accepted examples have
    their nearest neighbour in the other one.
    """
    everything = [(text, intent) for intent, texts in written.items() for text in texts]
    everything += [(each.text, each.intent) for each in learned]
    own = Counter(each.intent for each in learned)
    near: list[Finding] = []
    drawn: Counter[tuple[str, str]] = Counter()
    for index, alike in likeness(
        [text for text, _ in everything], range(len(everything) - len(learned), len(everything))
    ):
        text, intent = everything[index]
        # The first of equal ones, so that the same examples give the same report.
        others = sorted((-cosine, other) for other, cosine in alike.items() if other != index)
        if others and (nearest := everything[others[0][1]][1]) != intent:
            drawn[intent, nearest] += 1
        for minus, other in others:
            like, its = everything[other]
            if -minus < ALIKE:
                break
            if its != intent and folded(like) != folded(text):
                near.append(Finding(Kind.NEAR_DUPLICATE, text, (intent, its), like))
                break
    return near + [
        Finding(Kind.CONFUSABLE, "", (intent, other), f"{count}/{own[intent]}")
        for (intent, other), count in sorted(drawn.items())
        if own[intent] >= FEWEST and count >= max(2, CONFUSABLE * own[intent])
    ]
