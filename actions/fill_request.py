"""Inside the form of a request: what is said to each question is an answer, a command or a question of one's own."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.about import names_another
from actions.ask_field import offered
from actions.attach_files import attach, remove_files
from actions.said_in_form import SURE, VERY_SURE, SaidInForm
from actions.visit import Visit, button, slots
from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.conversations.model import Moment
from bot.conversations.turn import note, unanswered
from bot.requests.commands import Command
from bot.requests.dates import is_date_alone
from bot.requests.fields import InvalidAnswer, read_answer
from bot.requests.fields_named import named_in
from bot.requests.fields_shown import is_deduced, show_answer
from bot.requests.fields_words import NO, YES
from bot.requests.files import file_ids
from bot.requests.model import CONFIRM, Request, asked, kept, next_field, previous_field
from bot.requests.several import read_several
from bot.words import fold, is_question

Events = list[dict[str, Any]]
PLACES = {FieldType.ADDRESS, FieldType.COMMUNE}
"""Fields whose answers sound like those of people who have no home ("rue", "chez moi") and are not."""
YES_OR_NO = {FieldType.BOOLEAN, FieldType.CHOICE}
"""Fields to which "oui" and "non" may be answers, and say nothing about what is offered."""


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
        self.field = form.field(self.step)
        self.said = SaidInForm(visit, self.field)

    async def take(self) -> Events:
        """Return the events of the message."""
        if self.visit.intent == "answer_field":
            # The button may be one of an earlier question: it answers that one, whatever is asked now.
            self.field = self.form.field(self.visit.entity("field"))
            self.said = SaidInForm(self.visit, self.field)
            return await self._press()
        if self.visit.intent == "edit_answer":
            return self._ask(self.visit.entity("field"))
        if sent := file_ids(self.visit.text):
            return await self._attach(sent)
        text, today = self.visit.text, date.today()
        if self.field and (several := read_several(self.form, self.answers, self.field, text, today)):
            return await self._store(several, echo=True)
        if command := self.said.command():
            return await self._obey(command)
        if self.step == CONFIRM:
            return self._at_summary()
        if self.said.is_plain_question():
            self._keep_out_of_the_log()
            return []
        if self.said.only_goes_on():
            return self._ask(self.step)
        return await self._reply_to_offer() or await self._answer(self.visit.text)

    async def _press(self) -> Events:
        """Take the button of a question: one of its answers, or what to do with the answer that is there."""
        if self.field is None:
            return self._ask(self.step)
        match str(self.visit.entity("keep") or ""):
            case "keep":
                return await self._keep(self.field)
            case "remove":
                again = self.field.required or self.field.type is FieldType.FILE
                if self.field.type is FieldType.FILE:
                    await remove_files(self.visit, self.request, self.field)
                return await self._store({self.field.id: None}, then=self.field.id if again else None)
        return await self._answer(str(self.visit.entity("value")))

    async def _obey(self, command: Command) -> Events:
        match command:
            case Command.BACK:
                earlier = previous_field(self.form, self.answers, self.step)
                if earlier is None:
                    self.visit.say("utter_first_question")
                return self._ask(earlier.id if earlier else self.step)
            case Command.SKIP if self.field is not None:
                return await self._skip(self.field)
            case Command.CHANGE | Command.STOP if names_another(self.visit, self.request.service, self.form):
                return slots(answer="switched")
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
                return self._confirm()
        return self._ask(self.step)

    async def _skip(self, field: RequestField) -> Events:
        if self.answers.get(field.id) is not None:
            return await self._store({})  # there is an answer: passing keeps it
        if field.required:
            self.visit.say("utter_required", why=field.why[self.visit.language])
            return self._ask(field.id)
        return await self._store({field.id: None})

    async def _attach(self, sent: list[str]) -> Events:
        """Take files that were sent for the field that is asked."""
        if self.field is None or self.field.type is not FieldType.FILE:
            self.visit.say("utter_file_unexpected")
            return self._ask(self.step)
        note(field=self.field.id)
        files = await attach(self.visit, self.request, self.field, sent)
        if files is None:
            return self._ask(self.field.id)
        more = len(files) < self.field.max_files
        return await self._store({self.field.id: files}, then=self.field.id if more else None)

    async def _reply_to_offer(self) -> Events:
        """Take "oui" and "non" to what was offered; nothing when there is no offer, or something else was said."""
        if self.field is None or self.field.type in YES_OR_NO:
            return []
        words = fold(self.visit.text).strip(" .!,")
        if words not in YES | NO | {"garder", "on garde", "je garde", "keep", "keep it"}:
            return []
        if await offered(self.visit, self.request, self.form, self.field) is None:
            return []
        if words in NO:
            return slots(field=self.step, answer=None, quiet="plain")
        return await self._keep(self.field)

    async def _keep(self, field: RequestField) -> Events:
        offer = await offered(self.visit, self.request, self.form, field)
        if offer is None:
            return self._ask(self.step)
        note(field=field.id)
        return await self._store({field.id: offer.value})

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
            if told := self.said.told(self.visit.desk.catalogue.service(self.request.service)):
                return await self._store({self.field.id: told}, echo=True)
            if self.said.is_question(SURE) or text.strip().endswith("?"):
                unanswered()
                self._keep_out_of_the_log()
                return []
            # What was wrong may be said back, and it is no less personal for being wrong.
            self.visit.say(f"utter_invalid_{error.code}", log_as=f"[réponse refusée : {self.field.id}]", **error.values)
            return self._ask(self.field.id)
        return await self._store({self.field.id: value}, echo=is_deduced(self.field, value, text))

    def _keep_out_of_the_log(self) -> None:
        """Log words that are left to a rule as an answer, unless they are a question to the eye.

        The masker knows a name by what introduces it, and nothing does here: "Gauthier" was taken for an insult.
        """
        asks = self.visit.intent == "talk_to_person" or is_question(self.visit.text)
        if self.field is not None and not asks:
            note(field=self.field.id)

    async def _store(self, given: dict[str, Any], *, echo: bool = False, then: str | None = None) -> Events:
        """Store answers and ask what comes next, or `then`; `echo` shows what was understood."""
        if given:
            note(field=next(iter(given)))
        answers = kept(self.form, {**self.answers, **given})
        if then is not None:
            answers = {name: value for name, value in answers.items() if name != then or value}
        await self.visit.desk.requests.answer(self.request.id, answers)
        if echo:
            self._show(given)
        following = next_field(self.form, answers)
        return self._ask(then or (following.id if following else CONFIRM))

    def _show(self, given: dict[str, Any]) -> None:
        """Say back what was understood, so that it can be put right at once."""
        language = self.visit.language
        fields = [each for each in self.form.fields if each.id in given]
        lines = [f"{each.label[language]} : {show_answer(each, given[each.id], language)}" for each in fields]
        self.visit.say("utter_noted", answers=" ; ".join(lines), log_as=f"[noté : {', '.join(given)}]")

    def _confirm(self) -> Events:
        # The catalogue may have changed since the draft was begun.
        missing = next_field(self.form, self.answers)
        return self._ask(missing.id) if missing else slots(answer="confirmed")

    def _at_summary(self) -> Events:
        named = named_in(self.visit.text, asked(self.form, self.answers), self.visit.language)
        if named:
            return self._ask(named[0].id)
        if self.visit.intent == "affirm" and self.visit.confidence >= SURE:
            return self._confirm()
        if self.visit.intent == "deny" and self.visit.confidence >= SURE:
            return self._which_answer()
        if self.said.is_question(SURE):
            return []
        if is_date_alone(self.visit.text):
            note(field=CONFIRM)  # it corrects an answer: the log need not know which day
        self.visit.say("utter_summary_hint")
        return self._ask(CONFIRM)

    def _which_answer(self) -> Events:
        language = self.visit.language
        fields = [each for each in asked(self.form, self.answers) if each.id in self.answers]
        named = named_in(self.visit.text, fields, language)
        if named:
            return self._ask(named[0].id)
        buttons = [button(each.label[language], "edit_answer", field=each.id) for each in fields]
        self.visit.say("utter_which_answer", buttons=buttons)
        # The summary would push the choice off the screen, so the form waits without asking again.
        return slots(field=self.step, answer=None, quiet=True)

    @staticmethod
    def _ask(step: str) -> Events:
        return slots(field=step, answer=None, quiet=None)
