"""What each index is made of: the official notes, the eight dimensions, and the events of the journey.

The definitions are data, so that the page `docs/satisfaction.md`, the command, the dashboards and the tests read the
same ones. Sources name a dimension of the facts and the scale on which it is answered.
"""

from dataclasses import dataclass

from bot.catalogue.model import Text
from bot.satisfaction.questionnaire import FIVE, SATISFACTION, TEN, YES_NO


@dataclass(frozen=True)
class Source:
    """Where an index takes its figures.

    Attributes:
        dimension: of the facts.
        scale: of the facts.
        reverse: whether a high value is bad: 10 minus the note is taken.
    """

    dimension: str
    scale: str
    reverse: bool = False

    def note(self, value: float) -> float:
        """Return a value as a note from 0 to 10, as Je donne mon avis does: 1 to 5 become 0, 2.5, 5, 7.5 and 10."""
        note = {TEN: value, FIVE: (value - 1) * 2.5, YES_NO: value * 10}[self.scale]
        return 10 - note if self.reverse else note


@dataclass(frozen=True)
class Definition:
    """An index.

    Attributes:
        id: its name.
        title: what people read.
        sources: each with one voice, however many facts it has.
        bands: the notes from which it is middling, and good.
    """

    id: str
    title: Text
    sources: tuple[Source, ...]
    bands: tuple[float, float] = (5.0, 8.0)


def _definition(name: str, fr: str, en: str, *sources: Source, bands: tuple[float, float] = (5.0, 8.0)) -> Definition:
    return Definition(name, Text(fr=fr, en=en), sources, bands)


_NO_HELP_NEEDED = Source("help_tried", YES_NO, reverse=True)
OFFICIAL = (
    _definition("satisfaction", "Satisfaction", "Satisfaction", Source(SATISFACTION, TEN)),
    _definition("clarity", "Clarté des informations", "Clarity of the information", Source("clarity", FIVE)),
    _definition("autonomy", "Sans besoin d'aide", "No help needed", _NO_HELP_NEEDED),
    _definition("help_found", "Aide trouvée", "Help found", Source("help_found", YES_NO)),
    # The thresholds of this one are its own in the public observatory.
    _definition("reachability", "Service joignable", "Office reached", Source("reached", YES_NO), bands=(7.0, 8.5)),
    _definition("resolution", "Besoin satisfait", "Need met", Source("resolved", YES_NO)),
    _definition("ease", "Facilité", "Ease", Source("ease", FIVE)),
)
"""The notes of the State's questionnaire (satisfaction, clarity, autonomy, reachability) and three of the same kind."""

DIMENSIONS = (
    _definition("autonomy", "Autonomie", "Autonomy", Source("autonomy", FIVE), _NO_HELP_NEEDED),
    _definition("environment", "Environnement", "Environment", Source("environment", FIVE), Source("reached", YES_NO)),
    _definition(
        "ease", "Facilité et adaptabilité", "Ease and adaptability",
        Source("ease", FIVE), Source("abandonment", YES_NO, reverse=True),
    ),
    _definition("trust", "Confiance", "Trust", Source("trust", FIVE), Source("resolved_without_recontact", YES_NO)),
    _definition(
        "consideration", "Considération", "Consideration",
        Source("consideration", FIVE), Source("late", YES_NO, reverse=True),
    ),
    _definition("value", "Valeur", "Value", Source("value", FIVE), Source("resolved", YES_NO)),
    _definition("listening", "Écoute", "Listening", Source("listening", FIVE), Source("clarity", FIVE)),
    _definition(
        "courtesy", "Courtoisie", "Courtesy",
        Source("courtesy", FIVE), Source("distress", YES_NO, reverse=True),
    ),
)  # fmt: skip
"""The eight dimensions of the quality of a relation, each from what was asked directly and from what shows it."""


@dataclass(frozen=True)
class Event:
    """What counts as a good and as a bad event of the journey: values of one dimension, both ends included."""

    dimension: str
    good: tuple[float, float] | None
    bad: tuple[float, float]


_MANY = float("inf")
JOURNEY = (
    Event(SATISFACTION, (8, 10), (0, 4.99)),
    Event("resolved", (1, 1), (0, 0)),
    Event("resolved_without_recontact", (1, 1), (0, 0)),
    Event("abandonment", (0, 0), (1, 1)),
    Event("late", (0, 0), (1, 1)),
    Event("fallback", None, (2, _MANY)),  # once may happen; twice in a visit is felt
    Event("correction", None, (2, _MANY)),  # the first completion may be the citizen's, the second is a loop
    Event("recontact", None, (1, 1)),
    Event("distress", None, (1, 1)),
)
"""The events of the journey index."""
WEIGHT = 4
"""A negative event weighs four times a positive one (design, section 1)."""

RATES = ("handoff_asked", "abandonment", "distress", "resolved_without_recontact", "late")
"""Signals that are yes or no: their share is told."""
PER_MESSAGE = ("fallback", "rephrasing", "repetition")
"""Signals that are counted in a visit: told for each message of a citizen."""
TIMES = ("time_to_answer", "wait", "decision_time")
"""Signals in seconds: their mean is told."""
TOTALS = ("recontact", "correction")
"""Signals that are told as they are counted."""
FEWEST_AGENTS = 5
"""Agents below whose number nothing is shown of what they answered in a month: one could tell who said what."""
