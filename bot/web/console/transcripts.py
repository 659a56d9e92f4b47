"""Reading conversations: the list with its filters, and one conversation with all that was understood."""

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.conversations.reviews import AnnotationState, Reason, ReviewState
from bot.conversations.transcripts import Page
from bot.conversations.visit_file import visit_file
from bot.errors import InvalidInput, NotFound
from bot.satisfaction.model import Face
from bot.web.console.filters import CONFIDENCES, LENGTHS, Wanted, own_services, read_filter
from bot.web.console.guard import field, note, page
from bot.web.console.intents import intents
from bot.web.console.keys import MENTIONS, REVIEWS, SAVED_FILTERS, TRANSCRIPTS
from bot.web.console.render import redirect, render
from bot.web.keys import CATALOGUE, SETTINGS

HOME = "/console/transcripts"

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.REVIEW)
async def show_all(request: web.Request, session: Session) -> web.StreamResponse:
    """List the conversations that meet the conditions of the address, the newest first."""
    wanted = _wanted(request, session)
    after = request.query.get("after")
    found = await _page(request, wanted, after)
    return render(
        request,
        "transcripts.html",
        found=found,
        after=after or "",
        wanted=wanted,
        marks=await request.app[REVIEWS].marks([each.conversation_id for each in found.lines]),
        tags=await request.app[REVIEWS].tags(),
        filters=await request.app[SAVED_FILTERS].of(session.account.id),
        intents=intents(request.app[SETTINGS].catalogue_dir),
        choices={
            "moment": list(Moment),
            "confidence": list(CONFIDENCES),
            "turns": list(LENGTHS),
            "score": [each.name.lower() for each in Face],
            "resolved": ["yes", "no"],
            "language": ["fr", "en"],
            "review": ["none", *ReviewState],
            "annotation": list(AnnotationState),
        },
    )


@routes.get(HOME + "/{id}")
@page(Right.REVIEW)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a conversation, turn by turn; that it was read is kept."""
    conversation_id = await visible(request, session)
    transcript = await request.app[TRANSCRIPTS].transcript(conversation_id)
    await note(request, session.account, "read", "conversation", conversation_id)
    await request.app[MENTIONS].read(session.account.id, conversation_id)
    wanted = _wanted(request, session)
    before, following = await _neighbours(request, wanted, conversation_id)
    return render(
        request,
        "transcript.html",
        transcript=transcript,
        review=await request.app[REVIEWS].of(conversation_id),
        wanted=wanted,
        after=request.query.get("after", ""),
        before=before,
        following=following,
        intents=intents(request.app[SETTINGS].catalogue_dir),
        annotation_states=list(AnnotationState),
        reasons=list(Reason),
    )


@routes.get(HOME + "/{id}/visit")
@page(Right.REVIEW)
async def as_visit(request: web.Request, session: Session) -> web.StreamResponse:
    """Give a conversation as a file that plays it again."""
    conversation_id = await visible(request, session)
    transcript = await request.app[TRANSCRIPTS].transcript(conversation_id)
    review = await request.app[REVIEWS].of(conversation_id)
    await note(request, session.account, "read", "conversation", conversation_id, "as a test")
    name = f"conversation-{conversation_id[:8]}.yml"
    return web.Response(
        text=visit_file(transcript, review, request.app[CATALOGUE]),
        content_type="application/yaml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@routes.post("/console/filters")
@page(Right.REVIEW)
async def save_filter(request: web.Request, session: Session) -> web.StreamResponse:
    """Keep the present filter under a name."""
    wanted = read_filter(
        {name: str(value) for name, value in (await request.post()).items()},
        session.account,
        request.app[CATALOGUE],
        request.app[SETTINGS].timezone,
    )
    await request.app[SAVED_FILTERS].save(session.account.id, await field(request, "name", 60), wanted.query)
    return redirect(HOME, **wanted.values, said="said-saved")


@routes.post("/console/filters/{number}/drop")
@page(Right.REVIEW)
async def drop_filter(request: web.Request, session: Session) -> web.StreamResponse:
    """Forget one of one's own filters."""
    number = request.match_info["number"]
    if number.isascii() and number.isdigit() and len(number) < 10:
        await request.app[SAVED_FILTERS].drop(session.account.id, int(number))
    return redirect(HOME)


async def visible(request: web.Request, session: Session) -> str:
    """Return the conversation of the address.

    Raises:
        NotFound: there is none, or it is about services of other offices only.
    """
    conversation_id = request.match_info["id"]
    services = own_services(session.account, request.app[CATALOGUE])
    plain = conversation_id.isascii() and conversation_id.isalnum() and len(conversation_id) <= 32
    if not plain or (services is not None and not await request.app[REVIEWS].visible(conversation_id, services)):
        raise NotFound("This conversation does not exist.", code="unknown-conversation")
    return conversation_id


def _wanted(request: web.Request, session: Session) -> Wanted:
    return read_filter(request.query, session.account, request.app[CATALOGUE], request.app[SETTINGS].timezone)


async def _page(request: web.Request, wanted: Wanted, after: str | None) -> Page:
    try:
        return await request.app[TRANSCRIPTS].page(wanted.filter, among=wanted.among, after=after or None)
    except InvalidInput:
        return await request.app[TRANSCRIPTS].page(wanted.filter, among=wanted.among)


async def _neighbours(request: web.Request, wanted: Wanted, conversation_id: str) -> tuple[str, str]:
    """Return the conversations before and after this one in the list that one came from; empty where there is none."""
    if "list" not in request.query:
        return "", ""
    lines = [each.conversation_id for each in (await _page(request, wanted, request.query.get("after"))).lines]
    if conversation_id not in lines:
        return "", ""
    place = lines.index(conversation_id)
    return lines[place - 1] if place else "", lines[place + 1] if place + 1 < len(lines) else ""
