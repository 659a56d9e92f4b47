"""Satisfaction: three faces for each moment, stored at once; what follows them is in `say_more.py`."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.say_more import about, ask_more, asked_of, rated_by, subject_of
from actions.visit import Visit, button, slots
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.errors import Unavailable
from bot.satisfaction.model import Face

Events = list[dict[str, Any]]


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
        """Store it, then let the citizen say more."""
        visit = Visit(dispatcher, tracker)
        subject, rated = subject_of(visit, rated_by(visit)), rated_by(visit)
        note(moment=subject.moment, service=subject.service)
        await visit.desk.feedback.rate(subject, Face(visit.entity("face")))
        rated["question"] = asked_of(subject)[0].id
        visit.say("utter_thanks_for_note")
        if visit.loop == "comment_form":
            ask_more(visit, rated)  # another face was pressed: the form, already open, would say nothing
        return [*slots(rated=rated, comment=None, unclear=0), FollowupAction("comment_form")]


async def ask_how_it_went(
    visit: Visit, moment: Moment, service: str | None, request_id: str = "", *, again: bool = False
) -> None:
    """Ask how a moment went, unless it was asked about already, whether it was answered or not.

    Args:
        visit: the visit.
        moment: of what.
        service: about which service.
        request_id: about which request.
        again: ask even so, because the citizen wants to.
    """
    rated = {"moment": str(moment), "service": service, "request_id": request_id}
    try:
        if not await visit.desk.feedback.ask(subject_of(visit, rated)) and not again:
            return
    except Unavailable:
        return  # what could not be noted is not asked
    faces = (Face.GOOD, Face.MIXED, Face.BAD)
    visit.say(
        "utter_how_did_it_go",
        buttons=[button(label(str(face), visit.language), "rate", face=str(face), **about(rated)) for face in faces],
    )
