"""Around the form of a request: beginning, resuming, and what happens when its questions are over."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.find_out import OVERVIEW, ask_which, meant, tell
from actions.labels import label
from actions.say_how_it_went import ask_how_it_went
from actions.visit import Visit, button, slots
from bot.catalogue.model import Facet, Service
from bot.conversations.model import Moment
from bot.conversations.turn import note
from bot.requests.model import Request, State

Events = list[dict[str, Any]]


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
        service = meant(visit)
        if service and not service.submittable and not (visit.found("service") or visit.entity("service")):
            # "Faire une demande", said without naming one: what was talked about before cannot be filed here.
            service = None
        if service is None and visit.found("foreign"):
            return ask_which(visit, [])
        if service is None:
            choices = visit.desk.catalogue.submittable
            visit.say(
                "utter_which_request",
                buttons=[button(each.title[visit.language], "submit_request", service=each.id) for each in choices],
            )
            return slots(unclear=0)
        note(service=service.id)
        if service.request is None:
            return _not_here(visit, service)
        draft = await visit.desk.requests.latest_draft(visit.conversation_id)
        if draft is not None and draft.service == service.id and draft.answers:
            return _resume(visit, draft, service)
        draft = await visit.desk.requests.start(service.id, visit.language, visit.conversation_id)
        count = len(service.request.fields)
        visit.say("utter_request_starts", service=service.title[visit.language], count=count)
        return _enter(draft, service)


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
        opened = visit.entity("request")
        draft = await requests.get(opened) if opened else await requests.latest_draft(visit.conversation_id)
        service = visit.service(draft.service) if draft else None
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
            visit.say("utter_stopped")
        elif ended == "saved":
            code = _spaced(requests.access_code(request.id))
            visit.say(
                "utter_saved",
                days=visit.desk.settings.draft_days,
                reference=request.reference,
                code=code,
                log_as=f"[demande enregistrée : {request.reference}]",
                buttons=[button(label("resume", visit.language), "resume_request", request=request.id)],
            )
        else:
            assert service.request is not None
            request = await requests.file(request.id, service.request.delay_days)
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
            # Typed in the open, such words are about a service: "corriger une erreur sur ma carte grise".
            note(moment=Moment.INFORMATION)
            return tell(visit, service, [OVERVIEW])
        draft = await visit.desk.requests.latest_draft(visit.conversation_id)
        filed = await visit.desk.requests.latest_filed(visit.conversation_id)
        if visit.intent == "confirm_request" and filed is not None:
            visit.say("utter_already_filed", reference=filed.reference)
            return slots(unclear=0)
        resume = button(label("resume", visit.language), "resume_request", request=draft.id) if draft else None
        visit.say("utter_nothing_open", buttons=[resume] if resume else [])
        return slots(unclear=0)


def _enter(draft: Request, service: Service) -> Events:
    opened = slots(draft=draft.id, field=None, answer=None, quiet=None, service=service.id, facets=None, unclear=0)
    return [*opened, FollowupAction("request_form")]


def _resume(visit: Visit, draft: Request, service: Service) -> Events:
    visit.say("utter_request_resumes", service=service.title[visit.language])
    return _enter(draft, service)


def _not_here(visit: Visit, service: Service) -> Events:
    office = visit.desk.catalogue.administrations[service.administration]
    where = str(service.online or office.url or "")
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
    code = _spaced(visit.desk.requests.access_code(request.id))
    silence = service.request.silence
    next_step = " ".join(part[visit.language] for part in (service.request.next_step, silence) if part)
    visit.say(
        "utter_filed",
        reference=request.reference,
        code=code,
        next_step=next_step,
        due=request.due.strftime("%d/%m/%Y"),
        log_as=f"[récépissé : {request.reference}]",
        extras={"request": request_wire(request) | {"access_code": code}},
    )
    await ask_how_it_went(visit, Moment.SUBMISSION, service.id, request.id)


def request_wire(request: Request) -> dict[str, Any]:
    """Return a request as the HTTP contract shows it to its citizen."""
    wire: dict[str, Any] = {
        "reference": request.reference,
        "state": str(request.state),
        "history": [
            {
                "state": str(event.state),
                "at": event.at.isoformat(),
                **({"reason": event.reason} if event.reason else {}),
            }
            for event in request.history
        ],
    }
    if request.due:
        wire["due"] = request.due.date().isoformat()
    return wire


def _spaced(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"
