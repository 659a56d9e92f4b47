"""When the assistant is not sure: a short question, the official fiche that answers, or an honest "I do not know"."""

import asyncio
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.about import meant
from actions.feelings import take_up
from actions.find_office import office_asked
from actions.labels import label
from actions.visit import Visit, button, slots
from bot.catalogue.fiches_store import stamp
from bot.catalogue.model import Facet, Service
from bot.catalogue.quote import believed, quotation
from bot.catalogue.render import HEADINGS, source_wire
from bot.catalogue.search import FOLDER, Result, is_telling
from bot.conversations.turn import note_fallback

Events = list[dict[str, Any]]
CHOICES = 3
"""Choices offered at most: more is a list to read, not a question."""
WEAK = 0.15
"""Confidence below which a service is not even offered as a choice."""
ALONE = 0.25
"""The same for a service that would be the only choice: of 54 such guesses on our own sentences, 5 were right."""
NEVER_QUOTED = {"off_topic", "insult", "distress"}
"""What a message may be that no fiche answers."""
SUSPECTED = 0.2
"""Confidence from which a message that was not understood may be one of these."""
LIKELY_DISTRESS = 0.3
"""Confidence from which what is most likely distress is met as such, when it names no service."""


class ActionClarify(Action):
    """Asks a short question when nothing was understood well enough; twice in a row, offers a person and the search."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_clarify"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Offer the meanings that were really hesitated between."""
        visit = Visit(dispatcher, tracker)
        office = await office_asked(visit)
        if office is not None:
            return office
        likeliest, confidence = visit.ranking[0] if visit.ranking else ("", 0.0)
        if likeliest == "distress" and confidence >= LIKELY_DISTRESS and not visit.found("service"):
            # Not sure is sure enough: numbers that nobody needed cost less than numbers that somebody did.
            visit.say("utter_distress")
            return slots(unclear=0)
        take_up(visit)
        note_fallback()
        times = int(visit.slot("unclear") or 0) + 1
        buttons = _hesitations(visit)
        person = button(label("person", visit.language), "talk_to_person")
        named = visit.service((visit.found("service") or {}).get("id"))
        if named is not None and visit.found("mentioned") == [named.id]:
            visit.say("utter_unclear_about")
            text = f"{named.title[visit.language]} — {named.summary[visit.language]}"
            extras = {"sources": [source_wire(named.sources[0], visit.language)]}
            visit.say("utter_answer", text=text, extras=extras, buttons=[*buttons[:-1], person])
        elif times >= 2:
            await still_unclear(visit, visit.text, [*buttons, person])
        elif buttons:
            visit.say("utter_unclear", buttons=[*buttons, person])
        elif not await quote(visit):
            visit.say("utter_not_found", buttons=[person])
        service = meant(visit)
        return slots(unclear=times, service=service.id if service else visit.slot("service"))


async def ask_which(visit: Visit, facets: list[str]) -> Events:
    """Ask which service is meant, and remember what was asked of it; quote a fiche when no service of ours is.

    Args:
        visit: the visit.
        facets: what was asked.
    """
    ranking = [each for each in visit.found("services", []) if each["confidence"] >= WEAK]
    if len(ranking) == 1 and ranking[0]["confidence"] < ALONE:
        ranking = []
    closest = [visit.desk.catalogue.services[each["id"]] for each in ranking[:CHOICES] if visit.service(each["id"])]
    buttons = [button(each.title[visit.language], "inform", service=each.id) for each in closest]
    person = button(label("person", visit.language), "talk_to_person")
    unknown = visit.found("foreign") and not visit.found("service")
    if (unknown or not buttons) and await quote(visit):
        return slots(facets=facets or visit.slot("facets"), unclear=0)
    if unknown:
        note_fallback()
        visit.say("utter_unknown_service" if buttons else "utter_not_found", buttons=[*buttons, person])
    elif buttons:
        other = button(label("other", visit.language), "not_helpful")
        # One that is not believed is perhaps not what is meant: where else to look is said with it.
        visit.say("utter_choose_service" if len(buttons) > 1 else "utter_perhaps", buttons=[*buttons, other, person])
    else:
        visit.say("utter_which_service", buttons=[person])
    return slots(facets=facets or visit.slot("facets"), unclear=0)


def ask_which_first(visit: Visit, services: list[Service]) -> Events:
    """Ask which of the services of a list comes first; each button tells what was said of the case."""
    buttons = []
    for service in services[:CHOICES]:
        case = [f"{name}={value}" for name, value in visit.situation(service).items()]
        known = {"situation": case[0]} if case else {}
        buttons.append(button(service.title[visit.language], "inform", service=service.id, **known))
    visit.say("utter_which_first", buttons=[*buttons, button(label("person", visit.language), "talk_to_person")])
    return slots(unclear=0)


async def quote(visit: Visit) -> bool:
    """Quote the official fiche that answers the message; return whether one does."""
    if _is_no_question(visit):
        return False
    found = [result for result in await _search(visit, visit.text) if result.kind == "fiche"]
    if not found:
        return False
    first = found[0]
    person = button(label("person", visit.language), "talk_to_person")
    other = button(label("other", visit.language), "not_helpful")
    extras = {"sources": [_source(visit, first)]}
    if first.passage:
        words = quotation(first.passage.text, visit.text)
        visit.say("utter_quote", title=_title(first), quote=words, extras=extras, buttons=[other, person])
    else:
        visit.say("utter_fiche", title=_title(first), extras=extras, buttons=[other, person])
    return True


async def still_unclear(visit: Visit, text: str, buttons: list[dict[str, str]]) -> None:
    """Offer a person, and what the search finds for some words, to who was not understood twice.

    Args:
        visit: the visit.
        text: the words to search for.
        buttons: further choices.
    """
    found = [] if _is_no_question(visit) else await _search(visit, text)
    fiches = [_source(visit, result) for result in found if result.kind == "fiche"][:CHOICES]
    extras = {"sources": fiches} if fiches else None
    visit.say("utter_still_unclear_found" if fiches else "utter_still_unclear", buttons=buttons, extras=extras)


async def _search(visit: Visit, text: str) -> list[Result]:
    """Return the results that are good enough, in a thread: the other conversations go on."""
    if not is_telling(text):
        return []
    search = await visit.desk.search.get()
    return believed(await asyncio.to_thread(search.search, text))


def _is_no_question(visit: Visit) -> bool:
    ranking = visit.found("intent_ranking", [])
    return any(each["name"] in NEVER_QUOTED and each["confidence"] >= SUSPECTED for each in ranking)


def _title(result: Result) -> str:
    return f"{result.dossier} : {result.title}" if result.dossier and len(result.title.split()) <= 2 else result.title


def _source(visit: Visit, result: Result) -> dict[str, str]:
    """Return a fiche as a source; one whose date nobody gave is as old as its import."""
    title = f"{_title(result)} (service-public.gouv.fr, DILA, Licence Ouverte)"
    imported = stamp(visit.desk.settings.data_dir / FOLDER)
    checked = result.date or (str(date.fromtimestamp(imported[1] / 1e9)) if imported else "")
    return {"title": title, "url": result.url, "checked": checked}


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
