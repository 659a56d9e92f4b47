"""What one does with a conversation: mark, tag, comment, judge an answer, correct what was understood."""

from aiohttp import web

from bot.accounts.model import Account, Right
from bot.accounts.sessions import Session
from bot.conversations.mentions import named
from bot.conversations.reviews import AnnotationState, Reason, ReviewState
from bot.errors import NotFound, Unprocessable
from bot.web.console.filters import own_services
from bot.web.console.guard import field, note, page
from bot.web.console.intents import intents
from bot.web.console.keys import ACCOUNTS, MENTIONS, REVIEWS, TRANSCRIPTS
from bot.web.console.render import redirect
from bot.web.console.transcripts import HOME, visible
from bot.web.keys import CATALOGUE, SETTINGS

routes = web.RouteTableDef()


@routes.post(HOME + "/{id}/mark")
@page(Right.REVIEW)
async def mark(request: web.Request, session: Session) -> web.StreamResponse:
    """Mark as reviewed or for later, or take the mark away."""
    conversation_id = await _existing(request, session)
    wanted = await field(request, "state", 10)
    state = ReviewState(wanted) if wanted in tuple(ReviewState) else None
    await request.app[REVIEWS].mark(conversation_id, state, session.account.name)
    await note(request, session.account, "marked", "conversation", conversation_id, wanted)
    return await _back(request, conversation_id)


@routes.post(HOME + "/{id}/tags")
@page(Right.REVIEW)
async def tag(request: web.Request, session: Session) -> web.StreamResponse:
    """Put a word on a conversation, or take one off."""
    conversation_id = await _existing(request, session)
    if removed := await field(request, "remove", 40):
        await request.app[REVIEWS].untag(conversation_id, removed)
    else:
        await request.app[REVIEWS].tag(conversation_id, await field(request, "tag", 60), session.account.name)
    return await _back(request, conversation_id)


@routes.post(HOME + "/{id}/comments")
@page(Right.REVIEW)
async def comment(request: web.Request, session: Session) -> web.StreamResponse:
    """Say something about a conversation to colleagues."""
    conversation_id = await _existing(request, session)
    text = await field(request, "text")
    await request.app[REVIEWS].comment(conversation_id, text, session.account.name)
    names = named(text)
    colleagues = [each for each in await request.app[ACCOUNTS].all() if each.name in names] if names else []
    told = [each for each in colleagues if await _may_read(request, each, conversation_id)]
    await request.app[MENTIONS].tell(conversation_id, told, session.account.name)
    said = "said-mentioned" if len(told) == len(names) else "said-not-mentioned"
    return await _back(request, conversation_id, said=said if names else "said-commented")


@routes.post(HOME + "/{id}/turns/{number}/annotate")
@page(Right.REVIEW)
async def annotate(request: web.Request, session: Session) -> web.StreamResponse:
    """Judge the answer to a turn."""
    conversation_id = await _existing(request, session)
    state, reason = await field(request, "state", 20), await field(request, "reason", 30)
    if state not in tuple(AnnotationState) or reason not in tuple(Reason):
        raise Unprocessable("Choose a state and a reason.", code="bad-annotation")
    await request.app[REVIEWS].annotate(
        conversation_id,
        _number(request),
        AnnotationState(state),
        Reason(reason),
        await field(request, "expected"),
        session.account.name,
    )
    await note(request, session.account, "annotated", "conversation", conversation_id, f"{state} {reason}")
    return await _back(request, conversation_id)


@routes.post(HOME + "/{id}/turns/{number}/correct")
@page(Right.CORRECT)
async def correct(request: web.Request, session: Session) -> web.StreamResponse:
    """Propose to the trainers what a message meant."""
    conversation_id = await _existing(request, session)
    intent, service = await field(request, "intent", 60), await field(request, "service", 60)
    if intent not in intents(request.app[SETTINGS].catalogue_dir):
        raise Unprocessable("Choose an intent.", code="bad-intent", field="intent")
    known = service if service in request.app[CATALOGUE].services else None
    await request.app[REVIEWS].propose(conversation_id, _number(request), intent, known, session.account.name)
    await note(request, session.account, "corrected", "conversation", conversation_id, f"{intent} {service}")
    return await _back(request, conversation_id)


async def _existing(request: web.Request, session: Session) -> str:
    conversation_id = await visible(request, session)
    await request.app[TRANSCRIPTS].transcript(conversation_id)  # nothing can be said of what does not exist
    return conversation_id


async def _may_read(request: web.Request, account: Account, conversation_id: str) -> bool:
    services = own_services(account, request.app[CATALOGUE])
    allowed = account.active and account.may(Right.REVIEW)
    return allowed and (services is None or await request.app[REVIEWS].visible(conversation_id, services))


def _number(request: web.Request) -> int:
    number = request.match_info["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("There is no such message in this conversation.", code="unknown-turn")
    return int(number)


async def _back(request: web.Request, conversation_id: str, said: str = "") -> web.Response:
    """Lead back to the conversation, in the list that one came from."""
    query = {name: value for name, value in request.query.items() if name != "said"}
    return redirect(f"{HOME}/{conversation_id}", **query, said=said)
