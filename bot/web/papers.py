"""Papers of a request, for who holds the conversation or the access code: who may read them, and the page that asks.

A program sends the conversation's token. A person who follows a link gets a page that asks for the code, which travels
in the body of a form: an address is kept by browsers, proxies and logs, so it never holds a code.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape

from aiohttp import web

from bot.errors import NotAllowed, NotFound, TooManyRequests
from bot.requests.model import Request
from bot.requests.reference import find_access_code, find_reference
from bot.web.caller import caller_of
from bot.web.keys import CONVERSATIONS, LIMITER, REQUESTS

_WORDS = {
    "fr": {
        "code": "Code d'accès (8 chiffres)",
        "hint": "Il vous a été donné avec la référence {reference}, quand vous avez déposé votre demande.",
        "wrong": "Cette référence et ce code ne vont pas ensemble. Vérifiez-les, puis réessayez.",
        "slow": "Trop d'essais en peu de temps. Réessayez plus tard.",
        "none": "Il n'y a pas de document à télécharger pour cette demande.",
    },
    "en": {
        "code": "Access code (8 digits)",
        "hint": "It was given to you with the reference {reference} when you filed your request.",
        "wrong": "This reference and this code do not go together. Check them, then try again.",
        "slow": "Too many attempts in a short time. Try again later.",
        "none": "There is no document to download for this request.",
    },
}


@dataclass(frozen=True)
class Paper:
    """One kind of paper.

    Attributes:
        title: of the page, in both languages.
        button: what downloads it, in both languages.
        make: returns it, for a request that was filed; raises `NotFound` when this one has none.
    """

    title: Mapping[str, str]
    button: Mapping[str, str]
    make: Callable[[web.Request, Request], Awaitable[web.Response]]


async def by_token(request: web.Request, paper: Paper) -> web.Response:
    """Return a paper to who holds the conversation of the request, and the page that asks for the code to others.

    Raises:
        NotAllowed: the token is of another conversation, or there is no such request.
        NotFound: there is no such paper.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return _page(request, paper)
    try:
        found = await request.app[REQUESTS].by_reference(find_reference(request.match_info["reference"]) or "")
    except NotFound:
        found = None
    # A request that does not exist gets the answer of one that is another's.
    await request.app[CONVERSATIONS].authenticate((found and found.conversation_id) or "", token.strip())
    if found is None or found.filed_at is None:
        raise NotAllowed("This conversation cannot be opened with that token.", code="wrong-token")
    return await paper.make(request, found)


async def by_code(request: web.Request, paper: Paper) -> web.Response:
    """Return a paper when the code of the form is right, and else the page again."""
    try:
        request.app[LIMITER].check("codes_an_hour", caller_of(request))
    except TooManyRequests:
        return _page(request, paper, "slow", 429)
    code = find_access_code(str((await request.post()).get("code", "")))
    reference = find_reference(request.match_info["reference"])
    found = await request.app[REQUESTS].open_with_code(reference or "", code or "")
    if found is None or found.filed_at is None:
        return _page(request, paper, "wrong", 403)
    try:
        return await paper.make(request, found)
    except NotFound:
        return _page(request, paper, "none", 404)


def _page(request: web.Request, paper: Paper, error: str = "", status: int = 200) -> web.Response:
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fr"
    words = _WORDS[language]
    # Only what has the form of a reference is shown again: the rest of an address is anybody's words.
    reference = find_reference(request.match_info["reference"]) or ""
    alert = f'<p role="alert" id="error">{escape(words[error])}</p>' if error else ""
    described = "error hint" if error else "hint"
    title = escape(paper.title[language])
    body = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/demo/demo.css">
</head>
<body>
<main>
<h1>{title}</h1>
{alert}
<form method="post">
<p><label for="code">{escape(words["code"])}</label></p>
<p id="hint">{escape(words["hint"].format(reference=reference))}</p>
<p><input id="code" name="code" inputmode="numeric" autocomplete="off" required aria-describedby="{described}"></p>
<p><button>{escape(paper.button[language])}</button></p>
</form>
</main>
</body>
</html>
"""
    return web.Response(text=body, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})
