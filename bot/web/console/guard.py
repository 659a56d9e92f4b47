"""Before every page of the console: who is asking, may they, and did a form come from one of our own pages."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.accounts.model import Account, Forbidden, Right
from bot.accounts.sessions import Session, is_form_token
from bot.errors import GuichetError, NotAllowed
from bot.web.caller import is_https
from bot.web.console.cookies import read_cookie, set_cookie
from bot.web.console.keys import ACCOUNTS, SESSIONS
from bot.web.console.render import error_page, redirect
from bot.web.uploads import form_of

Page = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]
OpenPage = Callable[[web.Request], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page(right: Right | None = None, *, use: bool = True) -> Callable[[Page], Handler]:
    """Make a page that only those who are signed in and have a right may open; any of them when it is None.

    Nobody is signed in before the second factor was given, where there is one. A form must carry the token of its
    session. Errors become pages. `use` is False for what a page does by itself: it does not keep the session alive.
    """

    def wrap(handler: Page) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            session = None
            try:
                session = await find_session(request, touch=use)
                if session is None or not session.complete:
                    return _kept_by_nobody(_to_login(request, session))
                if request.method != "GET":
                    await check_form(request)
                if right is not None:
                    session.account.require(right)
                return _kept_by_nobody(await handler(request, session))
            except GuichetError as error:
                return _kept_by_nobody(error_page(request, error, session))

        guarded.__doc__ = handler.__doc__
        guarded.__name__ = handler.__name__
        guarded.guard = right or "signed-in"  # type: ignore[attr-defined] # read by the test of all routes
        return guarded

    return wrap


def open_page(handler: OpenPage) -> Handler:
    """Make a page that anybody may open (signing in); its forms must come from it all the same."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        request["form_cookie"] = read_cookie(request, "form") or secrets.token_urlsafe(32)
        try:
            if request.method != "GET":
                if request.content_type == "multipart/form-data":
                    raise Forbidden("Files are taken of who is signed in.", code="foreign-form")
                await check_form(request, "form")
            response = await handler(request)
        except GuichetError as error:
            response = error_page(request, error, None)
        if request.method == "GET" and not read_cookie(request, "form"):
            # A cookie that opens nothing, to which the form's token belongs. Not that of the session: a browser that
            # comes from another site does not send that one, and writing over it would sign its owner out.
            set_cookie(request, response, request["form_cookie"], "form")
        return _kept_by_nobody(response)

    guarded.__doc__ = handler.__doc__
    guarded.__name__ = handler.__name__
    guarded.guard = "anybody"  # type: ignore[attr-defined]
    return guarded


async def find_session(request: web.Request, *, touch: bool = True) -> Session | None:
    """Return the session of the browser that asks, or None."""
    token = read_cookie(request)
    session = await request.app[SESSIONS].find(token, touch=touch) if token else None
    request["session"] = session
    return session


async def check_form(request: web.Request, purpose: str = "session") -> None:
    """Refuse a form that another site sent.

    Args:
        request: the form.
        purpose: of the cookie that its token belongs to.

    Raises:
        Forbidden: it comes from another origin, or lacks the token that belongs to the cookie.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    own = (f"{'https' if is_https(request) else 'http'}://{request.host}", f"{request.scheme}://{request.host}")
    # Our pages send no referrer, and then a browser names no origin either ("null"): it says which site instead.
    unnamed = origin is None or (origin == "null" and site == "same-origin")
    if site not in (None, "same-origin", "none") or (not unnamed and origin not in own):
        raise Forbidden("This form was sent by another site.", code="foreign-form")
    given = (await form_of(request)).get("form", "")
    cookie = read_cookie(request, purpose)
    if not cookie or not isinstance(given, str) or not is_form_token(cookie, given):
        raise Forbidden("This page is too old: open it again and send the form once more.", code="stale-form")


async def field(request: web.Request, name: str, most: int = 4000) -> str:
    """Return what was written in a field of a form, without spaces around it; empty when it is not there."""
    value: Any = (await form_of(request)).get(name, "")
    return value.replace("\x00", "").replace("\r\n", "\n").strip()[:most] if isinstance(value, str) else ""


def local_path(wanted: str) -> str:
    """Return a path of the console to go on to after signing in; anything else leads to its first page."""
    parts = urlsplit(wanted)
    path = parts.path
    inside = path in ("/console", "/admin") or path.startswith(("/console/", "/admin/"))
    # A browser reads a backslash as a slash and drops signs that cannot be seen.
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and ".." not in path
    return wanted if inside and plain and not parts.scheme and not parts.netloc else "/console"


async def note(
    request: web.Request, account: Account, action: str, kind: str, object_id: str, detail: str = ""
) -> None:
    """Write in the audit trail what somebody does."""
    await request.app[ACCOUNTS].trail.note(account.name, action, kind, object_id, detail)


def _to_login(request: web.Request, session: Session | None) -> web.StreamResponse:
    if request.method != "GET":
        error = NotAllowed("You are no longer signed in. Sign in again; what you wrote is lost.", code="signed-out")
        return error_page(request, error, None)
    if session is not None:
        return redirect("/console/code")
    return redirect("/console/login", next=request.path_qs if request.path != "/console" else "")


def _kept_by_nobody(response: web.StreamResponse) -> web.StreamResponse:
    response.headers.setdefault("Cache-Control", "no-store")
    return response
