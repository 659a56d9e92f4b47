"""The conversation itself: a person, complaints, repetition, thanks, and when nothing helped."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.find_out import OVERVIEW, tell
from actions.labels import label
from actions.say_how_it_went import ask_how_it_went
from actions.unsure import still_unclear
from actions.visit import Visit, button, slots
from bot.catalogue.answers import answer
from bot.catalogue.contact import contact_line
from bot.catalogue.model import Facet, Service
from bot.catalogue.render import answer_text, source_wire
from bot.conversations.handoff import DeskCommand, words
from bot.conversations.model import Author, Moment
from bot.conversations.turn import hush, note_fallback
from bot.words import fold

Events = list[dict[str, Any]]
HEARD = 0.3
"""Share, of what is not taken for an insult, from which a question is heard in one."""
_DECIDED = re.compile(
    r"\b(?:refus\w*|rejet\w*|contest\w*|supprim\w*|retir\w*|decision|recours|appel (?:de|contre)|tribunal|"
    r"appeal\w*|reject\w*|denied|decided)\b"
)
"""Words of a complaint about a decision: only that is for an appeal, and waiting or a rude counter is not."""
_REFUSED = re.compile(r"\b(?:refus\w*|rejet\w*|reject\w*|denied)\b")
"""Words of one about an answer that has come: how to ask is no longer the question."""
_WAITED = re.compile(
    r"\b(?:attend\w*|attente|semaines?|mois|jours?|retard|rien recu|jamais|repond\w*|reponse|"
    r"wait\w*|weeks?|months?|days|late|nobody|never|answer\w*|still)\b"
)
"""Words of one about waiting: the request may be one that can be followed here."""
SURELY_DISTRESS = 0.6
"""Confidence from which nothing else is said to who is in distress."""
CONTEST = "contest"
"""The case of a service that is itself for who contests something: a fine, a tax."""
GENERAL_OFFICE = "service-public"
"""The administration whose phone answers for all, when no service is talked about."""


class ActionTalkToPerson(Action):
    """Lets a person take over when one is there; else says how to reach one, and offers to leave a message."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_talk_to_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it."""
        visit = Visit(dispatcher, tracker)
        service = visit.service((visit.found("service") or {}).get("id") or visit.slot("service"))
        about = service.id if service else None
        office = _office(service)
        received = await visit.desk.reception.receive(visit.conversation_id, about, office, visit.language)
        if received is not None:
            back = button(words("back", visit.language), DeskCommand.BACK)
            visit.say("utter_answer", text=received, buttons=[back])
            hush()  # an open form asks on when the assistant is back
            return slots(unclear=0)
        known = visit.desk.catalogue.administrations
        offices = [service.administration] if service else []
        lines = [
            contact_line(known[o], visit.language) for o in dict.fromkeys([*offices, GENERAL_OFFICE]) if o in known
        ]
        visit.say("utter_talk_to_person", contact="\n- " + "\n- ".join(lines))
        if offer := await visit.desk.reception.offer(office, visit.language):
            leave = button(words("leave", visit.language), DeskCommand.LEAVE, service=about, administration=office)
            visit.say("utter_answer", text=offer, buttons=[leave])
        return slots(unclear=0)


def _office(service: Service | None) -> str | None:
    if service is None:
        return None
    return service.request.office if service.request else service.administration


class ActionComplain(Action):
    """Says how to appeal against a decision; for anything else that went wrong, to whom to say it."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_complain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it."""
        visit = Visit(dispatcher, tracker)
        named = visit.service((visit.found("service") or {}).get("id"))
        pressed = visit.service(visit.entity("service"))
        service = pressed or named or visit.service(visit.slot("service"))
        buttons = [button(label("person", visit.language), "talk_to_person")]
        said = fold(visit.text)
        # The button is shown with the news of a request that was refused, closed, or is late.
        if pressed is None and not _DECIDED.search(said):
            if _WAITED.search(said):
                buttons.insert(0, button(label("track", visit.language), "track_request"))
            if named is None:
                visit.say("utter_complain_where", buttons=buttons)
            else:
                title, contact = named.title[visit.language], _contact(visit, named)
                visit.say("utter_complain_about", service=title, contact=contact, buttons=buttons)
            return slots(unclear=0, service=service.id if service else None)
        if service is not None and CONTEST in visit.situation(service).values() and not _REFUSED.search(said):
            return tell(visit, service, [str(Facet.HOW)])
        if service is not None and Facet.APPEAL in service.facets:
            situation = visit.situation(service)
            found = answer(service, Facet.APPEAL, situation)
            text = answer_text(service, Facet.APPEAL, found, situation, visit.language)
            sources = [source_wire(source, visit.language) for source in found.sources]
            visit.say("utter_answer", text=text, extras={"sources": sources})
        visit.say("utter_complain", buttons=buttons)
        return slots(unclear=0)


def _contact(visit: Visit, service: Service) -> str:
    return contact_line(visit.desk.catalogue.administrations[service.administration], visit.language)


class ActionInsult(Action):
    """Takes up the anger and shows the way to a person; what was asked with it is answered all the same."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_insult"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it."""
        visit = Visit(dispatcher, tracker)
        visit.say("utter_insult", buttons=[button(label("person", visit.language), "talk_to_person")])
        service = visit.service((visit.found("service") or {}).get("id"))
        if service is None:
            return slots(unclear=0)
        rest = max(1 - visit.confidence, 1e-6)
        asked = [name for name, confidence in visit.ranking if name.startswith("ask_") and confidence >= HEARD * rest]
        return tell(visit, service, [asked[0].removeprefix("ask_") if asked else OVERVIEW])


class ActionDistress(Action):
    """Names people who help, before all; what was plainly asked of a service with it is answered after."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_distress"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it."""
        visit = Visit(dispatcher, tracker)
        visit.say("utter_distress")
        service, asked = visit.service((visit.found("service") or {}).get("id")), visit.entities("facet")
        if service is None or not asked or visit.confidence >= SURELY_DISTRESS:
            return slots(unclear=0)
        return tell(visit, service, asked)


class ActionRepeat(Action):
    """Says the last answer again."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Repeat."""
        visit = Visit(dispatcher, tracker)
        if visit.loop:
            return []  # the open form asks its question again by itself
        said = await visit.desk.conversations.messages_after(visit.conversation_id, 0)
        last = next((each for each in reversed(said) if each.author in (Author.BOT, Author.AGENT)), None)
        visit.say("utter_repeat")
        if last is not None:
            visit.say("utter_answer", text=last.text, log_as="[répétition]")
        return []


class ActionNotHelpful(Action):
    """Owns up that the answer did not help; twice in a row, a person comes first."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_not_helpful"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Own up."""
        visit = Visit(dispatcher, tracker)
        if visit.found("service"):
            # "Ma poubelle n'est pas ramassée" blames a service, not the answer.
            return await ActionComplain().run(dispatcher, tracker, domain)
        note_fallback()
        times = int(visit.slot("unclear") or 0) + 1
        person = [button(label("person", visit.language), "talk_to_person")]
        if times < 2:
            visit.say("utter_not_helpful", buttons=person)
        else:
            await still_unclear(visit, visit.said_before, person)
        return slots(unclear=times, facets=None)


class ActionGoodbye(Action):
    """Takes leave, and asks how the information went if something was asked and nothing was said about it yet."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_goodbye"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Take leave."""
        visit = Visit(dispatcher, tracker)
        visit.say("utter_thank" if visit.intent == "thank" else "utter_goodbye")
        if visit.slot("facets") and visit.loop is None:
            await ask_how_it_went(visit, Moment.INFORMATION, visit.slot("service"))
        return slots(unclear=0)
