"""Plain language: what makes a text hard to read or leaves somebody out, and what to write instead.

The rules are few so that each is well founded. A mistake stops `make check`; a remark is for the author to judge.
The words are in `plain_words.txt` and `plain_masculine.txt`, to be read and completed by people who write.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from bot.catalogue.model import Language
from bot.catalogue.readability import reading_ease, sentences, words

JARGON = Path(__file__).with_name("plain_words.txt")
MASCULINE = Path(__file__).with_name("plain_masculine.txt")
LONG_SENTENCE, TOO_LONG_SENTENCE = 25, 35
"""Words of a sentence: a remark above the first, a mistake above the second."""
HARD_TEXT = 50
"""Reading ease under which a text is hard: newspapers are about there. Nine of ten of our own texts are above 68."""
SHORTEST_JUDGED = 30
"""Words from which the reading ease of a text says something."""


class Level(StrEnum):
    """How serious a finding is."""

    MISTAKE = "mistake"
    REMARK = "remark"


@dataclass(frozen=True)
class Finding:
    """Something to change in a text.

    Attributes:
        level: whether it stops `make check`.
        words: the words of the text that it is about.
        advice: what to do, in one sentence.
    """

    level: Level
    words: str
    advice: str


@dataclass(frozen=True)
class _Rule:
    level: Level
    pattern: re.Pattern[str]
    instead: str
    feminine: re.Pattern[str] | None = None


def findings(text: str, language: Language, *, prose: bool = True) -> list[Finding]:
    """Return what should change in a text.

    Args:
        text: one text of the catalogue or one answer of the assistant.
        language: English is only measured by the length of its sentences.
        prose: whether it is made of sentences; a list of documents has no reading ease.
    """
    found = []
    for sentence in sentences(text):
        found += _too_long(sentence)
        if language == "fr":
            found += [finding for rule in _rules() for finding in _broken(rule, _plain(sentence))]
    if language == "fr" and prose and len(words(text)) >= SHORTEST_JUDGED and reading_ease(text) < HARD_TEXT:
        advice = f"its reading ease is {reading_ease(text):.0f}, under {HARD_TEXT}: shorter sentences, shorter words"
        found.append(Finding(Level.REMARK, _start(text), advice))
    return found


def _too_long(sentence: str) -> list[Finding]:
    length = len(words(sentence))
    if length <= LONG_SENTENCE:
        return []
    level = Level.MISTAKE if length > TOO_LONG_SENTENCE else Level.REMARK
    return [Finding(level, _start(sentence), f"the sentence has {length} words: make two of it ({LONG_SENTENCE} each)")]


def _broken(rule: _Rule, sentence: str) -> list[Finding]:
    found = rule.pattern.search(sentence)
    if found is None or (rule.feminine and rule.feminine.search(sentence)):
        return []
    return [Finding(rule.level, found[0], f"write “{rule.instead}”")]


def _start(text: str) -> str:
    return " ".join(text.split()[:5])


@cache
def _rules() -> list[_Rule]:
    return [*_jargon(), *_masculine()]


def _jargon() -> list[_Rule]:
    rules = []
    for line in _lines(JARGON):
        forms, _, instead = line.removeprefix("!").partition(" -> ")
        level = Level.MISTAKE if line.startswith("!") else Level.REMARK
        rules.append(_Rule(level, _pattern(forms), instead))
    return rules


def _masculine() -> list[_Rule]:
    rules = []
    for line in _lines(MASCULINE):
        forms, _, rest = line.partition(" -> ")
        instead, _, feminine = rest.partition(" | ")
        rules.append(_Rule(Level.MISTAKE, _pattern(forms), instead, _pattern(feminine)))
    return rules


def _pattern(forms: str) -> re.Pattern[str]:
    # Whole words; "afin d'" ends with its apostrophe.
    each = (rf"(?<!\w){re.escape(form.strip())}(?:(?<=')|(?!\w))" for form in forms.split(","))
    return re.compile("|".join(each))


def _plain(text: str) -> str:
    # Accents stay: "assuré" is a person, "assure" is a verb.
    return " ".join(text.lower().replace("’", "'").split())


def _lines(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
