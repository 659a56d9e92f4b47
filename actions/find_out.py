"""Finding out: which service is meant, and what the catalogue says of it for this person."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.visit import Visit, button, slots
from bot.catalogue.answers import answer
from bot.catalogue.model import Facet, Service
from bot.catalogue.render import HEADINGS, answer_text, source_wire
from bot.conversations.model import Moment
from bot.conversations.turn import note, note_fallback

Events = list[dict[str, Any]]
CHOICES = 3
"""Choices offered at most: more is a list to read, not a question."""
CLOSE = 0.6
"""A second service is hesitated with when its confidence is at least this part of the first one's."""
WEAK = 0.15
"""Confidence below which a service is not even offered as a choice."""
NEXT = (Facet.DOCUMENTS, Facet.PRICE, Facet.DELAY, Facet.WHERE, Facet.HOW)
"""What is offered after an answer, in the order in which people ask."""
OVERVIEW = "what"
"""The facet of `ask_what`: the summary of the service."""


class ActionAnswer(Action):
    """Answers what was asked (`ask_<facet>`, and further facets of the same message) about the service meant."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer, or ask which service is meant."""
        visit = Visit(dispatcher, tracker)
        note(moment=Moment.INFORMATION)
        first = visit.entity("facet") if not visit.intent.startswith("ask_") else visit.intent.removeprefix("ask_")
        facets = [facet for facet in dict.fromkeys([first, *visit.entities("facet")]) if facet]
        service = meant(visit)
        if service is None:
            return ask_which(visit, facets)
        return tell(visit, service, facets)


class ActionInform(Action):
    """Takes in a service or a situation said alone: completes the question before it, or presents the service."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer the question that was waiting for this, or present the service."""
        visit = Visit(dispatcher, tracker)
        note(moment=Moment.INFORMATION)
        service = meant(visit)
        if service is None:
            return ask_which(visit, [])
        asked = visit.entities("facet")
        waiting = visit.slot("facets") or []
        # "Et pour mon fils ?" repeats the last question; another service said alone only does if one was waited for.
        same = visit.slot("service") in (None, service.id)
        # Whoever only says what happened ("j'ai perdu ma carte") wants to know what to do.
        alone = [str(Facet.HOW)] if visit.situation(service) else [OVERVIEW]
        return tell(visit, service, asked or (waiting if same else []) or alone)


class ActionOffTopic(Action):
    """Says what the assistant is for, unless the words do speak of a service or of the case talked about."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_off_topic"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it, or answer like something said alone ("and for my 8 year old son?")."""
        visit = Visit(dispatcher, tracker)
        about_a_case = visit.slot("service") and (visit.entity("age") is not None or visit.entities("situation"))
        if visit.found("service") or about_a_case:
            return await ActionInform().run(dispatcher, tracker, domain)
        visit.say("utter_off_topic")
        return slots(unclear=0)


class ActionClarify(Action):
    """Asks a short question when nothing was understood well enough; twice in a row, offers a person."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offer the meanings that were really hesitated between."""
        visit = Visit(dispatcher, tracker)
        note_fallback()
        times = int(visit.slot("unclear") or 0) + 1
        buttons = _hesitations(visit)
        person = button(label("person", visit.language), "talk_to_person")
        if times >= 2 or not buttons:
            visit.say("utter_still_unclear" if times >= 2 else "utter_not_helpful", buttons=[*buttons, person])
        else:
            visit.say("utter_unclear", buttons=[*buttons, person])
        service = meant(visit)
        return slots(unclear=times, service=service.id if service else visit.slot("service"))


def meant(visit: Visit) -> Service | None:
    """Return the service that the message is about: a button's, the one named, or the one talked about so far."""
    chosen = visit.service(visit.entity("service"))
    if chosen:
        return chosen
    first = visit.service((visit.found("service") or {}).get("id"))
    if first is not None and not _ambiguous(visit):
        return first
    if first is None and not visit.found("foreign"):
        return visit.service(visit.slot("service"))
    return None


def _ambiguous(visit: Visit) -> bool:
    if len(visit.found("mentioned", [])) == 1:
        return False
    ranking = visit.found("services", [])
    return len(ranking) > 1 and ranking[1]["confidence"] >= CLOSE * ranking[0]["confidence"]


def ask_which(visit: Visit, facets: list[str]) -> Events:
    """Ask which service is meant, and remember what was asked of it."""
    ranking = [each for each in visit.found("services", []) if each["confidence"] >= WEAK]
    closest = [visit.desk.catalogue.services[each["id"]] for each in ranking[:CHOICES] if visit.service(each["id"])]
    buttons = [button(each.title[visit.language], "inform", service=each.id) for each in closest]
    person = button(label("person", visit.language), "talk_to_person")
    if visit.found("foreign") and not visit.found("service"):
        note_fallback()
        visit.say("utter_unknown_service", buttons=[*buttons, person])
    elif buttons:
        other = button(label("other", visit.language), "not_helpful")
        visit.say("utter_choose_service", buttons=[*buttons, other, person])
    else:
        visit.say("utter_which_service", buttons=[person])
    return slots(facets=facets or visit.slot("facets"), unclear=0)


def tell(visit: Visit, service: Service, facets: list[str]) -> Events:
    """Say what the catalogue holds of the facets for this person, with its sources, and offer what usually follows."""
    note(service=service.id)
    situation = visit.situation(service)
    asked = None
    for position, facet in enumerate(facets):
        last = position == len(facets) - 1
        buttons = _follow_ups(visit, service, facets) if last else []
        if facet not in set(Facet):
            _present(visit, service, buttons)
            continue
        found = answer(service, Facet(facet), situation)
        if not found.cases:
            page = str(service.online or service.sources[0].url)
            visit.say("utter_no_facet", service=service.title[visit.language], url=page, buttons=buttons)
        elif found.ask is not None:
            # One question settles every facet that depends on it, so it is asked once, after what is already sure.
            asked = found.ask
        else:
            visit.say(
                "utter_answer",
                text=answer_text(service, Facet(facet), found, situation, visit.language),
                extras={"sources": [source_wire(source, visit.language) for source in found.sources]},
                buttons=buttons if not asked else [],
            )
    if asked is not None:
        options = [
            button(option.title[visit.language], "inform", service=service.id, situation=f"{asked.id}={option.value}")
            for option in asked.options
        ]
        visit.say("utter_ask_situation", question=asked.question[visit.language], buttons=options)
    return slots(service=service.id, situation=situation, facets=facets, unclear=0)


def _present(visit: Visit, service: Service, buttons: list[dict[str, str]]) -> None:
    source = source_wire(service.sources[0], visit.language)
    text = f"{service.title[visit.language]} — {service.summary[visit.language]}"
    visit.say("utter_answer", text=text, extras={"sources": [source]}, buttons=buttons)


def _follow_ups(visit: Visit, service: Service, told: list[str]) -> list[dict[str, str]]:
    offered = [facet for facet in NEXT if facet in service.facets and facet not in told][:CHOICES]
    buttons = [button(HEADINGS[f][visit.language], f"ask_{f}", service=service.id) for f in offered]
    if service.submittable and visit.loop is None:
        buttons.append(button(label("submit", visit.language), "submit_request", service=service.id))
    if visit.loop is None:
        buttons.append(button(label("feedback", visit.language), "give_feedback"))
    return buttons


def _hesitations(visit: Visit) -> list[dict[str, str]]:
    """Return the choices that were really considered: facets of the service meant, or services."""
    service = meant(visit)
    ranking = [each["name"] for each in visit.found("intent_ranking", [])]
    if service is not None:
        facets = [name.removeprefix("ask_") for name in ranking if name.removeprefix("ask_") in set(Facet)][:2]
        said = [
            button(
                f"{service.title[visit.language]} : {HEADINGS[Facet(f)][visit.language].lower()}",
                f"ask_{f}",
                service=service.id,
            )
            for f in facets
            if f in service.facets
        ]
        return [*said, button(service.title[visit.language], "ask_what", service=service.id)][:CHOICES]
    services = [visit.service(each["id"]) for each in visit.found("services", []) if each["confidence"] >= WEAK]
    return [button(each.title[visit.language], "inform", service=each.id) for each in services[:CHOICES] if each]
