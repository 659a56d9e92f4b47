"""`/receipts/{reference}`: the acknowledgement as a PDF, for who holds the conversation or the access code.

A program sends the conversation's token. A person who follows the link gets a page that asks for the code, which
travels in the body of a form: an address is kept by browsers, proxies and logs, so it never holds a code.
"""

from html import escape

from aiohttp import web

from bot.errors import NotAllowed, NotFound, TooManyRequests
from bot.requests.model import Request
from bot.requests.receipt import make_receipt
from bot.requests.receipt_pdf import receipt_pdf
from bot.requests.reference import find_access_code, find_reference
from bot.web.keys import CATALOGUE, CONVERSATIONS, LIMITER, REQUESTS, SETTINGS

routes = web.RouteTableDef()
_WORDS = {
    "fr": {
        "title": "Votre accusé de réception",
        "code": "Code d'accès (8 chiffres)",
        "hint": "Il vous a été donné avec la référence {reference}, quand vous avez déposé votre demande.",
        "send": "Télécharger le document (PDF)",
        "wrong": "Cette référence et ce code ne vont pas ensemble. Vérifiez-les, puis réessayez.",
        "slow": "Trop d'essais en peu de temps. Réessayez plus tard.",
    },
    "en": {
        "title": "Your acknowledgement of receipt",
        "code": "Access code (8 digits)",
        "hint": "It was given to you with the reference {reference} when you filed your request.",
        "send": "Download the document (PDF)",
        "wrong": "This reference and this code do not go together. Check them, then try again.",
        "slow": "Too many attempts in a short time. Try again later.",
    },
}


@routes.get("/receipts/{reference}")
async def get_receipt(request: web.Request) -> web.Response:
    """Return the PDF to who holds the conversation, and the page that asks for the code to others."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return _page(request)
    try:
        found = await request.app[REQUESTS].by_reference(find_reference(request.match_info["reference"]) or "")
    except NotFound:
        found = None
    # A request that does not exist gets the answer of one that is another's.
    await request.app[CONVERSATIONS].authenticate((found and found.conversation_id) or "", token.strip())
    if found is None or found.filed_at is None:
        raise NotAllowed("This conversation cannot be opened with that token.", code="wrong-token")
    return await _pdf(request, found)


@routes.post("/receipts/{reference}")
async def open_receipt(request: web.Request) -> web.Response:
    """Return the PDF when the code is right."""
    try:
        request.app[LIMITER].check("code", request.remote or "", request.app[SETTINGS].codes_an_hour, 3600)
    except TooManyRequests:
        return _page(request, "slow", 429)
    code = find_access_code(str((await request.post()).get("code", "")))
    reference = find_reference(request.match_info["reference"])
    found = await request.app[REQUESTS].open_with_code(reference or "", code or "")
    if found is None or found.filed_at is None:
        return _page(request, "wrong", 403)
    return await _pdf(request, found)


async def _pdf(request: web.Request, found: Request) -> web.Response:
    content = await receipt_pdf(make_receipt(found, request.app[CATALOGUE]))
    name = f"{'receipt' if found.language == 'en' else 'accuse-de-reception'}-{found.reference}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type="application/pdf", headers=headers)


def _page(request: web.Request, error: str = "", status: int = 200) -> web.Response:
    language = "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "fr"
    words = _WORDS[language]
    # Only what has the form of a reference is shown again: the rest of an address is anybody's words.
    reference = find_reference(request.match_info["reference"]) or ""
    alert = f'<p role="alert" id="error">{escape(words[error])}</p>' if error else ""
    described = "error hint" if error else "hint"
    body = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(words["title"])}</title>
<link rel="stylesheet" href="/demo/demo.css">
</head>
<body>
<main>
<h1>{escape(words["title"])}</h1>
{alert}
<form method="post">
<p><label for="code">{escape(words["code"])}</label></p>
<p id="hint">{escape(words["hint"].format(reference=reference))}</p>
<p><input id="code" name="code" inputmode="numeric" autocomplete="off" required aria-describedby="{described}"></p>
<p><button>{escape(words["send"])}</button></p>
</form>
</main>
</body>
</html>
"""
    return web.Response(text=body, status=status, content_type="text/html", headers={"Cache-Control": "no-store"})
