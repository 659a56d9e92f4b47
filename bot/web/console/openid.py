"""The office's own provider: the way there and the way back, to sign in or to tie an account; and what it announces."""

from aiohttp import web

from bot.accounts.openid import key_of, person
from bot.accounts.openid_logout import read_logout
from bot.accounts.openid_provider import Attempt, Provider, Refused
from bot.accounts.sessions import Session
from bot.errors import NotAllowed, NotFound
from bot.web.caller import caller_of
from bot.web.console.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.console.guard import field, local_path, note, open_page, page
from bot.web.console.keys import ACCOUNTS, LOGOUTS, OPENID_ACCOUNTS, PROVIDER, SEALER, SESSIONS
from bot.web.console.render import redirect, render
from bot.web.keys import LIMITER, SETTINGS

HOME = "/console/openid"
BACK = HOME + "/back"
ACCOUNT = "/console/account"
ATTEMPT = "openid"
UNKEPT = {"Cache-Control": "no-store"}

routes = web.RouteTableDef()


@routes.get(HOME)
@open_page
async def leave(request: web.Request) -> web.StreamResponse:
    """Lead to the provider."""
    request.app[LIMITER].check("sign_ins_a_minute", caller_of(request))
    provider = provider_of(request)
    return _led(request, *await provider.begin(own(request, BACK), local_path(request.query.get("next", ""))))


@routes.get(BACK)
@open_page
async def come_back(request: web.Request) -> web.StreamResponse:
    """Begin a session for whoever the provider says that it is."""
    provider, sealer = provider_of(request), request.app[SEALER]
    cookie = read_cookie(request, ATTEMPT)
    claims, attempt = await provider.finish(cookie, sealer, own(request, BACK), request.query)
    if attempt.tying:
        return await _tied(request, attempt, claims)
    account = await request.app[OPENID_ACCOUNTS].of(person(provider.openid, claims))
    sid = claims.get("sid")
    token = await request.app[SESSIONS].start(
        account,
        complete=True,
        instead_of=read_cookie(request),
        by_provider=True,
        provider_session=key_of(provider.openid, sid) if isinstance(sid, str) and sid else None,
    )
    await note(request, account, "signed-in", "account", account.id, "openid")
    # A page of ours, not a redirect: a strict cookie does not go with what another site began.
    response = render(request, "leading.html", to=attempt.wanted, words="openid-welcome", name=account.shown)
    set_cookie(request, response, token)
    drop_cookie(request, response, ATTEMPT)
    return response


@routes.post(HOME + "/tie")
@page()
async def tie(request: web.Request, session: Session) -> web.StreamResponse:
    """Lead whoever knows the account's password (and code) to the provider, to be known by it from now on."""
    provider = provider_of(request)
    await _confirmed(request, session)
    return _led(request, *await provider.begin(own(request, BACK), ACCOUNT, tying=session.account.id))


@routes.post(HOME + "/untie")
@page()
async def untie(request: web.Request, session: Session) -> web.StreamResponse:
    """Let the provider open the account no longer, for whoever knows its password."""
    await _confirmed(request, session)
    await request.app[OPENID_ACCOUNTS].untie(session.account, by=session.account.name)
    return redirect(ACCOUNT, said="said-untied")


async def announce(request: web.Request) -> web.Response:
    """End the sessions of whoever the provider says has signed out there (OpenID Connect Back-Channel Logout 1.0)."""
    request.app[LIMITER].check("logouts_a_minute", caller_of(request))
    provider = provider_of(request)
    told = await request.post()
    try:
        await request.app[LOGOUTS].obey(await read_logout(provider, str(told.get("logout_token", ""))))
    except Refused:
        refusal = {"error": "invalid_request", "error_description": "The logout token is not accepted."}
        return web.json_response(refusal, status=400, headers=UNKEPT)
    return web.Response(headers=UNKEPT)


announce.guard = "anybody"  # type: ignore[attr-defined] # no cookie counts here, only the provider's signature
routes.post(HOME + "/logout")(announce)


async def signed_out(request: web.Request) -> web.Response:
    """Return the page that leads out of the provider too: on a shared desk the next person must not come in with it."""
    to = await request.app[PROVIDER].leaving(own(request, "/console/login")) if PROVIDER in request.app else ""
    if not to:
        return redirect("/console/login", said="said-signed-out-here")
    request["session"] = None
    return render(request, "leading.html", to=to, words="openid-leaving", name=request.app[PROVIDER].openid.shown)


def provider_name(request: web.Request) -> str:
    """Return what the office's provider is called; empty when it has none."""
    return request.app[PROVIDER].openid.shown if PROVIDER in request.app else ""


def own(request: web.Request, path: str) -> str:
    """Return one of our own addresses in full, as the provider knows it."""
    # Not by what the browser calls us: a forged host must not choose where a code is sent.
    return f"{request.app[SETTINGS].address}{path}"


async def _confirmed(request: web.Request, session: Session) -> None:
    """Raise unless the form holds the password of who is signed in, and a code where the account asks for one."""
    accounts = request.app[ACCOUNTS]
    await accounts.check(session.account.name, str((await request.post()).get("password", "")))
    if session.account.has_second_factor:
        await accounts.check_code(session.account, await field(request, "code", 20))


async def _tied(request: web.Request, attempt: Attempt, claims: dict[str, object]) -> web.StreamResponse:
    """Tie the account that this browser left for; it alone carries the sealed attempt, made after the password."""
    account = await request.app[ACCOUNTS].get(attempt.tying)
    if not account.active:
        raise NotAllowed("This account was closed. Ask whoever manages the accounts.", code="account-closed")
    openid = request.app[PROVIDER].openid
    await request.app[OPENID_ACCOUNTS].tie(account, key_of(openid, str(claims["sub"])), by=account.name)
    to = f"{attempt.wanted}?said=said-tied"
    response = render(request, "leading.html", to=to, words="openid-welcome", name=account.shown)
    drop_cookie(request, response, ATTEMPT)
    return response


def _led(request: web.Request, address: str, attempt: Attempt) -> web.Response:
    """Return the answer that sends a browser to the provider with what it must bring back."""
    response = web.Response(status=303, headers={"Location": address})
    # Lax: the browser comes back from another site, and must bring it.
    set_cookie(request, response, attempt.sealed(request.app[SEALER]), ATTEMPT, "Lax")
    return response


def provider_of(request: web.Request) -> Provider:
    """Return the office's provider.

    Raises:
        NotFound: it has none.
    """
    if PROVIDER not in request.app:
        raise NotFound("There is nothing at this address.")
    return request.app[PROVIDER]
