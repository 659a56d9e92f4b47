"""What a citizen does with a request that is filed: completing it, writing to the office, withdrawing it."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.attach_files import attach, file_limits
from actions.labels import label
from actions.tell_status import tell_status
from actions.visit import Visit, button, slots
from bot.catalogue.model import FieldType, RequestField, Service, Text
from bot.conversations.model import Moment
from bot.conversations.turn import note, unanswered
from bot.errors import Conflict
from bot.requests.casework import CITIZEN
from bot.requests.commands import Command, command_in
from bot.requests.completion import PROBLEMS, item_field, item_label
from bot.requests.events import Item, missing
from bot.requests.fields import InvalidAnswer, read_answer
from bot.requests.files import file_ids
from bot.requests.model import Request, State

Events = list[dict[str, Any]]
SURE = 0.6
ASIDE = {"talk_to_person", "ask_bot", "ask_privacy", "insult"}
"""Intents, beside questions, that are answered before the form asks again."""


class ActionStartReply(Action):
    """Opens the form in which a citizen completes a request or writes to the office."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_start_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Open it, when there is still something to say."""
        visit = Visit(dispatcher, tracker)
        request = await visit.desk.requests.get(str(visit.entity("request")))
        return await start_reply(visit, request, writes=visit.intent == "write_to_office")


async def start_reply(visit: Visit, request: Request, *, writes: bool) -> Events:
    """Return the events that open the form: to write a message, or to complete what is missing."""
    note(moment=Moment.USE, service=request.service)
    if not writes and request.state is not State.TO_COMPLETE:
        # The button is an old one: everything was answered already, or the office went on.
        await tell_status(visit, request)
        return slots(unclear=0)
    replying = {"request": request.id, "writes": writes}
    return [*slots(replying=replying, reply=None, unclear=0), FollowupAction("reply_form")]


class ValidateReplyForm(Action):
    """Takes a message to the office, or the answer to the thing that is missing; a question is left to the rules."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_reply_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Take the message in; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        replying = visit.slot("replying")
        if visit.interrupts or not replying:
            return []
        command = command_in(visit.text)
        if command in (Command.STOP, Command.BACK, Command.SAVE) or visit.intent in ("save_for_later", "stop"):
            return slots(reply="later")
        request = await visit.desk.requests.get(replying["request"])
        note(moment=Moment.USE, service=request.service)
        asks = (visit.intent.startswith("ask_") and visit.text.rstrip().endswith("?")) or visit.intent in ASIDE
        if asks and visit.confidence >= SURE and not replying["writes"]:
            return []
        if replying["writes"]:
            note(field="message")
            await visit.desk.casework.send_message(request.reference, CITIZEN, visit.text)
            return slots(reply="sent")
        return await _complete(visit, request)


async def _complete(visit: Visit, request: Request) -> Events:
    service = visit.desk.catalogue.service(request.service)
    waiting = missing(await visit.desk.casework.history(request.reference))
    if not waiting:
        return slots(reply="done")
    number, item = next(iter(waiting.items()))
    field = _field(number, item, service)
    if command_in(visit.text) is Command.WHY:
        visit.say("utter_why", why=field.why[visit.language])
        return slots(reply=None)
    note(field=field.id)
    said = str(visit.entity("value")) if visit.intent == "answer_field" else visit.text
    value: Any
    try:
        if field.type is FieldType.FILE and (sent := file_ids(said)):
            value = await attach(visit, request, field, sent, last=True)
            if value is None:
                return slots(reply=None)
            if item.file:
                value = ", ".join(file["name"] for file in value)
        else:
            value = read_answer(field, said, date.today())
    except InvalidAnswer as error:
        if said.rstrip().endswith("?"):
            unanswered()
            return []
        # What was wrong may be said back, and it is no less personal for being wrong.
        visit.say(f"utter_invalid_{error.code}", log_as=f"[réponse refusée : {field.id}]", **error.values)
        return slots(reply=None)
    try:
        left = await visit.desk.casework.complete(request.reference, number, value)
    except Conflict:
        # Answered in another tab, or the office went on: the end of the form tells where the request stands.
        return slots(reply="done")
    return slots(reply=None if left else "done")


class AskReply(Action):
    """Asks for the next missing thing, or for the message."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_reply_form_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        replying = visit.slot("replying") or {}
        awaited = {"field": "message", "type": "long_text", "label": label("message", visit.language)}
        if replying.get("writes"):
            visit.say("utter_ask_message", extras={"input": awaited | {"required": True, "step": 1, "steps": 1}})
            return []
        request = await visit.desk.requests.get(replying["request"])
        service = visit.desk.catalogue.service(request.service)
        events = await visit.desk.casework.history(request.reference)
        waiting = missing(events)
        if waiting:
            asked = next(len(event.items) for event in reversed(events) if event.items)
            number, item = next(iter(waiting.items()))
            _ask_item(visit, service, item, _field(number, item, service), asked - len(waiting) + 1, asked)
        return []


def _ask_item(visit: Visit, service: Service, item: Item, field: RequestField, step: int, steps: int) -> None:
    language = visit.language
    awaited: dict[str, Any] = {
        "field": field.id,
        "type": str(field.type),
        "label": item_label(item, service, language),
        "required": True,
        "step": step,
        "steps": steps,
    }
    choices = [(choice.value, choice.title[language]) for choice in field.choices]
    if field.type is FieldType.BOOLEAN:
        choices = [("oui", label("yes", language)), ("non", label("no", language))]
    if choices:
        awaited["choices"] = [{"value": value, "title": title} for value, title in choices]
    if field.type is FieldType.FILE:
        awaited |= file_limits(visit, field)
    visit.say(
        "utter_ask_missing",
        what=item_label(item, service, language),
        problem=PROBLEMS[item.problem][language],
        note=item.note,
        log_as="[ce qui manque]",
        extras={"input": awaited},
        buttons=[button(title, "answer_field", value=value.replace("-", " ")) for value, title in choices],
    )


def _field(number: int, item: Item, service: Service) -> RequestField:
    """Return the field that takes the answer; what is no field of the form is answered in free words or by files."""
    known = item_field(item, service)
    if known is not None:
        return known
    words = Text(fr=item.label or "Votre réponse", en=item.label or "Your answer")
    if item.file:
        # A name of its own: the files of one thing do not take the place of another's.
        own = f"completion_{number}"
        return RequestField(id=own, type=FieldType.FILE, max_files=3, label=words, question=words, why=words)
    return RequestField(id="completion", type=FieldType.LONG_TEXT, label=words, question=words, why=words)


class ActionEndReply(Action):
    """Says what became of the reply."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_end_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it."""
        visit = Visit(dispatcher, tracker)
        ended, replying = visit.slot("reply"), visit.slot("replying") or {}
        request = await visit.desk.requests.get(replying["request"])
        if ended == "sent":
            visit.say("utter_message_sent", reference=request.reference)
        elif ended == "later" and replying.get("writes"):
            visit.say("utter_message_not_sent")
        elif ended == "later":
            again = button(label("complete", visit.language), "complete_request", request=request.id)
            visit.say("utter_completion_later", reference=request.reference, buttons=[again])
        else:
            visit.say("utter_completed", reference=request.reference)
            await tell_status(visit, request)
        return slots(replying=None, reply=None, unclear=0)


class ActionWithdrawRequest(Action):
    """Withdraws a request, once the citizen has said yes to it."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_withdraw_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, or withdraw."""
        visit = Visit(dispatcher, tracker)
        request = await visit.desk.requests.get(str(visit.entity("request")))
        note(moment=Moment.USE, service=request.service)
        if visit.entity("value") != "yes" and not request.state.is_final:
            visit.say(
                "utter_withdraw_sure",
                reference=request.reference,
                buttons=[
                    button(label("withdraw_yes", visit.language), "withdraw_request", request=request.id, value="yes"),
                    button(label("withdraw_no", visit.language), "track_request", request=request.id),
                ],
            )
            return slots(unclear=0)
        if not request.state.is_final:
            await visit.desk.casework.advance(request.reference, State.WITHDRAWN, CITIZEN)
            request = await visit.desk.requests.get(request.id)
        await tell_status(visit, request)
        return slots(unclear=0)
