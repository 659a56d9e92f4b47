"""The inbox: one message after the other that the assistant did not understand, to be told what it means."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.db import now
from bot.errors import NotFound, Unprocessable
from bot.learning.inbox import Item
from bot.learning.inbox_model import Answer, Decision
from bot.learning.inbox_topics import topics
from bot.learning.intent_names import families, intent_names
from bot.learning.proposed import LEAST, proposal, proposals
from bot.web.console.filters import own_services
from bot.web.console.guard import field, note, page
from bot.web.console.keys import INBOX, LABELLING
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE, DATABASE, SETTINGS

HOME = "/console/inbox"
MOST_NUMBERS = 200
"""Numbers of messages or groups that one form may carry."""

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.CORRECT)
async def show_next(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what would teach most, of what one has not labelled yet."""
    item = await request.app[INBOX].next(session.account.name, visible_services(request, session))
    return await _show(request, session, item)


@routes.get(HOME + "/topics")
@page(Right.CORRECT)
async def show_topics(request: web.Request, session: Session) -> web.StreamResponse:
    """Show of what people speak that the assistant does not know."""
    services = visible_services(request, session)
    return render(
        request,
        "inbox_topics.html",
        topics=await topics(request.app[DATABASE], services),
        waiting=await request.app[INBOX].waiting(session.account.name, services, _today(request)),
        names=intent_names(),
    )


@routes.get(HOME + "/done")
@page(Right.CORRECT)
async def show_done(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what was labelled last, by whom, and the conversations it came from."""
    inbox, services = request.app[INBOX], visible_services(request, session)
    return render(
        request,
        "inbox_done.html",
        done=await inbox.done(session.account.name, services),
        proposed=await inbox.proposed(),
        waiting=await inbox.waiting(session.account.name, services, _today(request)),
        names=intent_names(),
    )


@routes.get(HOME + "/conflicts")
@page(Right.CORRECT)
async def show_conflicts(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what two people labelled differently, both labels side by side."""
    inbox, services = request.app[INBOX], visible_services(request, session)
    return render(
        request,
        "inbox_conflicts.html",
        conflicts=await inbox.conflicts(services),
        proposed=await inbox.proposed(),
        waiting=await inbox.waiting(session.account.name, services, _today(request)),
        names=intent_names(),
    )


@routes.get(HOME + "/proposed")
@page(Right.CORRECT)
async def show_proposed(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what people proposed as new meanings, and what makes an intent of each."""
    services = visible_services(request, session)
    return render(
        request,
        "inbox_proposed.html",
        proposals=await proposals(request.app[DATABASE], services),
        least=LEAST,
        waiting=await request.app[INBOX].waiting(session.account.name, services, _today(request)),
        names=intent_names(),
    )


@routes.post(HOME + "/proposed/{number}")
@page(Right.CORRECT)
async def settle_proposed(request: web.Request, session: Session) -> web.StreamResponse:
    """Say which intent a proposed meaning is: all its messages become examples of it."""
    services = visible_services(request, session)
    found = await proposal(request.app[DATABASE], _number(request), services)
    answer = await _answer(request, session)
    if answer.decision != Decision.INTENT:
        raise Unprocessable("Choose what is meant.", code="bad-intent", field="intent")
    first, *others = found.groups
    by = session.account.name
    await request.app[LABELLING].label(first, answer, by, services, also=others, settles=True)
    await note(request, session.account, "settled", "proposal", found.name, answer.intent or "")
    return redirect(f"{HOME}/proposed", said="said-proposal-settled")


@routes.get(HOME + "/{number}")
@page(Right.CORRECT)
async def show_one(request: web.Request, session: Session) -> web.StreamResponse:
    """Show one group, to be labelled, again or for the first time."""
    item = await request.app[INBOX].item(_number(request), visible_services(request, session))
    return await _show(request, session, item)


@routes.post(HOME + "/undo")
@page(Right.CORRECT)
async def undo(request: web.Request, session: Session) -> web.StreamResponse:
    """Take back what one said last."""
    services = visible_services(request, session)
    number = await request.app[LABELLING].undo(session.account.name, services)
    await note(request, session.account, "undid", "inbox", str(number))
    return redirect(f"{HOME}/{number}", said="said-undone")


@routes.post(HOME + "/{number}")
@page(Right.CORRECT)
async def label(request: web.Request, session: Session) -> web.StreamResponse:
    """Say what a group means, and go on to the next one."""
    number, services = _number(request), visible_services(request, session)
    item = await request.app[INBOX].item(number, services)
    answer = await _answer(request, session)
    shown, kept = await _numbers(request, "shown"), await _numbers(request, "keep")
    await request.app[LABELLING].label(
        number,
        answer,
        session.account.name,
        services,
        apart={each.id for each in item.messages} & shown - kept,
        also={related for related, _ in item.related} & await _numbers(request, "also"),
        settles=await field(request, "settles") == "yes",
    )
    said = " ".join(filter(None, (answer.decision, answer.intent, answer.service)))
    await note(request, session.account, "labelled", "inbox", str(number), said)
    return redirect(HOME + "/conflicts" if await field(request, "settles") else HOME, last=str(number))


@routes.post(HOME + "/{number}/split")
@page(Right.CORRECT)
async def split(request: web.Request, session: Session) -> web.StreamResponse:
    """Part the messages that are not ticked from the group, and stay with it."""
    number, services = _number(request), visible_services(request, session)
    apart = await _numbers(request, "shown") - await _numbers(request, "keep")
    await request.app[LABELLING].split(number, apart, services)
    await note(request, session.account, "split", "inbox", str(number))
    return redirect(f"{HOME}/{number}", said="said-split")


def visible_services(request: web.Request, session: Session) -> list[str] | None:
    """Return the services whose messages an account may read; None for all of them."""
    return own_services(session.account, request.app[CATALOGUE])


async def _show(request: web.Request, session: Session, item: Item | None) -> web.Response:
    inbox, services, me = request.app[INBOX], visible_services(request, session), session.account.name
    mine = item is not None and any(each.by == me for each in item.standing.labels)
    return render(
        request,
        "inbox.html",
        item=item,
        # What others said is shown to who has said something too: until then one says it blindly.
        labels=item.standing.labels if item is not None and mine else (),
        last=await _last(request, services),
        waiting=await inbox.waiting(me, services, _today(request)),
        proposed=await inbox.proposed(),
        names=intent_names(),
        families=families(),
    )


async def _last(request: web.Request, services: list[str] | None) -> Any:
    """Return what was labelled a moment ago, to be told and taken back."""
    number = request.query.get("last", "")
    me = request["session"].account.name
    done = await request.app[INBOX].done(me, services, int(number)) if _is_number(number) else []
    return next((each for each in done if each.label.by == me), None)


async def _answer(request: web.Request, session: Session) -> Answer:
    """Return what a form says.

    Raises:
        Unprocessable: it names no intent that exists, or no words for a new one.
    """
    intent = await field(request, "intent", 60)
    name = await field(request, "name", 80)
    # Enter in a field, without scripts, says no decision: a name that was written there is one.
    decision = await field(request, "decision", 20) or (Decision.INTENT if intent else Decision.NEW if name else "")
    service = await field(request, "service", 60)
    known = service if service in request.app[CATALOGUE].services else None
    if decision == Decision.INTENT and intent in intent_names():
        return Answer(Decision.INTENT, intent, known)
    if decision == Decision.NEW:
        proposed = await request.app[LABELLING].propose(name, session.account.name)
        return Answer(Decision.NEW, service=known, proposed_id=proposed)
    if decision in (Decision.NOT_TRAINING, Decision.LEFT):
        return Answer(Decision(decision))
    raise Unprocessable("Choose what is meant.", code="bad-intent", field="intent")


async def _numbers(request: web.Request, name: str) -> set[int]:
    given = (await request.post()).getall(name, [])[:MOST_NUMBERS]
    return {int(each) for each in given if isinstance(each, str) and _is_number(each)}


def _number(request: web.Request) -> int:
    number = request.match_info["number"]
    if not _is_number(number):
        raise NotFound("There is no such message in the inbox.", code="unknown-group")
    return int(number)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _today(request: web.Request) -> datetime:
    zone = ZoneInfo(request.app[SETTINGS].timezone)
    return now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
