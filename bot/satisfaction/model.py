"""How it went: the first question of Je donne mon avis, whose three faces are noted 0, 5 and 10.

The scale and the notes are those of the State's questionnaire (`De façon générale, comment ça s'est passé ?`); the
words are ours, in domain.yml.
"""

from enum import StrEnum


class Face(StrEnum):
    """The three answers to the general question, from worst to best."""

    BAD = "bad"
    MIXED = "mixed"
    GOOD = "good"

    @property
    def note(self) -> int:
        """The official note, from 0 to 10."""
        return {Face.BAD: 0, Face.MIXED: 5, Face.GOOD: 10}[self]
