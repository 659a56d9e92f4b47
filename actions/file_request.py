"""Around the form of a request: beginning, resuming, and what happens when its questions are over."""

from datetime import timedelta
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.about import meant
from actions.feelings import take_up
from actions.find_out import OVERVIEW, tell
from actions.follow_up import ActionStartTracking
from actions.labels import label
from actions.reply_to_office import start_reply
from actions.say_how_it_went import ask_how_it_went
from actions.unsure import ask_which, quote
from actions.visit import Visit, button, slots
from actions.which_request import ask_which_request
from bot.catalogue.answers import answer
from bot.catalogue.form import FieldType
from bot.catalogue.model import Facet, Service
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.db import now
from bot.requests.commands import Command, command_in
from bot.requests.model import Request, State
from bot.requests.receipt import office_contact, silence_line
from bot.requests.reference import find_reference
from bot.requests.wire import request_wire
from bot.requests.zone import local_day

Events = list[dict[str, Any]]
RESUME = "#reprendre="
"""What the address of the office's page ends with to go on with a draft. A browser sends no fragment to a server, so
that no log has it; the reference comes after it, never the code."""


class ActionStartRequest(Action):
    """Begins a request, or says which can be made here, or where the one that is wanted is made."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_start_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Begin."""
        visit = Visit(dispatcher, tracker)
        if visit.loop == "request_form":
            return []
        note(moment=Moment.SUBMISSION)
        if await said_again(visit):
            return slots(unclear=0)
        take_up(visit)
        service = meant(visit)
        if service and not service.submittable and not (visit.found("service") or visit.entity("service")):
            # "Faire une demande", said without naming one: what was talked about before cannot be filed here.
            service = None
        if visit.entity("theme"):
            service = None  # A part of life was chosen, whatever was talked about before.
        elif service is None and visit.found("foreign"):
            return await ask_which(visit, [])
        elif service is None and await quote(visit):
            return slots(unclear=0)
        if service is None:
            ask_which_request(visit)
            return slots(unclear=0)
        note(service=service.id)
        if service.request is None:
            return _not_here(visit, service)
        draft = await visit.desk.requests.latest_draft(visit.conversation_id)
        if draft is not None and draft.service == service.id and draft.answers:
            return _resume(visit, draft, service)
        if draft is None or draft.service != service.id:
            # An empty one of the same service is begun with: its engine died before it could say so.
            draft = await visit.desk.requests.start(service.id, visit.language, visit.conversation_id)
        visit.say(
            "utter_request_starts",
            service=service.title[visit.language],
            count=len(service.request.fields),
            days=visit.desk.settings.draft_days,
        )
        return _enter(visit, draft, service)


class ActionResumeRequest(Action):
    """Goes on with the draft of this conversation, or with one that reference and code have opened."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_resume_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Resume."""
        visit = Visit(dispatcher, tracker)
        if visit.loop == "request_form":
            return []
        note(moment=Moment.SUBMISSION)
        requests = visit.desk.requests
        opened, reference = visit.entity("request"), find_reference(visit.text)
        draft = await requests.get(opened) if opened else await requests.latest_draft(visit.conversation_id)
        if reference and (draft is None or draft.reference != reference):
            # The link of a saved draft, opened elsewhere: it holds the reference, and the code is asked for.
            return await ActionStartTracking().run(dispatcher, tracker, domain)
        service = visit.service(draft.service) if draft else None
        filed = await requests.latest_filed(visit.conversation_id) if draft is None else None
        if filed is not None and filed.state is State.TO_COMPLETE:
            return await start_reply(visit, filed, writes=False)
        if draft is None or service is None or draft.state is not State.DRAFT:
            visit.say("utter_no_draft", buttons=[button(label("track", visit.language), "track_request")])
            return slots(unclear=0)
        if draft.conversation_id != visit.conversation_id:
            await requests.adopt(draft.id, visit.conversation_id)
        return _resume(visit, draft, service)


class ActionEndRequest(Action):
    """Files the request, keeps it as a draft, or gives it up, as was said last in the form."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_end_request"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """End."""
        visit = Visit(dispatcher, tracker)
        requests = visit.desk.requests
        request = await requests.get(visit.slot("draft"))
        service = visit.desk.catalogue.service(request.service)
        note(moment=Moment.SUBMISSION, service=service.id)
        ended = visit.slot("answer")
        closed = slots(draft=None, field=None, answer=None, quiet=None, unclear=0)
        if ended == "stopped":
            await requests.withdraw_draft(request.id)
            await visit.desk.files.delete_files(request.id)
            visit.say("utter_stopped")
        elif ended == "switched":
            # Another service is wanted: what was begun stays a draft, unless nothing was answered yet.
            if not request.answers:
                await requests.withdraw_draft(request.id)
            visit.say("utter_switched", service=service.title[visit.language])
            return [*closed, *await ActionStartRequest().run(dispatcher, tracker, domain)]
        elif ended == "saved":
            code = _spaced(requests.access_code(request.id))
            until = now() + timedelta(days=visit.desk.settings.draft_days)
            saved = {"access_code": code, "kept_until": until.date().isoformat(), "resume": RESUME + request.reference}
            visit.say(
                "utter_saved",
                days=visit.desk.settings.draft_days,
                until=until.strftime("%d/%m/%Y"),
                reference=request.reference,
                code=code,
                log_as=f"[demande enregistrée : {request.reference}]",
                extras={"request": request_wire(request) | saved},
                buttons=[button(label("resume", visit.language), "resume_request", request=request.id)],
            )
        else:
            assert service.request is not None
            request = await requests.file(request.id, service.request.delay_days)
            # What was sent, then replaced or no longer asked for, does not go to the office.
            answers = [request.answers.get(each.id) for each in service.request.fields if each.type is FieldType.FILE]
            await visit.desk.files.keep_only(request.id, [file["id"] for files in answers for file in files or []])
            await _acknowledge(visit, request, service)
        return closed


class ActionOutsideForm(Action):
    """Answers "retour", "confirmer"... when no form is open, most often a button of an earlier message."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_outside_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say that nothing is open, and offer the draft or recall the request that was filed."""
        visit = Visit(dispatcher, tracker)
        if visit.loop == "request_form":
            return []
        service = visit.service((visit.found("service") or {}).get("id"))
        if service is not None:
            # Typed in the open, such words are about a service: "corriger une erreur sur ma carte grise, combien ?".
            note(moment=Moment.INFORMATION)
            return tell(visit, service, visit.entities("facet") or [OVERVIEW])
        if await said_again(visit):
            return slots(unclear=0)
        draft = await visit.desk.requests.latest_draft(visit.conversation_id)
        resume = button(label("resume", visit.language), "resume_request", request=draft.id) if draft else None
        visit.say("utter_nothing_open", buttons=[resume] if resume else [])
        return slots(unclear=0)


class ActionAffirm(Action):
    """Answers "oui", "confirmer"... when nothing was asked; after filing, says that it is done."""

    def name(self) -> str:
        """Return the name of the action."""
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer."""
        visit = Visit(dispatcher, tracker)
        if await said_again(visit):
            return []
        service = visit.service((visit.found("service") or {}).get("id"))
        if service is not None:
            # "Oui, l'acte de naissance": more than a yes.
            note(moment=Moment.INFORMATION)
            return tell(visit, service, visit.slot("facets") or [OVERVIEW])
        visit.say("utter_affirm")
        return []


async def said_again(visit: Visit) -> bool:
    """Say that the request is filed already, when the citizen confirms once more; return whether it was said."""
    if visit.intent != "confirm_request" and command_in(visit.text) is not Command.CONFIRM:
        return False
    filed = await visit.desk.requests.latest_filed(visit.conversation_id)
    if filed is None:
        return False
    visit.say("utter_already_filed", reference=filed.reference)
    return True


def _enter(visit: Visit, draft: Request, service: Service) -> Events:
    # What is known of the citizen's case for another service says nothing about this one.
    about = slots(service=service.id, situation=visit.situation(service), facets=None, unclear=0)
    return [*slots(draft=draft.id, field=None, answer=None, quiet=None), *about, FollowupAction("request_form")]


def _resume(visit: Visit, draft: Request, service: Service) -> Events:
    visit.say("utter_request_resumes", service=service.title[visit.language])
    return _enter(visit, draft, service)


def _not_here(visit: Visit, service: Service) -> Events:
    office = visit.desk.catalogue.administrations[service.administration]
    found = answer(service, Facet.WHERE, visit.situation(service))
    told = [each.text[visit.language] for each in found.cases[:1] if each.text]
    where = " ".join([*told, str(service.online or office.url or "")])
    visit.say(
        "utter_not_submittable",
        service=service.title[visit.language],
        office=office.name[visit.language],
        where=where,
        buttons=[
            button(title, f"ask_{facet}", service=service.id)
            for facet, title in (
                (Facet.HOW, label("how", visit.language)),
                (Facet.DOCUMENTS, label("documents", visit.language)),
            )
            if facet in service.facets
        ],
    )
    return slots(service=service.id, unclear=0)


async def _acknowledge(visit: Visit, request: Request, service: Service) -> None:
    assert service.request is not None
    assert request.due is not None
    await visit.desk.contacts.notice(service, visit.conversation_id, request)
    code = _spaced(visit.desk.requests.access_code(request.id))
    assert request.filed_at is not None
    language, catalogue = visit.language, visit.desk.catalogue
    visit.say(
        "utter_filed",
        reference=request.reference,
        code=code,
        received=f"{local_day(request.filed_at):%d/%m/%Y}",
        office=office_contact(service, catalogue, language),
        next_step=service.request.next_step[language],
        due=f"{local_day(request.due):%d/%m/%Y}",
        silence=silence_line(service, local_day(request.filed_at), language),
        log_as=f"[récépissé : {request.reference}]",
        extras={"request": request_wire(request) | {"access_code": code}},
    )
    await ask_how_it_went(visit, Moment.SUBMISSION, service.id, request.id)


def _spaced(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
