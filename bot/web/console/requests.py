"""Requests to process: the inbox, the latest first, and one request with all that its office may do."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.catalogue.model import RequestForm
from bot.conversations.transcript import Transcript
from bot.db import now
from bot.errors import GuichetError, NotFound, Unprocessable
from bot.requests.bulk import MOST, Action, Deed
from bot.requests.casework import Author
from bot.requests.events import Item, Problem, unread
from bot.requests.fields import show_answer
from bot.requests.files_check import KINDS
from bot.requests.lifecycle import TRANSITIONS, Actor, next_states
from bot.requests.listing import Page, count_open, place_of
from bot.requests.model import Request, State, asked
from bot.requests.outcome import outcome_lines
from bot.web.api.files import download, file_id_of
from bot.web.console.canned import Ready, check_finished, ready_for_several, ready_notes, ready_reasons
from bot.web.console.decision import decision_of, give_document
from bot.web.console.filters import own_forms, own_services
from bot.web.console.guard import field, note, page
from bot.web.console.keys import REVIEWS, TOTALS, TRANSCRIPTS
from bot.web.console.render import redirect, render
from bot.web.console.request_filters import AGES, DEADLINES, STATES, Inbox, read_inbox
from bot.web.keys import CASEWORK, CATALOGUE, DATABASE, FEEDBACK, FILES, HUB, REQUESTS

HOME = "/console/requests"

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.PROCESS)
async def show_all(request: web.Request, session: Session) -> web.StreamResponse:
    """List the requests of one's offices: what is late, and what is due first, comes first."""
    return await show_list(request, session)


async def show_list(
    request: web.Request,
    session: Session,
    ticked: Sequence[str] = (),
    chosen: str = "",
    begun: Action | None = None,
) -> web.StreamResponse:
    """Show the list of the address.

    Args:
        request: names the filter.
        session: who looks.
        ticked: references of requests that are chosen already.
        chosen: the place of the ready reason that was taken, as the list gave it.
        begun: what was about to be done with those that are ticked.
    """
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    found = await _page(request, inbox, request.query.get("after"))
    waiting, late = await count_open(request.app[DATABASE], inbox.own, demo=inbox.filter.demo)
    return render(
        request,
        "requests.html",
        found=found,
        inbox=inbox,
        states=STATES,
        deadlines=list(DEADLINES),
        ages=list(AGES),
        deeds=list(Deed),
        most=MOST,
        ticked=ticked,
        begun=begun,
        ready=(ready := ready_for_several(request.app[CATALOGUE], found.lines, session.account.language)),
        chosen=_chosen(chosen, ready),
        waiting=waiting,
        late=late,
        has_demo=await request.app[TOTALS].has_demo(),
    )


@routes.get(HOME + "/{reference}")
@page(Right.PROCESS)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a request with its answers, its life and what can be done; that it was read is kept."""
    found, form = await _own(request, session)
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    await note(request, session.account, "read", "request", found.reference)
    events = await request.app[CASEWORK].history(found.reference)
    new = {event.number for event in unread(events, Actor.AGENT)}
    if new:
        await request.app[CASEWORK].mark_read(found.reference, Actor.AGENT)
    catalogue, reader = request.app[CATALOGUE], session.account.language
    fields = asked(form, found.answers)
    answers = [(each, show_answer(each, found.answers.get(each.id), reader)) for each in fields]
    possible = [each for each in next_states(found.state, Actor.AGENT) if each is not State.TO_COMPLETE]
    owed = [each for each in possible if TRANSITIONS[found.state, each].needs_reason]
    ready = ready_reasons(catalogue, found.service, found.language, {*owed, State.ACCEPTED} & {*possible}, reader)
    return render(
        request,
        "request.html",
        found=found,
        answers=answers,
        fields=fields,
        labels={each.id: each.label[reader] for each in form.fields},
        events=events,
        new=new,
        possible=possible,
        owed=owed,
        can_ask=State.TO_COMPLETE in next_states(found.state, Actor.AGENT),
        ready=ready,
        chosen=_chosen(request.query.get("ready", ""), ready),
        notes=ready_notes(catalogue, found.service, found.language),
        problems=list(Problem),
        files=await request.app[FILES].of_request(found.id),
        kinds=",".join(KINDS),
        brought=_brought,
        late=found.due is not None and found.due < now() and not found.state.is_final,
        inbox=inbox,
        following=await _following(request, inbox, found),
        transcript=await _transcript(request, session, found),
        given=await request.app[FEEDBACK].about_request(found.id),
    )


@routes.get(HOME + "/{reference}/files/{file}")
@page(Right.PROCESS)
async def read_file(request: web.Request, session: Session) -> web.StreamResponse:
    """Hand out a file of the request; that it was read is kept."""
    found, _ = await _own(request, session)
    files = request.app[FILES]
    file = await files.get(file_id_of(request))
    if file.request_id != found.id:
        raise NotFound("This file does not exist.", code="unknown-file")
    await note(request, session.account, "read", "request", found.reference, f"file {file.id}")
    return await download(files, file)


@routes.post(HOME + "/{reference}/advance")
@page(Right.PROCESS)
async def advance(request: web.Request, session: Session) -> web.StreamResponse:
    """Take a request to another state."""
    found, _ = await _own(request, session)
    to = await field(request, "to", 20)
    if to not in STATES:
        raise Unprocessable("Choose what becomes of the request.", code="bad-state", field="to")
    reason = await field(request, "reason", 5000)
    check_finished(request.app[CATALOGUE], reason)
    brought = await decision_of(request)
    document = await give_document(request, found) if State(to).is_final else None
    if document is not None:
        brought["document"] = {"name": document.name, "file": document.id}
    try:
        await request.app[CASEWORK].advance(
            found.reference, State(to), _author(session), reason=reason or None, outcome=brought
        )
    except GuichetError:
        if document is not None:
            await request.app[FILES].remove(document)
        raise
    return await _done(request, session, found, f"to {to}")


@routes.post(HOME + "/{reference}/completion")
@page(Right.PROCESS)
async def completion(request: web.Request, session: Session) -> web.StreamResponse:
    """Tell the citizen what is missing."""
    found, form = await _own(request, session)
    data = await request.post()
    known = {each.id for each in form.fields}
    items = [
        Item(_problem(str(data.get(f"problem-{name}", ""))), name, note=await field(request, f"note-{name}", 1000))
        for name in map(str, data.getall("item", []))
        if name in known
    ]
    if other := await field(request, "other", 300):
        wants_file = bool(await field(request, "file-other", 5))
        items.append(Item(Problem.MISSING, None, other, await field(request, "note-other", 1000), file=wants_file))
    await request.app[CASEWORK].ask_completion(found.reference, _author(session), items)
    return await _done(request, session, found, f"asked for {len(items)} things")


@routes.post(HOME + "/{reference}/message")
@page(Right.PROCESS)
async def message(request: web.Request, session: Session) -> web.StreamResponse:
    """Write to the citizen."""
    found, _ = await _own(request, session)
    await request.app[CASEWORK].send_message(found.reference, _author(session), await field(request, "text", 5000))
    return await _done(request, session, found, "wrote")


def _chosen(number: str, ready: Sequence[Ready]) -> Ready | None:
    """Return the reason that was chosen without scripts, by its place in the list."""
    known = number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(ready)
    return ready[int(number)] if known else None


def _brought(outcome: dict[str, Any], language: str) -> list[str]:
    """Return what a decision brings beside its document, in the words that the citizen reads."""
    return outcome_lines({name: part for name, part in outcome.items() if name != "document"}, language)


async def _page(request: web.Request, inbox: Inbox, after: str | None, limit: int = 50) -> Page:
    casework = request.app[CASEWORK]
    try:
        return await casework.list(inbox.filter, order=inbox.order, after=after or None, limit=limit)
    except Unprocessable:
        return await casework.list(inbox.filter, order=inbox.order, limit=limit)


async def _following(request: web.Request, inbox: Inbox, found: Request) -> str:
    """Return the request that comes after this one in the list, or the first of the list; "" when there is no other."""
    # By its place and not by its line: a request that was just decided has left the list of what is open.
    for after in (place_of(found, inbox.order), None):
        lines = (await _page(request, inbox, after, limit=2)).lines
        others = [each.reference for each in lines if each.reference != found.reference]
        if others:
            return others[0]
    return ""


async def _transcript(request: web.Request, session: Session, found: Request) -> Transcript | None:
    """Return the conversation of a request as the log has it, for who may read it; that it was read is kept."""
    if found.conversation_id is None or not session.account.may(Right.REVIEW):
        return None
    services = own_services(session.account, request.app[CATALOGUE])
    if services is not None and not await request.app[REVIEWS].visible(found.conversation_id, services):
        return None
    try:
        transcript = await request.app[TRANSCRIPTS].transcript(found.conversation_id)
    except NotFound:
        return None
    await note(request, session.account, "read", "conversation", found.conversation_id)
    return transcript


async def _own(request: web.Request, session: Session) -> tuple[Request, RequestForm]:
    return await own_request(request, session, request.match_info["reference"])


async def own_request(request: web.Request, session: Session, reference: str) -> tuple[Request, RequestForm]:
    """Return a request and its form.

    Raises:
        NotFound: there is none, it is still a draft, or it is another office's; the answer is the same.
    """
    own: Sequence[str] = own_forms(session.account, request.app[CATALOGUE])
    found = await request.app[REQUESTS].by_reference(reference.upper()[:20])
    service = request.app[CATALOGUE].services.get(found.service)
    if found.service not in own or found.filed_at is None or service is None or service.request is None:
        raise NotFound("There is no request of this reference.", code="unknown-request")
    return found, service.request


async def _done(request: web.Request, session: Session, found: Request, what: str) -> web.Response:
    await note(request, session.account, "changed", "request", found.reference, what)
    if found.conversation_id:
        request.app[HUB].ring(found.conversation_id)
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    following = await _following(request, inbox, found) if await field(request, "then", 10) == "next" else ""
    said = "said-saved-next" if following else "said-saved"
    return redirect(f"{HOME}/{following or found.reference}", **inbox.values, said=said)


def _author(session: Session) -> Author:
    return Author(Actor.AGENT, session.account.name)


def _problem(value: str) -> Problem:
    return Problem(value) if value in tuple(Problem) else Problem.MISSING
