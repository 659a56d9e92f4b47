"""What citizens' words mean in the administration's: a table written by hand, and the aliases of the catalogue."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bot.catalogue.search_text import terms

TABLE = Path(__file__).with_name("search_words.txt")
LONGEST = 6
"""Words of the longest phrase that is looked up."""
WORD, PHRASE = 0.6, 1.1
"""What the words that a rule adds weigh together, beside 1 for a word that was written: less for the meaning of one
word, which is often not meant, than for that of a phrase."""

Phrase = tuple[str, ...]


class Meanings:
    """Finds the official words behind what was written.

    Args:
        rules: pairs of a phrase and the words that it stands for.
    """

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self._rules: dict[Phrase, frozenset[str]] = {}
        for phrase, meaning in rules:
            key = tuple(terms(phrase))
            if 0 < len(key) <= LONGEST:
                self._rules[key] = self._rules.get(key, frozenset()) | frozenset(terms(meaning))

    def added(self, written: Sequence[str]) -> Mapping[str, float]:
        """Return the terms that the rules add to those written, with their weights.

        The longest phrase wins: "carte grise" says nothing of a "carte". Several words that stand for one share its
        weight, by the root of their number, so that a long rule does not drown what was written.
        """
        weights: dict[str, float] = {}
        free = [True] * len(written)
        for length in range(min(LONGEST, len(written)), 0, -1):
            for start in range(len(written) - length + 1):
                span = range(start, start + length)
                meaning = self._rules.get(tuple(written[start : start + length]))
                if not meaning or not all(free[place] for place in span):
                    continue
                for place in span:
                    free[place] = False
                weight = (PHRASE if length > 1 else WORD) / len(meaning) ** 0.5
                for term in meaning:
                    weights[term] = max(weights.get(term, 0.0), weight)
        return weights


def read_rules(path: Path = TABLE) -> list[tuple[str, str]]:
    """Read the table: lines of `phrase, phrase -> words`, empty lines and comments."""
    rules = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            phrases, _, meaning = line.partition(" -> ")
            rules += [(phrase, meaning) for phrase in phrases.split(",")]
    return rules
