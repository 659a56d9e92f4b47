"""Following up: "où en est ma demande ?", with reference and access code or from the same conversation."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.feelings import take_up
from actions.labels import label
from actions.tell_status import tell_status
from actions.visit import Visit, button, slots
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.requests.commands import Command, command_in
from bot.requests.model import Request
from bot.requests.reference import find_access_code, find_reference
from bot.words import fold

Events = list[dict[str, Any]]
SURE = 0.6
LOST = "lost"
"""How the question for reference and code ends when the citizen does not have them."""
_LOST = re.compile(
    r"\b(?:perdue?s?|egaree?s?|(?:re)?trouve (?:pas|plus)|"
    r"(?:ai|a) (?:pas|plus) (?:de |le |la |mon |ma |ce )?(?:code|reference|numero|recepisse)|"
    r"lost|can ?(?:no|')t find|do(?: no|n')t have)\b"
)
AT_A_LOSS = {"ask_how", "ask_where", "ask_what", "skip", "not_helpful"}
"""Intents that, where reference and code are asked, say that they are not at hand."""


class ActionStartTracking(Action):
    """Tells the state at once when the request is known here, else asks for reference and code."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_start_tracking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Begin."""
        visit = Visit(dispatcher, tracker)
        note(moment=Moment.USE)
        offered = visit.entity("request")
        if offered:
            # A button that was offered in this conversation, with the news of its request.
            known = await visit.desk.requests.get(offered)
            await tell_status(visit, known)
            return slots(service=known.service, unclear=0)
        take_up(visit)
        if find_reference(visit.text) and _without_code(visit):
            _say_what_to_do(visit)
            return slots(reference=None, unclear=0)
        request, events = await _look_up(visit)
        if request is None and not find_reference(visit.text):
            requests = visit.desk.requests
            request = await requests.latest_filed(visit.conversation_id)
            request = request or await requests.latest_draft(visit.conversation_id)
        if request is not None:
            await tell_status(visit, request)
            return slots(reference=None, tracking=None, service=request.service, unclear=0)
        return [*events, FollowupAction("follow_up_form")]


class ValidateFollowUpForm(Action):
    """Takes reference and code, together or one after the other; a wrong pair reveals nothing."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_follow_up_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Look the request up; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        if visit.interrupts:
            return []
        note(moment=Moment.USE)
        sure = visit.confidence >= SURE
        if command_in(visit.text) in (Command.STOP, Command.BACK) or (
            sure and visit.intent in ("stop", "deny", "go_back")
        ):
            return slots(tracking="stopped", reference=None)
        has_figures = bool(find_reference(visit.text) or find_access_code(visit.text))
        if not has_figures and sure and visit.intent in AT_A_LOSS and not visit.found("service"):
            return slots(tracking=LOST, reference=None)
        if not has_figures and sure and visit.intent not in ("inform", "affirm", "track_request"):
            return []
        if _without_code(visit):
            return slots(tracking=LOST, reference=None)
        request, events = await _look_up(visit)
        if request is not None:
            return slots(tracking=request.id, reference=None)
        if not has_figures:
            visit.say("utter_no_reference")
        return [*events, *slots(tracking=None)]


class AskReferenceAndCode(Action):
    """Asks for what is still missing of reference and code."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_follow_up_form_tracking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        reference = visit.slot("reference")
        field = "access_code" if reference else "reference"
        awaited = {"field": field, "type": "text", "label": label(field, visit.language), "required": True}
        extras = {"input": awaited | {"step": 2 if reference else 1, "steps": 2}}
        if reference:
            visit.say("utter_ask_code", extras=extras)
        else:
            person = button(label("person", visit.language), "talk_to_person")
            visit.say("utter_ask_reference", extras=extras, buttons=[person])
        return []


class ActionTellStatus(Action):
    """Tells the state of the request that was found."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_tell_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tell."""
        visit = Visit(dispatcher, tracker)
        found = visit.slot("tracking")
        service = visit.slot("service")
        if found == "stopped":
            visit.say("utter_follow_up_stopped")
        elif found == LOST:
            _say_what_to_do(visit)
        else:
            request = await visit.desk.requests.get(found)
            await tell_status(visit, request)
            service = request.service
        draft = visit.slot("draft")
        if draft and draft != found:
            # The question about another request was asked in the middle of this one.
            resume = button(label("resume", visit.language), "resume_request", request=draft)
            visit.say("utter_draft_waits", buttons=[resume])
        return slots(tracking=None, reference=None, service=service, unclear=0)


def _without_code(visit: Visit) -> bool:
    """Return whether the message says that something is not at hand, and gives no code."""
    return not find_access_code(visit.text) and _LOST.search(fold(visit.text)) is not None


def _say_what_to_do(visit: Visit) -> None:
    visit.say("utter_reference_lost", buttons=[button(label("person", visit.language), "talk_to_person")])


async def _look_up(visit: Visit) -> tuple[Request | None, Events]:
    """Return the request that the message opens, and what to remember when half of the pair is missing."""
    reference = find_reference(visit.text) or visit.slot("reference")
    code = find_access_code(visit.text)
    if code:
        # A code opens a request: what was typed with it is never logged.
        note(field="access_code")
    if not (reference and code):
        return None, slots(reference=reference)
    request = await visit.desk.requests.open_with_code(reference, code)
    if request is None:
        visit.say("utter_wrong_pair")
        # Most often it is the code that was mistyped: the reference need not be given again.
        return None, slots(reference=reference)
    return request, []
