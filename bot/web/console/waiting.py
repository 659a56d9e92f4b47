"""Citizens who wait for a person, and the messages that they left."""

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.handoff import HandoffState
from bot.db import now
from bot.errors import Conflict, NotFound
from bot.requests.desk_letters import LONGEST, answer_by_mail
from bot.web.console.canned import canned
from bot.web.console.guard import field, note, page
from bot.web.console.keys import ACCOUNTS, HANDOFFS, HOURS, PRESENCE, TALK
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE, HUB, SETTINGS
from bot.web.switchboard import DESK

routes = web.RouteTableDef()


@routes.get("/console/waiting")
@page(Right.ANSWER)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show who waits, the longest wait first, and one's own conversations."""
    account, handoffs = session.account, request.app[HANDOFFS]
    here = await request.app[PRESENCE].still_here(account.id)
    await handoffs.still_talking(account.id)
    queue = await handoffs.queue(account)
    return render(
        request,
        "waiting.html",
        at_desk=here,
        open=request.app[HOURS].open_at(now()),
        waiting=[each for each in queue if each.state == HandoffState.WAITING],
        left=[each for each in queue if each.state == HandoffState.LEFT],
        mine=await handoffs.taken_by(account.id),
        colleagues=[each for each in await request.app[PRESENCE].at_desk(None) if each.id != account.id],
    )


@routes.post("/console/presence")
@page(Right.ANSWER)
async def presence(request: web.Request, session: Session) -> web.StreamResponse:
    """Come to the desk, or leave it."""
    desk = request.app[PRESENCE]
    if (await request.post()).get("here") == "yes":
        await desk.here(session.account.id)
    else:
        await desk.away(session.account.id)
    request.app[HUB].ring(DESK)
    return redirect("/console/waiting")


@routes.post("/console/waiting/{id}/claim")
@page(Right.ANSWER)
async def claim(request: web.Request, session: Session) -> web.StreamResponse:
    """Take a citizen from the queue."""
    handoff = await request.app[HANDOFFS].seen_by(session.account, request.match_info["id"])
    await request.app[HANDOFFS].claim(handoff.id, session.account)
    await note(request, session.account, "claimed", "handoff", handoff.id, handoff.conversation_id)
    for name in (DESK, handoff.conversation_id):
        request.app[HUB].ring(name)
    return redirect(f"/console/talks/{handoff.id}")


@routes.get("/console/notes/{id}")
@page(Right.ANSWER)
async def show_note(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a message that was left, and how to reach its author; that it was read is kept."""
    handoff = await request.app[HANDOFFS].seen_by(session.account, request.match_info["id"])
    if handoff.state != HandoffState.LEFT or handoff.note is None:
        raise NotFound("This message was answered or taken back.", code="unknown-note")
    await note(request, session.account, "read", "handoff", handoff.id, "message left")
    messages = await request.app[TALK].read(handoff.conversation_id)
    answers = canned(request.app[CATALOGUE], handoff.service, handoff.language)
    chosen = request.query.get("canned", "")
    index = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else -1
    return render(
        request,
        "note.html",
        handoff=handoff,
        messages=messages,
        canned=answers,
        # What could not be sent is not to be written again.
        draft=answers[index][1] if 0 <= index < len(answers) else handoff.note.get("answer", ""),
        by_mail="@" in handoff.note.get("contact", "") and bool(request.app[SETTINGS].smtp_host),
        longest=LONGEST,
    )


@routes.post("/console/notes/{id}/mail")
@page(Right.ANSWER)
async def mail(request: web.Request, session: Session) -> web.StreamResponse:
    """Answer a message that was left by e-mail; it is forgotten when the answer is sent."""
    handoff = await request.app[HANDOFFS].seen_by(session.account, request.match_info["id"])
    if handoff.state != HandoffState.LEFT or handoff.note is None:
        raise Conflict("This message was answered already.", code="already-answered")
    await answer_by_mail(request.app[TALK], handoff, session.account, await field(request, "text", LONGEST + 1))
    await note(request, session.account, "answered", "handoff", handoff.id, "by e-mail")
    for name in (DESK, handoff.conversation_id):
        request.app[HUB].ring(name)
    return redirect("/console/waiting", said="said-mailed")


@routes.post("/console/notes/{id}/answered")
@page(Right.ANSWER)
async def answered(request: web.Request, session: Session) -> web.StreamResponse:
    """Say that a message was answered: it is forgotten."""
    handoff = await request.app[HANDOFFS].seen_by(session.account, request.match_info["id"])
    await request.app[HANDOFFS].answered(handoff.id, session.account)
    await request.app[ACCOUNTS].trail.note(session.account.name, "answered", "handoff", handoff.id)
    request.app[HUB].ring(DESK)
    return redirect("/console/waiting", said="said-answered")
