"""`/documents/{reference}`: the document that a decision brings, for who holds the conversation or the access code."""

from aiohttp import web

from bot.errors import NotFound
from bot.requests.events import RequestEvent
from bot.requests.model import Request
from bot.requests.outcome import document_of
from bot.web.api.files import download
from bot.web.keys import FILES
from bot.web.papers import Paper, by_code, by_token

routes = web.RouteTableDef()


@routes.get("/documents/{reference}")
async def get_document(request: web.Request) -> web.Response:
    """Return the document to who holds the conversation, and the page that asks for the code to others."""
    return await by_token(request, _DOCUMENT)


@routes.post("/documents/{reference}")
async def open_document(request: web.Request) -> web.Response:
    """Return the document when the code is right."""
    return await by_code(request, _DOCUMENT)


async def _last(request: web.Request, found: Request) -> web.Response:
    # That of the last decision: a request that was opened again has none until it is decided anew.
    last = found.history[-1]
    file_id = document_of(last.outcome) if isinstance(last, RequestEvent) else None
    if file_id is None:
        raise NotFound("There is no document for this request.", code="unknown-file")
    files = request.app[FILES]
    response = await download(files, await files.get(file_id))
    response.headers["Cache-Control"] = "no-store"
    return response


_DOCUMENT = Paper(
    {"fr": "Le document de votre demande", "en": "The document of your request"},
    {"fr": "Télécharger le document", "en": "Download the document"},
    _last,
)
