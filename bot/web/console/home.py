"""The first page of the console, and its files."""

from pathlib import Path

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.handoff import HandoffState
from bot.conversations.mentions import Mention
from bot.errors import NotFound
from bot.requests.listing import count_open
from bot.web.console.filters import own_forms, own_services
from bot.web.console.guard import page
from bot.web.console.keys import AGENT_SURVEYS, HANDOFFS, MENTIONS, REVIEWS, UNDELIVERED
from bot.web.console.render import redirect, render
from bot.web.console.undelivered import seen_by
from bot.web.keys import CATALOGUE, DATABASE

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

routes = web.RouteTableDef()


@routes.get("/console")
@page()
async def home(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what waits."""
    waiting = left = taken = 0
    if session.account.may(Right.ANSWER):
        queue = await request.app[HANDOFFS].queue(session.account)
        waiting = sum(each.state == HandoffState.WAITING for each in queue)
        left = len(queue) - waiting
        taken = len(await request.app[HANDOFFS].taken_by(session.account.id))
    open_requests = late_requests = undelivered = 0
    if session.account.may(Right.PROCESS):
        own = own_forms(session.account, request.app[CATALOGUE])
        open_requests, late_requests = await count_open(request.app[DATABASE], own)
        undelivered = await request.app[UNDELIVERED].count(seen_by(request, session.account))
    month_open = await request.app[AGENT_SURVEYS].is_open(session.account)
    return render(
        request,
        "home.html",
        waiting=waiting,
        left=left,
        taken=taken,
        open_requests=open_requests,
        late_requests=late_requests,
        undelivered=undelivered,
        month_open=month_open,
        mentions=await _mentions(request, session),
    )


async def _mentions(request: web.Request, session: Session) -> list[Mention]:
    """Return where one is named, as far as one may still read it."""
    found = await request.app[MENTIONS].unread(session.account.id)
    services = own_services(session.account, request.app[CATALOGUE])
    if services is None:
        return found
    return [each for each in found if await request.app[REVIEWS].visible(each.conversation_id, services)]


@routes.get("/admin")
@page(Right.ADMINISTER)
async def admin(request: web.Request, session: Session) -> web.StreamResponse:
    """Lead to the accounts."""
    return redirect("/admin/accounts")


async def static(request: web.Request) -> web.StreamResponse:
    """Serve a file of the pages."""
    path = STATIC / request.match_info["name"]
    if path.parent != STATIC or path.suffix not in KINDS or not path.is_file():
        raise NotFound("There is nothing at this address.")
    response = web.FileResponse(path, headers={"Cache-Control": "no-cache"})
    response.content_type = KINDS[path.suffix]
    return response


static.guard = "anybody"  # type: ignore[attr-defined] # read by the test of all routes; no cookie is set
routes.get("/console/static/{name}")(static)
