"""The same thing done to several requests: what will happen to each is shown first, then it is done."""

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.errors import Unprocessable
from bot.requests.bulk import MOST, Action, Deed, foresee, perform
from bot.requests.casework import Author
from bot.requests.lifecycle import Actor
from bot.requests.model import Request
from bot.web.console.canned import check_finished
from bot.web.console.guard import field, note, page
from bot.web.console.render import render
from bot.web.console.request_filters import read_inbox
from bot.web.console.requests import HOME, own_request, show_list
from bot.web.keys import CASEWORK, CATALOGUE, HUB
from bot.web.uploads import form_of

routes = web.RouteTableDef()


@routes.post(HOME + "/bulk")
@page(Right.PROCESS)
async def preview(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what will happen to each of the chosen requests, and which are refused; nothing is changed."""
    references = await _references(request)
    take = await field(request, "take", 10)
    if take == "back":  # what was chosen and written is put right, not begun again
        return await show_list(request, session, references, begun=await _action(request))
    if take:  # a ready reason comes to where one writes; without scripts, by this way
        return await show_list(request, session, references, await field(request, "ready", 4))
    chosen = [(await own_request(request, session, each))[0] for each in references]
    action = await _action(request)
    check_finished(request.app[CATALOGUE], action.words)
    foreseen = await foresee(request.app[CASEWORK], chosen, action, _author(session))
    return render(
        request,
        "bulk.html",
        action=action,
        foreseen=foreseen,
        possible=[each for each in foreseen if each.refused is None],
        inbox=read_inbox(request.query, session.account, request.app[CATALOGUE]),
    )


@routes.post(HOME + "/bulk/confirm")
@page(Right.PROCESS)
async def confirm(request: web.Request, session: Session) -> web.StreamResponse:
    """Do it, each request once, and show what became of each; the same form sent again changes nothing."""
    action = await _action(request)
    chosen: dict[str, Request] = {}
    seen: dict[str, int] = {}
    for each in await _references(request):
        reference, _, number = each.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 9):
            raise Unprocessable("Choose requests in the list.", code="bad-choice", field="reference", most=MOST)
        found, _ = await own_request(request, session, reference)
        chosen[found.reference], seen[found.reference] = found, int(number)
    done = await perform(request.app[CASEWORK], seen, action, _author(session))
    for one in done:
        if one.refused is None and not one.before:
            await note(request, session.account, "changed", "request", one.reference, f"together: {action.deed}")
            if conversation_id := chosen[one.reference].conversation_id:
                request.app[HUB].ring(conversation_id)
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    return render(request, "bulk_done.html", action=action, done=done, chosen=chosen, inbox=inbox)


async def _references(request: web.Request) -> list[str]:
    given = (await form_of(request)).getall("reference", [])
    wanted = list(dict.fromkeys(each for each in given if isinstance(each, str)))
    if not 1 <= len(wanted) <= MOST:
        raise Unprocessable(f"Choose 1 to {MOST} requests.", code="bad-choice", field="reference", most=MOST)
    return wanted


async def _action(request: web.Request) -> Action:
    deed = await field(request, "deed", 20)
    if deed not in tuple(Deed):
        raise Unprocessable("Choose what is to be done.", code="bad-deed", field="deed")
    return Action(Deed(deed), await field(request, "words", 300 if deed == Deed.ASK else 5000))


def _author(session: Session) -> Author:
    return Author(Actor.AGENT, session.account.name)
