"""Signing in and out: password, code of the second factor, invitation."""

from collections.abc import Callable

from aiohttp import web

from bot.accounts.model import Forbidden
from bot.accounts.sessions import Session
from bot.errors import GuichetError, NotAllowed, TooManyRequests
from bot.web.caller import caller_of
from bot.web.console import openid
from bot.web.console.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.console.guard import field, find_session, local_path, note, open_page, page
from bot.web.console.keys import ACCOUNTS, SESSIONS
from bot.web.console.render import redirect, render, words
from bot.web.keys import LIMITER, SETTINGS

routes = web.RouteTableDef()


@routes.get("/console/login")
@open_page
async def show_login(request: web.Request) -> web.StreamResponse:
    """Ask for name and password; say which command makes the first account when there is none."""
    session = await find_session(request)
    if session is not None and session.complete:
        return redirect("/console")
    nobody = not await request.app[ACCOUNTS].any()
    return _login_page(request, nobody=nobody, next=request.query.get("next", ""))


@routes.post("/console/login")
@open_page
async def login(request: web.Request) -> web.StreamResponse:
    """Check name and password, and begin a session under a new token."""
    _require_passwords(request)
    name, password = await field(request, "name", 200), str((await request.post()).get("password", ""))
    wanted = local_path(await field(request, "next"))
    try:
        request.app[LIMITER].check("sign_ins_a_minute", caller_of(request))
        account = await request.app[ACCOUNTS].check(name, password)
    except (NotAllowed, TooManyRequests) as error:
        return _refused(request, error, _login_page, nobody=False, next=wanted)
    complete = not account.has_second_factor
    token = await request.app[SESSIONS].start(account, complete=complete, instead_of=read_cookie(request))
    if complete:
        await note(request, account, "signed-in", "account", account.id)
    response = redirect(wanted) if complete else redirect("/console/code", next=wanted if wanted != "/console" else "")
    set_cookie(request, response, token)
    return response


@routes.get("/console/code")
@open_page
async def show_code(request: web.Request) -> web.StreamResponse:
    """Ask for the code of the second factor."""
    session = await find_session(request)
    if session is None or session.complete:
        return redirect("/console")
    return _code_page(request, next=request.query.get("next", ""))


@routes.post("/console/code")
@open_page
async def code(request: web.Request) -> web.StreamResponse:
    """Check the code, and go on under another token."""
    session = await find_session(request)
    if session is None or session.complete:
        return redirect("/console")
    wanted = local_path(await field(request, "next"))
    try:
        await request.app[ACCOUNTS].check_code(session.account, await field(request, "code", 20))
    except (NotAllowed, TooManyRequests) as error:
        return _refused(request, error, _code_page, next=wanted)
    token = await request.app[SESSIONS].start(session.account, complete=True, instead_of=read_cookie(request))
    await note(request, session.account, "signed-in", "account", session.account.id)
    response = redirect(wanted)
    set_cookie(request, response, token)
    return response


@routes.get("/console/invitation/{token}")
@open_page
async def show_invitation(request: web.Request) -> web.StreamResponse:
    """Ask whoever was invited for a password."""
    _require_passwords(request)
    account = await request.app[ACCOUNTS].invited(request.match_info["token"])
    return _invitation_page(request, account=account)


@routes.post("/console/invitation/{token}")
@open_page
async def accept(request: web.Request) -> web.StreamResponse:
    """Set the password of whoever was invited."""
    _require_passwords(request)
    account = await request.app[ACCOUNTS].invited(request.match_info["token"])
    form = await request.post()
    password, again = str(form.get("password", "")), str(form.get("again", ""))
    try:
        if password != again:
            raise NotAllowed("The two passwords are not the same.", code="passwords-differ")
        await request.app[ACCOUNTS].accept(request.match_info["token"], password)
    except GuichetError as error:
        return _refused(request, error, _invitation_page, account=account)
    return redirect("/console/login", said="said-password-set")


@routes.post("/console/logout")
@page()
async def logout(request: web.Request, session: Session) -> web.StreamResponse:
    """End the session."""
    await request.app[SESSIONS].end(session.account.id, session.id)
    if session.by_provider:
        response = await openid.signed_out(request)
    else:
        response = redirect("/console/login", said="said-signed-out")
    drop_cookie(request, response)
    return response


def takes_passwords(request: web.Request) -> bool:
    """Return whether names and passwords open this console."""
    return request.app[SETTINGS].password_sign_in.upper() == "YES"


def _require_passwords(request: web.Request) -> None:
    if not takes_passwords(request):
        raise Forbidden("This office signs in with its provider only.", code="no-passwords")


def _login_page(request: web.Request, status: int = 200, refusal: str = "", **values: object) -> web.Response:
    provider = openid.provider_name(request)
    passwords = takes_passwords(request)
    return render(request, "login.html", status, refusal=refusal, provider=provider, passwords=passwords, **values)


def _code_page(request: web.Request, status: int = 200, refusal: str = "", **values: object) -> web.Response:
    return render(request, "code.html", status, refusal=refusal, **values)


def _invitation_page(request: web.Request, status: int = 200, refusal: str = "", **values: object) -> web.Response:
    return render(request, "invitation.html", status, refusal=refusal, **values)


def _refused(
    request: web.Request, error: GuichetError, page_of: Callable[..., web.Response], **values: object
) -> web.Response:
    known = words().get(f"error-{error.code}")
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fr"
    refusal = known[language].format(**error.data) if known else error.message
    response = page_of(request, error.status, refusal, **values)
    if "retry_after" in error.data:
        response.headers["Retry-After"] = str(error.data["retry_after"])
    return response
