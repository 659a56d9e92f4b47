"""Signing in with the office's own provider: the way there and the way back."""

from aiohttp import web

from bot.accounts.openid import person
from bot.accounts.openid_provider import Provider
from bot.errors import NotFound
from bot.web.caller import caller_of
from bot.web.console.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.console.guard import local_path, note, open_page
from bot.web.console.keys import OPENID_ACCOUNTS, PROVIDER, SEALER, SESSIONS
from bot.web.console.render import redirect, render
from bot.web.keys import LIMITER, SETTINGS

HOME = "/console/openid"
BACK = HOME + "/back"
ATTEMPT = "openid"

routes = web.RouteTableDef()


@routes.get(HOME)
@open_page
async def leave(request: web.Request) -> web.StreamResponse:
    """Lead to the provider."""
    request.app[LIMITER].check("sign_ins_a_minute", caller_of(request))
    provider = _provider(request)
    address, attempt = await provider.begin(own(request, BACK), local_path(request.query.get("next", "")))
    response = web.Response(status=303, headers={"Location": address})
    # Lax: the browser comes back from another site, and must bring it.
    set_cookie(request, response, attempt.sealed(request.app[SEALER]), ATTEMPT, "Lax")
    return response


@routes.get(BACK)
@open_page
async def come_back(request: web.Request) -> web.StreamResponse:
    """Begin a session for whoever the provider says that it is."""
    provider, sealer = _provider(request), request.app[SEALER]
    cookie = read_cookie(request, ATTEMPT)
    claims, wanted = await provider.finish(cookie, sealer, own(request, BACK), request.query)
    account = await request.app[OPENID_ACCOUNTS].of(person(provider.openid, claims))
    token = await request.app[SESSIONS].start(account, complete=True, instead_of=read_cookie(request), by_provider=True)
    await note(request, account, "signed-in", "account", account.id, "openid")
    # A page of ours, not a redirect: a strict cookie does not go with what another site began.
    response = render(request, "leading.html", to=wanted, words="openid-welcome", name=account.shown)
    set_cookie(request, response, token)
    drop_cookie(request, response, ATTEMPT)
    return response


async def signed_out(request: web.Request) -> web.Response:
    """Return the page that leads out of the provider too: on a shared desk the next person must not come in with it."""
    to = await request.app[PROVIDER].leaving(own(request, "/console/login")) if PROVIDER in request.app else ""
    if not to:
        return redirect("/console/login", said="said-signed-out-here")
    request["session"] = None
    return render(request, "leading.html", to=to, words="openid-leaving", name=request.app[PROVIDER].openid.shown)


def own(request: web.Request, path: str) -> str:
    """Return one of our own addresses in full, as the provider knows it."""
    # Not by what the browser calls us: a forged host must not choose where a code is sent.
    return f"{request.app[SETTINGS].address}{path}"


def _provider(request: web.Request) -> Provider:
    if PROVIDER not in request.app:
        raise NotFound("There is nothing at this address.")
    return request.app[PROVIDER]
