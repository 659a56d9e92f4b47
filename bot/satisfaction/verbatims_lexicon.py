"""What the lexicon finds in a text: words of praise and of grievance, weighed by what stands before them.

The words are in verbatims_lexicon.yml, written for this project; docs/verbatims.md says what the rules are worth.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.words import fold

FILE = Path(__file__).with_name("verbatims_lexicon.yml")
THEMES = ("access", "information", "relation", "responsiveness", "simplicity")
THEME_POINTS = {"sure": 2, "hint": 1}
ENOUGH_POINTS = 2
INTENSIFIED, DIMINISHED = 1.4, 0.7
# "Pas satisfait" is nearly a grievance; "pas compliqué" is only half a praise.
TURNED_PRAISE, TURNED_GRIEVANCE = -0.8, -0.5
REACH = 3
"""Words before a finding among which a negator turns it."""

# Exports lose line breaks and glue sentences together ("...ma demandeBonjour"); a capital after a small letter tells.
_GLUED = re.compile(r"(?<=[a-zà-ÿ0-9.!?)])(?=[A-ZÀ-Þ][a-zà-ÿ ])")
_CLAUSE_END = re.compile(r"[.!?;:,()\[\]«»\"\n]+")
_JOINT = re.compile(r"[-_'/]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Finding:
    """An entry of the lexicon met in a clause.

    Attributes:
        group: the group of the entry.
        weight: from -4.2 to 4.2, modifiers counted; 0 says nothing by itself.
        turned: whether a negator stands before.
    """

    group: str
    weight: float
    turned: bool


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, folded, with spaces for apostrophes and hyphens, and words for faces."""
    # Folding makes one line of all; the ends of lines are ends of clauses and are cut before.
    worded = _GLUED.sub("\n", text.translate(_signs()))
    folded = "\n".join(fold(line) for line in worded.splitlines())
    parts = _CLAUSE_END.split(folded)
    return [clause for part in parts if (clause := " ".join(_JOINT.sub(" ", part).split()))]


class Entries:
    """Entries of the lexicon, found as whole words.

    Args:
        entries: pairs of an entry, as verbatims_lexicon.yml explains them, and the name of what it belongs to.
    """

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        # Two letters are enough to leave aside nearly all the entries at each word: 25 times as fast as one pattern.
        self._by_start: dict[str, list[tuple[re.Pattern[str], str]]] = defaultdict(list)
        # The longest entry comes first, so that "sans problème" is not read as "problème".
        for entry, name in sorted(entries, key=lambda pair: (-len(pair[0].split()), -len(pair[0]))):
            self._by_start[entry[:2]].append((_pattern(entry), name))

    def find(self, clause: str) -> Iterator[tuple[str, int]]:
        """Yield the name and the start of each entry found, from left to right, never twice in the same words."""
        end = 0
        for word in _WORD.finditer(clause):
            start = word.start()
            if start < end:
                continue
            for pattern, name in self._by_start.get(clause[start : start + 2], ()):
                if match := pattern.match(clause, start):
                    end = match.end()
                    yield name, start
                    break


class Lexicon:
    """The words that tell tone and themes.

    Args:
        content: what verbatims_lexicon.yml holds.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        groups = content["tone"]
        self.groups = tuple(groups)
        self._weights = {name: float(group["weight"]) for name, group in groups.items()}
        self._tone = Entries((entry, name) for name, group in groups.items() for entry in group["words"])
        self._themes = {
            theme: Entries((entry, level) for level in THEME_POINTS for entry in content["themes"][theme][level])
            for theme in THEMES
        }
        self._negators = frozenset(content["negators"])
        self._intensifiers = frozenset(content["intensifiers"])
        self._diminishers = frozenset(content["diminishers"])

    def findings(self, clause: str) -> list[Finding]:
        """Return what is found in a clause that speaks of the tone."""
        return [self._finding(group, clause[:start]) for group, start in self._tone.find(clause)]

    def _finding(self, group: str, before: str) -> Finding:
        weight = self._weights[group]
        # "Un peu" weakens, where "peu" alone denies.
        words = before.replace("un peu", "assez").split()[-REACH:]
        if words and words[-1] in self._intensifiers:
            weight *= INTENSIFIED
        elif words and words[-1] in self._diminishers:
            weight *= DIMINISHED
        # What only denies ("jamais", "toujours") is not turned by another denial.
        turned = abs(weight) >= DIMINISHED and not self._negators.isdisjoint(words)
        if turned:
            weight *= TURNED_PRAISE if weight > 0 else TURNED_GRIEVANCE
        return Finding(group, weight, turned)

    def themes(self, text: str) -> list[str]:
        """Return the themes of a text, in the order of `THEMES`; there may be none."""
        parts = clauses(text)
        return [theme for theme, words in self._themes.items() if _points(words, parts) >= ENOUGH_POINTS]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the project, read once."""
    return Lexicon(_content())


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


@cache
def _signs() -> dict[int, str]:
    return {ord(sign): f" {word} " for sign, word in _content()["signs"].items()}


def _points(words: Entries, parts: Iterable[str]) -> int:
    return sum(THEME_POINTS[level] for part in parts for level, _ in words.find(part))


def _pattern(entry: str) -> re.Pattern[str]:
    words = " ".join(re.escape(word).replace(r"\*", r"\w*") for word in entry.split())
    return re.compile(words.replace(r" \.\.\.", r"(?: \S+){0,4}") + r"(?!\w)")
