"""`/receipts/{reference}`: the acknowledgement as a PDF, for who holds the conversation or the access code."""

from aiohttp import web

from bot.requests.model import Request
from bot.requests.receipt import make_receipt
from bot.requests.receipt_pdf import receipt_pdf
from bot.web.keys import CATALOGUE
from bot.web.papers import Paper, by_code, by_token

routes = web.RouteTableDef()


@routes.get("/receipts/{reference}")
async def get_receipt(request: web.Request) -> web.Response:
    """Return the PDF to who holds the conversation, and the page that asks for the code to others."""
    return await by_token(request, _RECEIPT)


@routes.post("/receipts/{reference}")
async def open_receipt(request: web.Request) -> web.Response:
    """Return the PDF when the code is right."""
    return await by_code(request, _RECEIPT)


async def _pdf(request: web.Request, found: Request) -> web.Response:
    content = await receipt_pdf(make_receipt(found, request.app[CATALOGUE]))
    name = f"{'receipt' if found.language == 'en' else 'accuse-de-reception'}-{found.reference}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type="application/pdf", headers=headers)


_RECEIPT = Paper(
    {"fr": "Votre accusé de réception", "en": "Your acknowledgement of receipt"},
    {"fr": "Télécharger le document (PDF)", "en": "Download the document (PDF)"},
    _pdf,
)
