"""One's own account: password, second factor, sessions, language."""

from aiohttp import web

from bot.accounts import second_factor
from bot.accounts.sessions import Session
from bot.errors import NotAllowed
from bot.web.console.guard import field, page
from bot.web.console.keys import ACCOUNTS, SESSIONS
from bot.web.console.openid import provider_name
from bot.web.console.render import LANGUAGES, redirect, render

ISSUER = "Guichet"
HOME = "/console/account"

routes = web.RouteTableDef()


@routes.get(HOME)
@page()
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show one's account."""
    sessions = await request.app[SESSIONS].of(session.account.id)
    return render(request, "account.html", sessions=sessions, current=session.id, provider=provider_name(request))


@routes.post(HOME + "/language")
@page()
async def language(request: web.Request, session: Session) -> web.StreamResponse:
    """Change the language of the pages."""
    wanted = await field(request, "language")
    if wanted in LANGUAGES:
        await request.app[ACCOUNTS].change(session.account.id, by=session.account.name, language=wanted)
    return redirect(HOME)


@routes.post(HOME + "/password")
@page()
async def password(request: web.Request, session: Session) -> web.StreamResponse:
    """Change the password; every other session ends."""
    form = await request.post()
    if form.get("password") != form.get("again"):
        raise NotAllowed("The two passwords are not the same.", code="passwords-differ")
    old, new = str(form.get("old", "")), str(form.get("password", ""))
    await request.app[ACCOUNTS].set_password(session.account, old, new)
    await request.app[SESSIONS].end_others(session.account.id, session.id)
    return redirect(HOME, said="said-password-set")


@routes.get(HOME + "/second-factor")
@page()
async def show_second_factor(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a secret to be read by an application."""
    return _second_factor(request, session, second_factor.new_secret())


@routes.post(HOME + "/second-factor")
@page()
async def set_second_factor(request: web.Request, session: Session) -> web.StreamResponse:
    """Turn the second factor on, once the application shows the right code."""
    if session.account.has_second_factor:
        raise NotAllowed("There is a second factor already.", code="has-second-factor")
    secret, code = await field(request, "secret", 64), await field(request, "code", 20)
    if len(secret) != len(second_factor.new_secret()) or not secret.isalnum():
        return redirect(HOME + "/second-factor")
    try:
        await request.app[ACCOUNTS].set_second_factor(session.account, secret, code)
    except NotAllowed:
        return _second_factor(request, session, secret, wrong=True)
    await request.app[SESSIONS].end_others(session.account.id, session.id)
    return redirect(HOME, said="said-second-factor-on")


@routes.post(HOME + "/second-factor/drop")
@page()
async def drop_second_factor(request: web.Request, session: Session) -> web.StreamResponse:
    """Turn the second factor off, for whoever knows the password."""
    await request.app[ACCOUNTS].check(session.account.name, str((await request.post()).get("password", "")))
    await request.app[ACCOUNTS].drop_second_factor(session.account, by=session.account.name)
    return redirect(HOME, said="said-second-factor-off")


@routes.post(HOME + "/sessions/{id}/end")
@page()
async def end_session(request: web.Request, session: Session) -> web.StreamResponse:
    """Sign another browser out."""
    await request.app[SESSIONS].end(session.account.id, request.match_info["id"])
    return redirect(HOME, said="said-session-ended")


def _second_factor(request: web.Request, session: Session, secret: str, *, wrong: bool = False) -> web.Response:
    picture = second_factor.picture(secret, session.account.name, ISSUER)
    return render(request, "second_factor.html", 422 if wrong else 200, secret=secret, picture=picture, wrong=wrong)
