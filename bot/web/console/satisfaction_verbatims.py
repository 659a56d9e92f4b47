"""What people wrote, with tone and themes, and the conversation in which they wrote it one click away."""

from collections import Counter

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.satisfaction.verbatims_lexicon import THEMES
from bot.web.console.guard import page
from bot.web.console.keys import VERBATIMS
from bot.web.console.render import render
from bot.web.console.satisfaction_view import HOME, read_view

TONES = ("positive", "neutral", "negative")

routes = web.RouteTableDef()


@routes.get(HOME + "/verbatims")
@page(Right.MEASURE)
async def show_verbatims(request: web.Request, session: Session) -> web.StreamResponse:
    """List comments by tone and theme, what most people write about first, and what is new this month."""
    view = await read_view(request, session)
    store = request.app[VERBATIMS]
    tone = request.query.get("tone", "") if request.query.get("tone") in TONES else ""
    theme = request.query.get("theme", "") if request.query.get("theme") in THEMES else ""
    before = request.query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0
    found = await store.page(view.scope, view.since, view.until, tone=tone, theme=theme, before=number)
    counts: Counter[tuple[str, str]] = Counter()
    for (one, themes), n in (await store.counts(view.scope, view.since, view.until)).items():
        counts["", one] += n
        for each in themes.split():
            counts[each, one] += n
    # What is new is worked out of all services together: an account of some offices is shown only its own.
    topics = await store.topics() if view.scope.services is None and not view.scope.demo else []
    examples = await store.these([number for topic in topics for number in topic.examples])
    return render(
        request,
        "satisfaction_verbatims.html",
        view=view,
        found=found,
        counts=counts,
        tones=TONES,
        themes=THEMES,
        tone=tone,
        theme=theme,
        topics=topics,
        examples={each.id: each for each in examples},
        more=found[-1].id if len(found) >= 30 else 0,
    )
