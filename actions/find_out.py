"""Finding out: which service is meant, and what the catalogue says of it for this person."""

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.about import meant, meant_together, named_several
from actions.feelings import take_up
from actions.find_office import office_asked, office_of_service
from actions.labels import label
from actions.unsure import CHOICES, ask_which, ask_which_first, still_unclear
from actions.visit import Visit, button, slots
from bot.catalogue.answers import answer
from bot.catalogue.model import Facet, Service
from bot.catalogue.render import HEADINGS, answer_text, source_wire
from bot.conversations.model import Moment
from bot.conversations.turn import note

Events = list[dict[str, Any]]
QUIET = (None, "commune_form")
"""Forms that are open and leave the floor to anything else."""
NEXT = (Facet.DOCUMENTS, Facet.PRICE, Facet.DELAY, Facet.WHERE, Facet.HOW)
"""What is offered after an answer, in the order in which people ask."""
_AND_FOR = re.compile(
    r"\s*(?:et|and|idem|pareil|same|non|no|sorry|en fait|finalement|plut[oô]t|actually|rather)\b.{0,60}$", re.IGNORECASE
)
"""How one asks the same of something else, in few words."""
UNCLEAR_TWICE = 2
"""Messages in a row that were not understood from which a person is offered instead of the same question."""
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
        take_up(visit)
        office = await office_asked(visit)
        if office is not None:
            return office
        together = meant_together(visit)
        if together:
            first, last = together
            return [*tell(visit, first, facets, alone=False), *tell(visit, last, facets)]
        service = meant(visit)
        if service is None:
            return await ask_which(visit, facets)
        return [*tell(visit, service, facets), *await office_of_service(visit, service, facets)]


class ActionInform(Action):
    """Takes in a service or a situation said alone: completes the question before it, or presents the service."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_inform"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer the question that was waiting for this, or present the service."""
        visit = Visit(dispatcher, tracker)
        note(moment=Moment.INFORMATION)
        take_up(visit)
        office = await office_asked(visit)
        if office is not None:
            return office
        several = named_several(visit)
        if several:
            return ask_which_first(visit, several)
        service = meant(visit)
        if service is None:
            return await ask_which(visit, [])
        asked = visit.entities("facet")
        # What the case is tells more of what is wanted than a name that was said alone before it.
        waiting = [facet for facet in visit.slot("facets") or [] if facet != OVERVIEW]
        # "Et pour mon fils ?" and "et pour le permis ?" repeat the last question; another service said alone only does
        # if one was waited for.
        same = visit.slot("service") in (None, service.id) or bool(_AND_FOR.match(visit.text))
        # Whoever only says what happened ("j'ai perdu ma carte") wants to know what to do.
        alone = [str(Facet.HOW)] if visit.situation(service) else [OVERVIEW]
        facets = asked or (waiting if same else []) or alone
        return [*tell(visit, service, facets), *await office_of_service(visit, service, facets)]


class ActionCourtesy(Action):
    """Answers a greeting or a "no"; a service that is named with it is answered like something said alone."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_courtesy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer."""
        visit = Visit(dispatcher, tracker)
        if visit.found("service"):
            return await ActionInform().run(dispatcher, tracker, domain)
        visit.say("utter_deny" if visit.intent == "deny" else "utter_greet")
        return []


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
        office = await office_asked(visit)
        if office is not None:
            return office
        times = int(visit.slot("unclear") or 0) + 1
        person = [button(label("person", visit.language), "talk_to_person")]
        if times < UNCLEAR_TWICE:
            visit.say("utter_off_topic", buttons=person)
        else:
            await still_unclear(visit, visit.text, person)
        return slots(unclear=times)


def tell(visit: Visit, service: Service, facets: list[str], *, alone: bool = True) -> Events:
    """Say what the catalogue holds of the facets for this person, with its sources, and offer what usually follows.

    Args:
        visit: the visit.
        service: what it is about.
        facets: what was asked.
        alone: whether nothing else is told after it; only then is something offered.
    """
    note(service=service.id)
    situation = visit.situation(service)
    asked = None
    for position, facet in enumerate(facets):
        last = position == len(facets) - 1
        buttons = _follow_ups(visit, service, facets) if last and alone else []
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
        # What was asked waits for the service told last; the button of the one before it must say it itself.
        about = {"service": service.id} if alone else {"service": service.id, "facet": facets[0]}
        options = [
            button(option.title[visit.language], "inform", situation=f"{asked.id}={option.value}", **about)
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
    if service.submittable and visit.loop in QUIET:
        buttons.append(button(label("submit", visit.language), "submit_request", service=service.id))
    if visit.loop in QUIET:
        buttons.append(button(label("feedback", visit.language), "give_feedback"))
    return buttons
