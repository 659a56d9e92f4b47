"""News that did not reach their citizens, or perhaps not: what happened, and what one can do about it."""

from aiohttp import web

from bot.accounts.model import Account, Right
from bot.accounts.sessions import Session
from bot.errors import NotFound
from bot.requests.undelivered import DeadLetter, Within
from bot.web.console.filters import own_forms
from bot.web.console.guard import note, page
from bot.web.console.keys import HANDOFFS, UNDELIVERED
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE

HOME = "/console/undelivered"

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.PROCESS)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """List what did not arrive, or perhaps not, the oldest first."""
    letters = await request.app[UNDELIVERED].all(seen_by(request, session.account))
    return render(request, "undelivered.html", letters=letters)


@routes.post(HOME + "/{id}/again")
@page(Right.PROCESS)
async def send_again(request: web.Request, session: Session) -> web.StreamResponse:
    """Let it be sent once more."""
    letter = await _own(request, session)
    await request.app[UNDELIVERED].send_again(letter.id)
    await note(request, session.account, "sent-again", letter.kind, letter.reference, letter.channel)
    return redirect(HOME, said="said-sent-again")


@routes.post(HOME + "/{id}/settled")
@page(Right.PROCESS)
async def settle(request: web.Request, session: Session) -> web.StreamResponse:
    """Say that nothing more is to be done."""
    letter = await _own(request, session)
    await request.app[UNDELIVERED].settle(letter.id)
    if letter.handoff_id is not None:
        handoffs = request.app[HANDOFFS]
        await handoffs.settle_left(await handoffs.get(letter.handoff_id), None)
    await note(request, session.account, "settled", letter.kind, letter.reference, letter.channel)
    return redirect(HOME, said="said-settled")


def seen_by(request: web.Request, account: Account) -> Within:
    """Return what an account may see of what did not arrive."""
    own = own_forms(account, request.app[CATALOGUE])
    return Within(own, account.administrations or None, account.may(Right.ADMINISTER))


async def _own(request: web.Request, session: Session) -> DeadLetter:
    number = request.match_info["id"]
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        raise NotFound("There is no dead letter of this number.", code="unknown-letter")
    return await request.app[UNDELIVERED].one(int(number), seen_by(request, session.account))
