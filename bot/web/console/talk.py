"""A conversation between a citizen and the agent who took it."""

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.handoff import Handoff, HandoffState, Outcome
from bot.errors import Conflict, Unprocessable
from bot.web.console.canned import canned, last_words
from bot.web.console.filters import own_forms
from bot.web.console.guard import field, note, page
from bot.web.console.keys import HANDOFFS, TALK
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE, HUB, REQUESTS, SETTINGS
from bot.web.switchboard import DESK

OUTCOMES = (Outcome.ANSWERED, Outcome.UNRESOLVED, Outcome.REDIRECTED, Outcome.GONE, Outcome.ASSISTANT)
"""What an agent can say of the end."""

routes = web.RouteTableDef()


@routes.get("/console/talks/{id}")
@page(Right.ANSWER)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show the conversation, a summary, and what one can say; who reads it is kept."""
    handoff = await _own(request, session)
    await request.app[HANDOFFS].still_talking(session.account.id)
    messages = await request.app[TALK].read(handoff.conversation_id)
    answers = canned(request.app[CATALOGUE], handoff.service, handoff.language)
    chosen = request.query.get("canned", "")
    index = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else -1
    return render(
        request,
        "talk.html",
        handoff=handoff,
        messages=messages,
        before=[each for each in messages if each.at < handoff.asked_at.isoformat()],
        last_words=last_words(messages),
        requests=await request.app[REQUESTS].of_conversation(handoff.conversation_id),
        own=own_forms(session.account, request.app[CATALOGUE]) if session.account.may(Right.PROCESS) else [],
        canned=answers,
        draft=answers[index][1] if 0 <= index < len(answers) else "",
        outcomes=OUTCOMES,
        sequence=messages[-1].sequence if messages else 0,
    )


@routes.post("/console/talks/{id}/say")
@page(Right.ANSWER)
async def say(request: web.Request, session: Session) -> web.StreamResponse:
    """Say something to the citizen."""
    handoff = await _own(request, session)
    limit = request.app[SETTINGS].message_limit
    text = await field(request, "text", limit + 1)
    if not text:
        return redirect(f"/console/talks/{handoff.id}")
    if len(text) > limit:
        raise Unprocessable(f"A message has {limit} characters at most.", code="message-too-long", limit=limit)
    await request.app[TALK].say(handoff.id, session.account, text)
    await request.app[HANDOFFS].still_talking(session.account.id)
    _ring(request, handoff)
    return redirect(f"/console/talks/{handoff.id}")


@routes.post("/console/talks/{id}/transfer")
@page(Right.ANSWER)
async def transfer(request: web.Request, session: Session) -> web.StreamResponse:
    """Give the citizen to another office, or back to the queue."""
    handoff = await _own(request, session)
    wanted = await field(request, "administration", 60)
    known = request.app[CATALOGUE].administrations
    office = known[wanted].name[handoff.language] if wanted in known else ""
    await request.app[HANDOFFS].transfer(handoff.id, session.account, wanted if office else None, office)
    await note(request, session.account, "transferred", "handoff", handoff.id, wanted)
    _ring(request, handoff)
    return redirect("/console/waiting", said="said-transferred")


@routes.post("/console/talks/{id}/end")
@page(Right.ANSWER)
async def end(request: web.Request, session: Session) -> web.StreamResponse:
    """End the talk with its outcome; the assistant is back."""
    handoff = await _own(request, session)
    outcome = await field(request, "outcome", 20)
    if outcome not in OUTCOMES:
        raise Unprocessable("Say how it ended.", code="bad-outcome", field="outcome")
    await request.app[HANDOFFS].end(handoff.id, session.account, Outcome(outcome))
    await note(request, session.account, "ended", "handoff", handoff.id, outcome)
    _ring(request, handoff)
    return redirect("/console/waiting", said="said-ended")


async def _own(request: web.Request, session: Session) -> Handoff:
    handoff = await request.app[HANDOFFS].seen_by(session.account, request.match_info["id"])
    if handoff.state != HandoffState.TAKEN or handoff.agent_id != session.account.id:
        # What a citizen writes is read in clear by the one who talks with them, and by nobody else.
        raise Conflict("You are not in this conversation any more.", code="not-your-conversation")
    return handoff


def _ring(request: web.Request, handoff: Handoff) -> None:
    for name in (DESK, handoff.conversation_id):
        request.app[HUB].ring(name)
