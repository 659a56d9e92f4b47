"""What a message is, said while a question of a request is open: an answer, a command, or something else."""

import re
from datetime import date

from actions.visit import Visit
from bot.catalogue.form import FieldType, RequestField
from bot.catalogue.model import Service
from bot.requests.commands import Command, command_in
from bot.requests.dates import is_date_alone
from bot.requests.fields import InvalidAnswer, read_answer

FREE = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ADDRESS, FieldType.COMMUNE}
"""Fields that nearly any words fit: only a plain question or command is not an answer to them."""
SURE, LIKELY, VERY_SURE = 0.5, 0.7, 0.8
"""Confidence from which an intent is believed instead of an answer: a question whose words do not fit the field, a
command whose words do not, and either when anything would fit."""
SHORT, SHORTER = 8, 5
"""Words up to which a message can be a command to a field that anything fits; the second to give up, which erases:
"bags of rubble behind the bus stop" is none."""
LONGEST_COMMAND = 60
"""Characters up to which it can."""
RIGHT_KIND = {"date_future", "date_past", "date_age", "number_range", "number_low", "number_high"}
"""Wrong answers that are answers all the same: "demain" to a date of birth is a date, not "later"."""
STANDS_BACK = {
    "talk_to_person",
    "insult",
    "ask_bot",
    "ask_privacy",
    "track_request",
    "complain",
}
"""Intents other than questions that are answered before the form asks again."""
GOES_ON = {"submit_request", "affirm"}
"""What people say to begin, once it has begun: "ok je fais la demande" is nobody's name."""
NAMES = ("name", "names")
"""How the identifiers of fields that ask for somebody's name end, by convention of the catalogue."""


class SaidInForm:
    """A message, and the question that was open when it was said.

    Args:
        visit: the visit.
        field: the question; None at the summary.
    """

    def __init__(self, visit: Visit, field: RequestField | None) -> None:
        self.visit = visit
        self.field = field
        self.free = field is not None and field.type in FREE

    def command(self) -> Command | None:
        """Return the command that was typed or understood; never one whose words fit a field that anything fits."""
        return command_in(self.visit.text) or self._meant_command()

    def is_question(self, confidence: float) -> bool:
        """Return whether the message asks something of its own, understood at least so surely."""
        asks = self.visit.intent.startswith("ask_") or self.visit.intent in STANDS_BACK
        # Figures alone are a phone number or a date, however wrong.
        has_words = any(sign.isalpha() for sign in self.visit.text)
        return asks and has_words and self.visit.confidence >= confidence

    def is_plain_question(self) -> bool:
        """Return whether the message is a question even where its words would do as an answer."""
        if not self.free:
            return False
        return self.is_question(LIKELY if self.visit.text.rstrip().endswith("?") else VERY_SURE)

    def only_goes_on(self) -> bool:
        """Return whether the words only say that one wants to go on, where a name is awaited."""
        if self.field is None or self.field.type is not FieldType.TEXT:
            return False
        name = self.field.autocomplete == "name" or self.field.id.split("_")[-1] in NAMES
        # "Bonjour" and "Merci" are also family names; three words that say this are not.
        said = self.visit.intent in GOES_ON and self.visit.confidence >= VERY_SURE
        return name and said and len(re.findall(r"\w+", self.visit.text)) > 2

    def told(self, service: Service) -> str | None:
        """Return the choice that the words tell without naming it: "un nid-de-poule" is the road."""
        if self.field is None or self.field.situation is None:
            return None
        told = self.visit.situation_now(service).get(self.field.situation)
        return told if told is not None and self.field.may_be(told) else None

    def _meant_command(self) -> Command | None:
        if self.visit.intent not in set(Command):
            return None
        words = SHORTER if self.visit.intent == Command.STOP else SHORT
        long = len(self.visit.text.split()) > words or len(self.visit.text) > LONGEST_COMMAND
        if self.free and (self.visit.confidence < VERY_SURE or long):
            return None
        if is_date_alone(self.visit.text) or (self.field and not self.free and (self._fits() or self._has_figures())):
            return None
        return Command(self.visit.intent) if self.visit.confidence >= LIKELY else None

    def _has_figures(self) -> bool:
        # "le 31 février" is a wrong date, and no wish to change something.
        dated = self.field is not None and self.field.type in (FieldType.DATE, FieldType.PERIOD)
        return dated and any(character.isdigit() for character in self.visit.text)

    def _fits(self) -> bool:
        try:
            read_answer(self.field, self.visit.text, date.today())  # type: ignore[arg-type]
        except InvalidAnswer as error:
            return error.code in RIGHT_KIND
        return True
