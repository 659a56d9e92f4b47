"""Inside the form of a request: asking its fields, and understanding what is said to each."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.visit import Visit, button, slots
from bot.catalogue.model import FieldType, RequestField, RequestForm, Service
from bot.conversations.model import Moment
from bot.conversations.turn import note, unanswered
from bot.requests.commands import Command, command_in
from bot.requests.fields import InvalidAnswer, read_answer, show_answer
from bot.requests.model import CONFIRM, Request, asked, kept, next_field, previous_field, step_of
from bot.words import fold

Events = list[dict[str, Any]]
FREE = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ADDRESS, FieldType.COMMUNE}
"""Fields that nearly any words fit: only a plain question or command is not an answer to them."""
SURE, LIKELY, VERY_SURE = 0.5, 0.7, 0.8
"""Confidence from which an intent is believed instead of an answer: a question whose words do not fit the field, a
command whose words do not, and either when anything would fit."""
SHORT = 8
"""Words up to which a message can be a command to a field that anything fits."""
LONGEST_COMMAND = 60
"""Characters up to which it can."""
PLACES = {FieldType.ADDRESS, FieldType.COMMUNE}
"""Fields whose answers sound like those of people who have no home ("rue", "chez moi") and are not."""
RIGHT_KIND = {"date_future", "date_past", "number_range"}
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


class ValidateRequestForm(Action):
    """Takes a message as an answer, a command or a question; a question is left to the rules."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_request_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Take the message in; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        if visit.interrupts or not visit.slot("draft"):
            return []
        request = await visit.desk.requests.get(visit.slot("draft"))
        service = visit.desk.catalogue.service(request.service)
        assert service.request is not None
        note(moment=Moment.SUBMISSION, service=service.id)
        return await _FormTurn(visit, request, service.request).take()


class _FormTurn:
    """One message said while a request is being filled in."""

    def __init__(self, visit: Visit, request: Request, form: RequestForm) -> None:
        self.visit = visit
        self.request = request
        self.form = form
        self.answers = request.answers
        self.step: str = visit.slot("field") or CONFIRM
        self.field = next((each for each in form.fields if each.id == self.step), None)

    async def take(self) -> Events:
        """Return the events of the message."""
        if self.visit.intent == "answer_field":
            # The button may be one of an earlier question: it answers that one, whatever is asked now.
            self.field = next((each for each in self.form.fields if each.id == self.visit.entity("field")), None)
            return await self._answer(str(self.visit.entity("value")))
        if self.visit.intent == "edit_answer":
            return self._ask(self.visit.entity("field"))
        command = command_in(self.visit.text) or self._meant_command()
        if command is not None:
            return await self._obey(command)
        if self.step == CONFIRM:
            return self._at_summary()
        if self._is_question(VERY_SURE if self.field and self.field.type in FREE else 1.1):
            return []
        return await self._answer(self.visit.text)

    def _meant_command(self) -> Command | None:
        """Return the command that was understood, unless the words fit a field that anything fits."""
        if self.visit.intent not in set(Command):
            return None
        free = self.field is not None and self.field.type in FREE
        long = len(self.visit.text.split()) > SHORT or len(self.visit.text) > LONGEST_COMMAND
        if free and (self.visit.confidence < VERY_SURE or long):
            return None
        if self.field is not None and not free and self._fits():
            return None
        return Command(self.visit.intent) if self.visit.confidence >= LIKELY else None

    def _fits(self) -> bool:
        try:
            read_answer(self.field, self.visit.text, date.today())  # type: ignore[arg-type]
        except InvalidAnswer as error:
            return error.code in RIGHT_KIND
        return True

    def _is_question(self, confidence: float) -> bool:
        asks = self.visit.intent.startswith("ask_") or self.visit.intent in STANDS_BACK
        return asks and self.visit.confidence >= confidence

    async def _obey(self, command: Command) -> Events:
        match command:
            case Command.BACK:
                earlier = previous_field(self.form, self.answers, self.step)
                if earlier is None:
                    self.visit.say("utter_first_question")
                return self._ask(earlier.id if earlier else self.step)
            case Command.SKIP if self.field is not None:
                return await self._skip(self.field)
            case Command.STOP:
                return slots(answer="stopped")
            case Command.SAVE:
                return slots(answer="saved")
            case Command.WHY if self.field is not None:
                self.visit.say("utter_why", why=self.field.why[self.visit.language])
                return self._ask(self.step)
            case Command.CHANGE:
                return self._which_answer()
            case Command.CONFIRM if self.step == CONFIRM:
                return slots(answer="confirmed")
        return self._ask(self.step)

    async def _skip(self, field: RequestField) -> Events:
        if field.required:
            self.visit.say("utter_required", why=field.why[self.visit.language])
            return self._ask(field.id)
        return await self._store(field, None)

    async def _answer(self, text: str) -> Events:
        if self.field is None:
            return self._ask(self.step)
        # From here on the words are an answer, right or wrong: the log keeps only that the field was answered.
        note(field=self.field.id)
        distress = self.visit.intent == "distress" and self.field.type not in PLACES
        if distress and self.visit.confidence >= VERY_SURE:
            # The words may well be the answer ("un homme est blessé"): help is named, and they are kept.
            self.visit.say("utter_distress")
        try:
            value = read_answer(self.field, text, date.today())
        except InvalidAnswer as error:
            if self._is_question(SURE) or text.strip().endswith("?"):
                unanswered()
                return []
            self.visit.say(f"utter_invalid_{error.code}", **error.values)
            return self._ask(self.field.id)
        return await self._store(self.field, value)

    async def _store(self, field: RequestField, value: Any) -> Events:
        answers = kept(self.form, {**self.answers, field.id: value})
        await self.visit.desk.requests.answer(self.request.id, answers)
        following = next_field(self.form, answers)
        return self._ask(following.id if following else CONFIRM)

    def _at_summary(self) -> Events:
        words = fold(self.visit.text)
        named = [each for each in asked(self.form, self.answers) if fold(each.label[self.visit.language]) in words]
        if named:
            return self._ask(named[0].id)
        if self.visit.intent == "affirm" and self.visit.confidence >= SURE:
            return slots(answer="confirmed")
        if self.visit.intent == "deny" and self.visit.confidence >= SURE:
            return self._which_answer()
        if self._is_question(SURE):
            return []
        self.visit.say("utter_summary_hint")
        return self._ask(CONFIRM)

    def _which_answer(self) -> Events:
        language = self.visit.language
        fields = [each for each in asked(self.form, self.answers) if each.id in self.answers]
        named = [each for each in fields if fold(each.label[language]) in fold(self.visit.text)]
        if named:
            return self._ask(named[0].id)
        buttons = [button(each.label[language], "edit_answer", field=each.id) for each in fields]
        self.visit.say("utter_which_answer", buttons=buttons)
        # The summary would push the choice off the screen, so the form waits without asking again.
        return slots(field=self.step, answer=None, quiet=True)

    @staticmethod
    def _ask(step: str) -> Events:
        return slots(field=step, answer=None, quiet=None)


class AskRequestField(Action):
    """Asks the field whose turn it is, or shows the summary when all are answered."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_request_form_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        if visit.slot("quiet"):
            return slots(quiet=None)
        request = await visit.desk.requests.get(visit.slot("draft"))
        service = visit.desk.catalogue.service(request.service)
        assert service.request is not None
        following = next_field(service.request, request.answers)
        step = visit.slot("field") or (following.id if following else CONFIRM)
        field = next((each for each in service.request.fields if each.id == step), None)
        if field is None:
            _show_summary(visit, service, request)
        else:
            _ask_field(visit, service.request, request, field)
        return slots(field=step)


def _ask_field(visit: Visit, form: RequestForm, request: Request, field: RequestField) -> None:
    language = visit.language
    place, steps = step_of(form, request.answers, field.id)
    awaited = {
        "field": field.id,
        "type": str(field.type),
        "label": field.label[language],
        "required": field.required,
        "step": place,
        "steps": steps,
    }
    choices = [(choice.value, choice.title[language]) for choice in field.choices]
    if field.type is FieldType.BOOLEAN:
        choices = [("oui", label("yes", language)), ("non", label("no", language))]
    if choices:
        awaited["choices"] = [{"value": value, "title": title} for value, title in choices]
    question = field.question[language]
    if field.help:
        awaited["help"] = field.help[language]
    if field.autocomplete:
        awaited["autocomplete"] = field.autocomplete
    buttons = [button(title, "answer_field", field=field.id, value=value.replace("-", " ")) for value, title in choices]
    visit.say("utter_field", question=question, buttons=buttons, extras={"input": awaited})


def _show_summary(visit: Visit, service: Service, request: Request) -> None:
    assert service.request is not None
    language = visit.language
    lines = [
        f"- {field.label[language]} : {show_answer(field, request.answers.get(field.id), language)}"
        for field in asked(service.request, request.answers)
    ]
    steps = len(lines)
    awaited = {"field": CONFIRM, "type": "confirm", "label": service.title[language], "required": True}
    visit.say(
        "utter_summary",
        lines="\n".join(lines),
        log_as="[récapitulatif de la demande]",
        extras={"input": awaited | {"step": steps, "steps": steps}},
        buttons=[
            button(label("confirm", language), "confirm_request"),
            button(label("change", language), "correct_answer"),
            button(label("save", language), "save_for_later"),
            button(label("stop", language), "stop"),
        ],
    )
