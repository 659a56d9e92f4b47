"""Who is speaking on the pages without JavaScript: one cookie, set only there, and a secret in each form.

The cookie holds the identifier and the token of the conversation. No script can read it (HttpOnly), it leaves with
requests of these pages only (path) and never with those that another site started (SameSite=Strict). Each form carries
a code made from the token besides, so that a browser without SameSite is no way in either.
"""

import hashlib
import hmac

from aiohttp import web

from bot.conversations.store import Conversation
from bot.errors import NotAllowed
from bot.web.caller import is_https
from bot.web.keys import CONVERSATIONS

COOKIE = "guichet_plain"
PATH = "/plain"


async def conversation_of(request: web.Request) -> tuple[Conversation, str] | None:
    """Return the conversation that the cookie opens and its token, or None."""
    conversation_id, _, token = request.cookies.get(COOKIE, "").partition(".")
    if not token:
        return None
    try:
        return await request.app[CONVERSATIONS].authenticate(conversation_id, token), token
    except NotAllowed:
        return None


def remember(request: web.Request, response: web.StreamResponse, conversation_id: str, token: str) -> None:
    """Set the cookie, until the browser is closed."""
    response.set_cookie(
        COOKIE, f"{conversation_id}.{token}", path=PATH, httponly=True, samesite="Strict", secure=_is_secure(request)
    )


def forget(response: web.StreamResponse) -> None:
    """Take the cookie back."""
    response.del_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict")


def form_code(token: str) -> str:
    """Return the code that the forms of a conversation carry."""
    return hashlib.sha256(f"form {token}".encode()).hexdigest()[:32]


def check_form(token: str, code: str) -> None:
    """Refuse a form that does not come from our own page.

    Raises:
        NotAllowed: its code is not the one of the conversation.
    """
    if not hmac.compare_digest(form_code(token).encode(), code.encode()):
        raise NotAllowed("This form does not come from this page: reload it and try again.", code="foreign-form")


def _is_secure(request: web.Request) -> bool:
    # Believed of anybody: who says so without TLS only keeps the cookie from themselves.
    return is_https(request) or request.headers.get("X-Forwarded-Proto") == "https"
