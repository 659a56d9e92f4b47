"""What a decision brings, as an agent fills it in: a document, an appointment, a payment to come."""

from datetime import datetime
from typing import Any

from aiohttp import web

from bot.errors import Unprocessable
from bot.requests.files import RequestFile
from bot.requests.model import Request
from bot.requests.zone import OFFICE_ZONE
from bot.web.console.guard import field
from bot.web.keys import FILES
from bot.web.uploads import Upload, form_of


async def decision_of(request: web.Request) -> dict[str, Any]:
    """Return the appointment and the payment of the form, without what was left empty.

    Raises:
        Unprocessable: a day or an amount cannot be read.
    """
    told = {name: await field(request, name, 300) for name in ("at", "place", "bring", "amount", "expected")}
    outcome: dict[str, Any] = {}
    try:
        if told["at"]:
            at = datetime.fromisoformat(told["at"]).replace(tzinfo=OFFICE_ZONE)
            outcome["appointment"] = {"at": at, "place": told["place"], "bring": told["bring"] or None}
        if told["amount"]:
            amount = float(told["amount"].replace(",", "."))
            outcome["payment"] = {"amount": amount, "expected": told["expected"] or None}
    except ValueError:
        raise Unprocessable("Give a day and an amount.", code="outcome-invalid", field="outcome") from None
    return outcome


async def give_document(request: web.Request, found: Request) -> RequestFile | None:
    """Keep the document of the form, if there is one.

    Raises:
        Unprocessable: it is none of the accepted types, or it is broken.
    """
    upload = (await form_of(request)).get("document")
    if not isinstance(upload, Upload):
        return None
    return await request.app[FILES].attach(found.id, await upload.examined())
