"""Where the counter is: the office of a kind for the citizen's commune, its hours and phone, from the directory.

The commune is asked once and kept for the conversation. The form that asks for it does not insist: after a question in
between it waits in silence, and whatever is no place is answered by the rules.
"""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.labels import label
from actions.visit import Visit, button, slots
from bot.catalogue.contact import contact_line
from bot.catalogue.model import Facet, Service
from bot.catalogue.offices import offices_for, offices_in_department
from bot.catalogue.offices_find import Place, kind_named, kind_of, narrowed, place_in, place_of_answer
from bot.catalogue.offices_model import DIRECTORY_SITE, Office
from bot.catalogue.offices_store import Directory
from bot.catalogue.offices_text import office_text, source_of_directory
from bot.catalogue.places import Commune, department_name
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.requests.commands import Command, command_in

Events = list[dict[str, Any]]
SURE = 0.6
"""Confidence from which a message that is no place is taken for something else than a mistyped one."""
NAMESAKES = 6
"""Communes of one name that are offered with buttons; of more, the department is asked."""
LONGEST_ANSWER = 4
"""Words up to which what is no known place may be a mistyped one."""
DECLINED = "declined"
"""Value of the slot `commune` when the citizen would not say: it is not asked again by itself."""
ASKING = ("ask_where", "ask_office")
PLACES = (Facet.WHERE, Facet.OFFICE)


async def office_asked(visit: Visit) -> Events | None:
    """Answer a message that asks for an office by its name ("la mairie de Vitré"); None when it asks for none.

    A service that is named too goes first: its own answer says which office it is.
    """
    kind = kind_named(visit.text, visit.desk.catalogue.offices)
    pending = visit.slot("office") or {}
    if (kind is None and not pending) or visit.found("mentioned"):
        return None
    directory = await visit.desk.directory.get()
    place = await _place_said(visit, directory)
    if kind is None and place and pending and visit.intent not in ASKING and len(visit.text.split()) <= LONGEST_ANSWER:
        kind = pending["kind"]  # "et à Fougères ?"
    if kind is None or not (place or visit.intent in ASKING):
        return None
    note(moment=Moment.INFORMATION)
    return [*slots(unclear=0), *await _show(visit, directory, kind, place or _place_kept(visit, directory))]


async def office_of_service(visit: Visit, service: Service, facets: list[str]) -> Events:
    """Add the office to the answer to "where?"; ask for the commune the first time."""
    kind = kind_of(service, visit.desk.catalogue.offices)
    if kind is None or not set(facets) & set(PLACES):
        return []
    directory = await visit.desk.directory.get()
    place = await _place_said(visit, directory) or _place_kept(visit, directory)
    if place is None and (visit.slot("commune") == DECLINED or visit.loop == "request_form"):
        return []
    return await _show(visit, directory, kind, place)


class ValidateCommuneForm(Action):
    """Takes a commune, a postcode or a department; anything else is left to the rules."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "validate_commune_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Read the place; no event means "this was not for the form"."""
        visit = Visit(dispatcher, tracker)
        directory = await visit.desk.directory.get()
        pending = visit.slot("office")
        if visit.interrupts or directory is None or not pending:
            return []
        if visit.intent == "answer_field" and visit.entity("field") == "commune":
            return slots(commune=visit.entity("value"))
        sure = visit.confidence >= SURE
        no = command_in(visit.text) in (Command.STOP, Command.BACK, Command.SKIP)
        if no or visit.intent == "skip" or (sure and visit.intent in ("stop", "deny", "go_back")):
            return slots(commune=DECLINED)
        return await asyncio.to_thread(_taken, visit, directory, pending)


class AskCommune(Action):
    """Asks for the commune, or which of several of one name; waits in silence when it has asked already."""

    def name(self) -> str:
        """Return the name that Rasa's form calls."""
        return "action_ask_commune_form_commune"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        visit = Visit(dispatcher, tracker)
        pending = visit.slot("office") or {}
        if not pending.get("ask"):
            return []
        awaited = {"field": "commune", "type": "commune", "label": label("commune", visit.language), "required": False}
        extras = {"input": awaited | {"step": 1, "steps": 1}}
        later = button(label("not_now", visit.language), "skip")
        among = [commune for commune in await _known(visit, pending.get("among", [])) if commune]
        if among:
            offered = [_choice(each) for each in among] if len(among) <= NAMESAKES else []
            visit.say("utter_which_commune", name=among[0].name, buttons=[*offered, later], extras=extras)
        else:
            office = visit.desk.catalogue.offices[pending["kind"]].name[visit.language]
            visit.say("utter_ask_commune", office=office, buttons=[later], extras=extras)
        return slots(office={**pending, "ask": False})


class ActionTellOffice(Action):
    """Tells the office once the commune is known, or where to look when it was not given."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_tell_office"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tell."""
        visit = Visit(dispatcher, tracker)
        note(moment=Moment.INFORMATION)
        directory = await visit.desk.directory.get()
        kind = (visit.slot("office") or {}).get("kind")
        place = _place_kept(visit, directory)
        if kind is None or place is None:
            visit.say("utter_no_commune", url=DIRECTORY_SITE)
            return slots(office=None, unclear=0)
        return [*slots(unclear=0), *await _show(visit, directory, kind, place)]


async def _show(visit: Visit, directory: Directory | None, kind: str, place: Place | None) -> Events:
    """Tell the office of a kind at a place, ask for the place, or say where to look."""
    office_kind = visit.desk.catalogue.offices[kind]
    name = office_kind.name[visit.language]
    if directory is None or (place is None and visit.loop == "request_form"):
        general = [visit.desk.catalogue.administrations[each] for each in office_kind.administrations[:1]]
        contact = "".join(f"\n- {contact_line(each, visit.language)}" for each in general if each.phone)
        visit.say("utter_no_directory", office=name, url=DIRECTORY_SITE, contact=contact)
        return slots(commune=DECLINED)
    found = await asyncio.to_thread(_offices, directory, office_kind, place) if place else []
    if found is None or place is None or (place.department and not found and office_kind.area == "commune"):
        among = [each.insee for each in place.communes] if place else []
        asked = {"kind": kind, "among": among, "ask": True}
        return [*slots(commune=None, office=asked), FollowupAction("commune_form")]
    kept = place.communes[0].insee if place.communes else place.department
    if not found:
        where = place.communes[0].name if place.communes else department_name(place.department)
        visit.say("utter_no_office", office=name, place=where, url=DIRECTORY_SITE)
    for office in found:
        sources = [source_of_directory(office.date or directory.date, visit.language)]
        visit.say("utter_office", text=office_text(office, visit.language), extras={"sources": sources})
    return slots(commune=kept, office={"kind": kind})


def _choice(commune: Commune) -> dict[str, str]:
    title = f"{commune.name} ({department_name(commune.department)})"
    return button(title, "answer_field", field="commune", value=commune.insee)


def _offices(directory: Directory, kind: Any, place: Place) -> list[Office] | None:
    """Return the offices at a place; None when communes of one name have different ones."""
    if not place.communes:
        return offices_in_department(directory, kind, place.department)
    found = [offices_for(directory, kind, commune) for commune in place.communes]
    return found[0] if all(each == found[0] for each in found) else None


def _taken(visit: Visit, directory: Directory, pending: dict[str, Any]) -> Events:
    """Return the events of an answer to "which commune?"."""
    among = [commune for insee in pending.get("among", []) if (commune := directory.commune(insee))]
    left = narrowed(among, visit.text, directory)
    if len(left) == 1:
        return slots(commune=left[0].insee)
    place = place_of_answer(visit.text, directory, guess=visit.confidence < SURE)
    if place is None:
        question = visit.intent.startswith("ask_") or visit.found("service") or visit.confidence >= SURE
        if question or len(visit.text.split()) > LONGEST_ANSWER:
            return []
        visit.say("utter_unknown_commune", url=DIRECTORY_SITE)
        return slots(commune=DECLINED if pending.get("failed") else None, office={**pending, "failed": True})
    if len(place.communes) > 1:
        return slots(commune=None, office={**pending, "among": [each.insee for each in place.communes], "ask": True})
    return slots(commune=place.communes[0].insee if place.communes else place.department)


async def _place_said(visit: Visit, directory: Directory | None) -> Place | None:
    if directory is None:
        return None
    return await asyncio.to_thread(place_in, visit.text, directory, visit.desk.catalogue.offices)


def _place_kept(visit: Visit, directory: Directory | None) -> Place | None:
    """Return the place that was said earlier in the conversation."""
    kept = visit.slot("commune")
    if directory is None or kept in (None, DECLINED):
        return None
    commune = directory.commune(kept)
    return Place((commune,)) if commune else Place(department=kept)


async def _known(visit: Visit, codes: list[str]) -> list[Commune | None]:
    directory = await visit.desk.directory.get()
    return [directory.commune(insee) for insee in codes] if directory else []
