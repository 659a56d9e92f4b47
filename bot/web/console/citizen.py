"""The citizen in context: what else the same contact asked for, for a purpose that is said first and kept."""

import json
from datetime import timedelta

from aiohttp import web

from bot.accounts.model import Forbidden, Right
from bot.accounts.sessions import Session
from bot.db import now
from bot.errors import GuichetError, NotFound, Unprocessable
from bot.requests.masked import masked
from bot.requests.model import Request, Way
from bot.requests.preferences import tell
from bot.rights.erasure import Receipt, erase
from bot.rights.export import export
from bot.rights.person import Person, person_of
from bot.web.console.filters import own_forms, own_services
from bot.web.console.guard import field, note, page
from bot.web.console.keys import ACCOUNTS, REVIEWS, SAME_CONTACT
from bot.web.console.render import LANGUAGES, redirect, render
from bot.web.console.request_filters import read_inbox
from bot.web.console.requests import HOME, own_request
from bot.web.keys import CATALOGUE, CONVERSATIONS, DATABASE, FEEDBACK, HOLDINGS

PURPOSES = ("decide", "answer", "correct", "rights", "other")
OPEN_FOR = timedelta(minutes=30)
"""Time for which a purpose opens the page; then it is said again."""
LOOKED_UP = "looked-up"

routes = web.RouteTableDef()


@routes.get(HOME + "/{reference}/citizen")
@page(Right.CONTEXT)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Ask for what purpose, or show what else the same contact asked for."""
    found, _ = await own_request(request, session, request.match_info["reference"])
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    if not await _said_why(request, session, found):
        return render(request, "citizen_why.html", found=found, purposes=PURPOSES, inbox=inbox)
    person = await _person(request, session, found)
    readable = set()
    if session.account.may(Right.REVIEW):
        services, reviews = own_services(session.account, request.app[CATALOGUE]), request.app[REVIEWS]
        readable = {
            each.id for each in person.conversations if services is None or await reviews.visible(each.id, services)
        }
    feedback = request.app[FEEDBACK]
    given = {each.reference: await feedback.about_request(each.id) for each in person.requests}
    return render(
        request,
        "citizen.html",
        found=found,
        person=person,
        readable=readable,
        given=given,
        inbox=inbox,
        at=now(),
        ways=list(Way),
        languages=LANGUAGES,
    )


@routes.post(HOME + "/{reference}/citizen")
@page(Right.CONTEXT)
async def say_why(request: web.Request, session: Session) -> web.StreamResponse:
    """Keep for what purpose somebody looks, and open the page."""
    found, _ = await own_request(request, session, request.match_info["reference"])
    purpose = await field(request, "purpose", 20)
    words = masked(await field(request, "words", 300))
    if purpose not in PURPOSES or (purpose == "other" and not words):
        raise Unprocessable("Say what for.", code="no-purpose", field="purpose")
    detail = f"{purpose}: {words}" if words else purpose
    await note(request, session.account, LOOKED_UP, "citizen", found.reference, detail)
    inbox = read_inbox(request.query, session.account, request.app[CATALOGUE])
    return redirect(f"{HOME}/{found.reference}/citizen", **inbox.values)


@routes.post(HOME + "/{reference}/citizen/preference")
@page(Right.CONTEXT)
async def prefer(request: web.Request, session: Session) -> web.StreamResponse:
    """Keep how the citizen says that they like to be spoken to."""
    found, person = await _opened(request, session)
    language, way = await field(request, "prefers-language", 2), await field(request, "way", 10)
    if language not in LANGUAGES or way not in tuple(Way):
        raise Unprocessable("Choose a language and a way.", code="bad-preference", field="way")
    await tell(request.app[DATABASE], person.requests, language, Way(way))
    await note(request, session.account, "changed", "citizen", found.reference, f"prefers {language}, {way}")
    return redirect(f"{HOME}/{found.reference}/citizen", said="said-saved")


@routes.get(HOME + "/{reference}/citizen/copy")
@page(Right.ERASE)
async def copy(request: web.Request, session: Session) -> web.StreamResponse:
    """Hand out a copy of what is stored of the person, decrypted, for themselves (GDPR, articles 15 and 20)."""
    found, person = await _opened(request, session)
    await note(request, session.account, "copied", "citizen", found.reference, f"{len(person.references)} records")
    copies = [await export(request.app[HOLDINGS], each) for each in person.references]
    text = json.dumps({"exported_at": now().isoformat(), "copies": copies}, ensure_ascii=False, indent=2)
    attached = {"Content-Disposition": f'attachment; filename="{found.reference}.json"'}
    return web.Response(text=text, content_type="application/json", charset="utf-8", headers=attached)


@routes.post(HOME + "/{reference}/citizen/erase")
@page(Right.ERASE)
async def forget(request: web.Request, session: Session) -> web.StreamResponse:
    """Erase what was chosen of the person's, on their demand; a request that is not over is refused and stays."""
    found, person = await _opened(request, session)
    data = await request.post()
    chosen = [each for each in person.references if each in data.getall("erase", [])]
    if not chosen or not await field(request, "sure", 5):
        raise Unprocessable("Choose what is to be erased, and confirm it.", code="nothing-to-erase", field="erase")
    receipts: list[tuple[str, Receipt | None, GuichetError | None]] = []
    for conversation in person.conversations:
        await request.app[CONVERSATIONS].forget(conversation.id)
    for reference in chosen:
        try:
            receipt = await erase(request.app[HOLDINGS], reference)
        except NotFound:
            continue  # it went with what was erased before it
        except GuichetError as refused:
            receipts.append((reference, None, refused))
        else:
            await note(request, session.account, "erased", "citizen", found.reference, f"receipt {receipt.number}")
            receipts.append((reference, receipt, None))
    return render(request, "citizen_erased.html", receipts=receipts)


async def _opened(request: web.Request, session: Session) -> tuple[Request, Person]:
    """Return the request of the address and its person.

    Raises:
        Forbidden: no purpose was said, or too long ago.
    """
    found, _ = await own_request(request, session, request.match_info["reference"])
    if not await _said_why(request, session, found):
        raise Forbidden("Say first what for, on the page of the citizen.", code="no-purpose")
    return found, await _person(request, session, found)


async def _said_why(request: web.Request, session: Session, found: Request) -> bool:
    # The audit trail is the key: what opens the page is what will be read there by whoever checks.
    trail = request.app[ACCOUNTS].trail
    lines = await trail.entries(account=session.account.name, object_id=found.reference, limit=50)
    return any(each.action == LOOKED_UP and each.at > now() - OPEN_FOR for each in lines)


async def _person(request: web.Request, session: Session, found: Request) -> Person:
    own = own_forms(session.account, request.app[CATALOGUE])
    return await person_of(request.app[DATABASE], request.app[SAME_CONTACT], found, own)
