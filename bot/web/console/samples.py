"""The weekly samples: what is to be judged, one conversation without what others think of it, and how far two agree."""

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.errors import Unprocessable
from bot.improvement.agreement import LEAST
from bot.improvement.samples import Verdict
from bot.web.console.filters import readable
from bot.web.console.guard import field, note, page
from bot.web.console.keys import SAMPLES, TRANSCRIPTS
from bot.web.console.render import redirect, render
from bot.web.console.transcripts import visible
from bot.web.keys import CATALOGUE

HOME = "/console/samples"

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.REVIEW)
async def show_all(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what is to be judged, what two people found differently, and how far they agree."""
    me = session.account.name
    among = readable(session.account, request.app[CATALOGUE])
    samples = await request.app[SAMPLES].all(me, among)
    mine = [each for each in samples if any(found.by == me for found in each.verdicts)]
    return render(
        request,
        "samples.html",
        to_judge=[each for each in samples if each not in mine and not each.done],
        waiting=[each for each in mine if not each.done],
        differing=[each for each in samples if each.differ],
        agreeing=[each for each in samples if each.done and not each.differ],
        agreements=await request.app[SAMPLES].agreements(),
        least=LEAST,
    )


@routes.get(HOME + "/{id}")
@page(Right.REVIEW)
async def show(request: web.Request, session: Session) -> web.StreamResponse:
    """Show a conversation that was drawn, without tags, comments and annotations."""
    conversation_id = await visible(request, session)
    sample = await request.app[SAMPLES].of(conversation_id, session.account.name)
    transcript = await request.app[TRANSCRIPTS].transcript(conversation_id)
    await note(request, session.account, "read", "conversation", conversation_id)
    return render(request, "sample.html", sample=sample, transcript=transcript, verdicts=list(Verdict))


@routes.post(HOME + "/{id}")
@page(Right.REVIEW)
async def judge(request: web.Request, session: Session) -> web.StreamResponse:
    """Write down what one found."""
    conversation_id = await visible(request, session)
    verdict = await field(request, "verdict", 10)
    if verdict not in tuple(Verdict):
        raise Unprocessable("Choose a verdict.", code="bad-verdict", field="verdict")
    text = await field(request, "note")
    await request.app[SAMPLES].judge(conversation_id, session.account.name, Verdict(verdict), text)
    await note(request, session.account, "judged", "conversation", conversation_id)
    return redirect(HOME, said="said-judged")
