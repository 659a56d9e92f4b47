"""Satisfaction: three faces for each moment, stored at once, then free words for who wants to."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.visit import Visit, button, slots
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.errors import Unavailable
from bot.satisfaction.model import Face
from bot.satisfaction.store import Subject
from bot.words import is_question

Events = list[dict[str, Any]]
SURE = 0.6
"""Confidence from which a message after a note is taken for something else than words about it."""
OTHER_THAN_WORDS = {"submit_request", "resume_request", "track_request", "talk_to_person", "distress", "rate"}
"""Intents that are never words about a note. A complaint or "le délai est trop long" is: only questions are not."""


class ActionAskHowItWent(Action):
    """Asks how the information went, when the citizen wants to say so."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_ask_how_it_went"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        await ask_how_it_went(visit, Moment.INFORMATION, visit.slot("service"), again=True)
        return slots(unclear=0)


class ActionStoreNote(Action):
    """Stores a face as soon as it is chosen."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_store_note"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Store it, then let the citizen add words."""
        visit = Visit(dispatcher, tracker)
        rated = {
            "moment": visit.entity("moment"),
            "service": visit.entity("service"),
            "request_id": visit.entity("request") or "",
        }
        note(moment=Moment(rated["moment"]), service=rated["service"])
        await visit.desk.feedback.rate(_subject(visit, rated), Face(visit.entity("face")))
        if visit.loop == "comment_form":
            _invite(visit)  # another face was pressed: the form, already open, would say nothing
        return [*slots(rated=rated, comment=None, unclear=0), FollowupAction("comment_form")]


class AskComment(Action):
    """Invites to add words, once; after a question in between it waits in silence."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_comment_form_comment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Invite."""
        visit = Visit(dispatcher, tracker)
        if visit.slot("requested_slot") is None:
            _invite(visit)
        return []


class ValidateCommentForm(Action):
    """Takes the words after a note, unless they are plainly something else."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_comment_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Store the words, masked; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        if visit.interrupts:
            return []
        sure = visit.confidence >= SURE
        if visit.intent == "no_comment" or (sure and visit.intent in ("deny", "skip", "stop")):
            return slots(comment="declined")
        polite = len(visit.text.split()) <= 2 and visit.intent in ("thank", "goodbye", "greet", "affirm")
        asks = is_question(visit.text)
        if sure and (asks or polite or visit.intent in OTHER_THAN_WORDS):
            return []
        note(field="comment")
        await visit.desk.feedback.comment(_subject(visit, visit.slot("rated")), visit.text)
        return slots(comment="given")


class ActionThankForComment(Action):
    """Thanks for the words, or takes note that there are none."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_thank_for_comment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Thank."""
        visit = Visit(dispatcher, tracker)
        visit.say("utter_thanks_for_comment" if visit.slot("comment") == "given" else "utter_no_comment")
        return slots(rated=None, comment=None)


async def ask_how_it_went(
    visit: Visit, moment: Moment, service: str | None, request_id: str = "", *, again: bool = False
) -> None:
    """Ask how a moment went, unless it was asked already.

    Args:
        visit: the visit.
        moment: of what.
        service: about which service.
        request_id: about which request.
        again: ask even so, because the citizen wants to.
    """
    subject = Subject(visit.conversation_id, moment, service, request_id)
    try:
        if not again and await _was_asked(visit, subject):
            return
    except Unavailable:
        return  # what could not be noted is not asked
    about = {"moment": str(moment), "service": service, "request": request_id}
    faces = (Face.GOOD, Face.MIXED, Face.BAD)
    visit.say(
        "utter_how_did_it_go",
        buttons=[button(label(str(face), visit.language), "rate", face=str(face), **about) for face in faces],
    )


async def _was_asked(visit: Visit, subject: Subject) -> bool:
    """Return whether a moment was asked about or rated before: silence is an answer too."""
    if await visit.desk.feedback.is_rated(subject):
        return True
    offered = await visit.desk.conversations.offered(visit.conversation_id, "rate")
    return any(
        (each.get("moment"), each.get("request", "")) == (str(subject.moment), subject.request_id) for each in offered
    )


def _invite(visit: Visit) -> None:
    awaited = {"field": "comment", "type": "long_text", "label": label("comment", visit.language), "required": False}
    visit.say(
        "utter_thanks_for_note",
        buttons=[button(label("no_comment", visit.language), "no_comment")],
        extras={"input": awaited | {"step": 1, "steps": 1}},
    )


def _subject(visit: Visit, rated: dict[str, Any]) -> Subject:
    return Subject(visit.conversation_id, Moment(rated["moment"]), rated["service"], rated["request_id"])
