"""What is asked after a moment, and in which order: the meaning and the scales of the State's questionnaire.

Je donne mon avis asks for a face, the clarity of the information, the help that was tried, whether the administration
was reached, and the quality of the help. The words are ours, for a conversation: short, one at a time, each answered by
one tap, and the first that is passed ends it. Whether the need is met is a question of its own, for a good note is
given to a kind answer too. A last question takes one of six qualities in turn, so that each is asked of a sixth of the
people and nobody has to judge all.
"""

import zlib
from dataclasses import dataclass
from types import MappingProxyType

from bot.catalogue.model import Text
from bot.conversations.model import Moment

YES_NO, FIVE, TEN = "yes-no", "1-5", "0-10"
"""How an answer is read: 1 or 0, from 1 (worst) to 5 (best), the official note."""
SATISFACTION, ASKED = "satisfaction", "asked"
"""The dimension of the face, and the signal that it was asked for: silence is counted, never noted."""


@dataclass(frozen=True)
class Choice:
    """One possible answer.

    Attributes:
        key: what a button or a form sends.
        label: what is read.
        says: the figures that it stands for, by dimension; none for an answer that says nothing ("not tried").
        leads_to: the question that follows, when it is not the next in the list.
    """

    key: str
    label: Text
    says: MappingProxyType[str, float]
    leads_to: str = ""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        id: its name.
        text: what is asked.
        choices: the possible answers.
        scale: how they are read.
    """

    id: str
    text: Text
    choices: tuple[Choice, ...]
    scale: str

    @property
    def dimensions(self) -> frozenset[str]:
        """The dimensions that its answers speak of."""
        return frozenset(dimension for choice in self.choices for dimension in choice.says)

    def choice(self, key: str) -> Choice | None:
        """Return the answer of a key, or None."""
        return next((choice for choice in self.choices if choice.key == key), None)


def _five(dimension: str, text: Text, *labels: tuple[str, str]) -> Question:
    """Return a question whose answers go from 1 to 5."""
    choices = [
        Choice(str(value), Text(fr=fr, en=en), MappingProxyType({dimension: float(value)}))
        for value, (fr, en) in enumerate(labels, start=1)
    ]
    return Question(dimension, text, tuple(choices), FIVE)


def _choice(key: str, fr: str, en: str, leads_to: str = "", **says: float) -> Choice:
    return Choice(key, Text(fr=fr, en=en), MappingProxyType(says), leads_to)


AGREEMENT = (
    ("Pas du tout", "Not at all"),
    ("Plutôt non", "Rather not"),
    ("En partie", "In part"),
    ("Plutôt oui", "Rather yes"),
    ("Tout à fait", "Absolutely"),
)
QUALITIES = tuple(
    _five(dimension, Text(fr=fr, en=en), *AGREEMENT)
    for dimension, fr, en in (
        ("environment", "Le lieu, le site ou l'outil étaient-ils pratiques ?", "Was the place, site or tool handy?"),
        ("trust", "Avez-vous confiance dans ce qu'on vous a dit ?", "Do you trust what you were told?"),
        ("consideration", "Votre situation a-t-elle été prise en compte ?", "Was your situation taken into account?"),
        ("value", "Est-ce que cela vous a été utile ?", "Was it useful to you?"),
        ("listening", "Vous êtes-vous senti écouté et compris ?", "Did you feel listened to and understood?"),
        ("courtesy", "L'accueil était-il courtois ?", "Were you received with courtesy?"),
    )
)
"""Asked in turn, one of each person."""
_BASE = (
    _five(
        "clarity",
        Text(fr="Les informations étaient-elles claires ?", en="Was the information clear?"),
        ("Pas du tout claires", "Not clear at all"),
        ("Peu claires", "Not very clear"),
        ("À peu près claires", "Fairly clear"),
        ("Claires", "Clear"),
        ("Très claires", "Very clear"),
    ),
    Question(
        "help",
        Text(fr="Avez-vous cherché de l'aide ?", en="Did you look for help?"),
        (
            _choice("no", "Non, pas besoin", "No, no need", "resolved", help_tried=0.0),
            _choice("found", "Oui, et trouvée", "Yes, and found it", help_tried=1.0, help_found=1.0),
            _choice("not_found", "Oui, sans en trouver", "Yes, and found none", help_tried=1.0, help_found=0.0),
        ),
        YES_NO,
    ),
    Question(
        "reached",
        Text(fr="Avez-vous réussi à joindre le service ?", en="Were you able to reach the office?"),
        (
            _choice("yes", "Oui", "Yes", reached=1.0),
            _choice("no", "Non", "No", reached=0.0),
            _choice("not_tried", "Pas essayé", "I did not try"),
        ),
        YES_NO,
    ),
    Question(
        "resolved",
        Text(fr="Avez-vous pu faire ce que vous vouliez ?", en="Were you able to do what you wanted?"),
        (_choice("yes", "Oui", "Yes", resolved=1.0), _choice("no", "Non", "No", resolved=0.0)),
        YES_NO,
    ),
    _five(
        "ease",
        Text(fr="Était-ce facile ?", en="Was it easy?"),
        ("Très difficile", "Very hard"),
        ("Difficile", "Hard"),
        ("Ni facile ni difficile", "Neither easy nor hard"),
        ("Facile", "Easy"),
        ("Très facile", "Very easy"),
    ),
)


def questions(subject: str, moment: Moment) -> list[Question]:
    """Return the questions of a person about a moment, in their order.

    Args:
        subject: the request or the conversation; it decides, always in the same way, which quality is asked.
        moment: of what.
    """
    turn = zlib.crc32(f"{subject}:{moment}".encode()) % len(QUALITIES)
    return [*_BASE, QUALITIES[turn]]


def after(asked: list[Question], question_id: str, choice: Choice) -> Question | None:
    """Return the question that follows an answer; None when there is none left.

    Args:
        asked: the person's questions.
        question_id: the one that was answered.
        choice: how.
    """
    names = [question.id for question in asked]
    place = names.index(choice.leads_to) if choice.leads_to in names else names.index(question_id) + 1
    return asked[place] if place < len(asked) else None


def find(asked: list[Question], question_id: str) -> Question | None:
    """Return a question by its name, or None."""
    return next((question for question in asked if question.id == question_id), None)
