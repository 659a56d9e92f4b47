"""Files for others: facts as CSV and Parquet, the evidence for an audit as PDF, and the reviews that go into it."""

import tempfile
from datetime import date
from pathlib import Path

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.errors import Unprocessable
from bot.improvement.evidence import evidence_pdf
from bot.improvement.failure_modes import register
from bot.satisfaction.facts_export import csv_of, read_facts
from bot.satisfaction.indices import Tally, report
from bot.web import child
from bot.web.console.evidence_words import evidence
from bot.web.console.guard import field, note, page
from bot.web.console.keys import ACTIONS, ALERTS, FAILURE_MODES, QUALITY_REVIEWS, TOTALS
from bot.web.console.render import language_of, redirect, render
from bot.web.console.satisfaction_view import HOME, View, read_view
from bot.web.keys import DATABASE, SETTINGS

routes = web.RouteTableDef()


@routes.get(HOME + "/files")
@page(Right.IMPROVE)
async def show_files(request: web.Request, session: Session) -> web.StreamResponse:
    """Offer the files of the span, and show and add reviews."""
    view = await read_view(request, session)
    reviews = await request.app[QUALITY_REVIEWS].all(demo=view.scope.demo)
    return render(request, "satisfaction_files.html", view=view, reviews=reviews)


@routes.get(HOME + "/facts.csv")
@page(Right.IMPROVE)
async def facts_csv(request: web.Request, session: Session) -> web.StreamResponse:
    """Send the facts of the span as CSV, as they are read."""
    view = await read_view(request, session)
    await note(request, session.account, "exported", "facts", "csv", f"{view.since} {view.until}")
    response = web.StreamResponse(headers=_attached(view, "csv") | {"Cache-Control": "no-store"})
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    zone, scope = request.app[SETTINGS].timezone, view.scope
    facts = read_facts(request.app[DATABASE], view.since, view.until, zone, demo=scope.demo, services=scope.services)
    async for part in csv_of(facts):
        await response.write(part)
    await response.write_eof()
    return response


@routes.get(HOME + "/facts.parquet")
@page(Right.IMPROVE)
async def facts_parquet(request: web.Request, session: Session) -> web.StreamResponse:
    """Send the facts of the span as Parquet, written by a process that ends: its library is large."""
    view = await read_view(request, session)
    if view.scope.services is not None:
        raise Unprocessable("This file is for accounts that see every office.", code="whole-office")
    await note(request, session.account, "exported", "facts", "parquet", f"{view.since} {view.until}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.parquet"
        span = ["--since", view.since.isoformat(), "--until", view.until.isoformat()]
        await child.run(request.app[SETTINGS], "facts", str(path), *span, *(["--demo"] if view.scope.demo else []))
        response = web.StreamResponse(headers=_attached(view, "parquet") | {"Cache-Control": "no-store"})
        response.content_type = "application/vnd.apache.parquet"
        await response.prepare(request)
        with path.open("rb") as file:
            while piece := file.read(256 * 1024):
                await response.write(piece)
        await response.write_eof()
    return response


@routes.get(HOME + "/evidence.pdf")
@page(Right.IMPROVE)
async def show_evidence(request: web.Request, session: Session) -> web.StreamResponse:
    """Send the evidence of the span: indicators, actions, failure modes, alerts, reviews."""
    view, language, app = await read_view(request, session), language_of(request), request.app
    tallies = await app[TOTALS].tallies(view.scope, view.since, view.until)
    moments = await app[TOTALS].tallies(view.scope, view.since, view.until, "moment")
    cells = await app[TOTALS].cells(view.scope, view.since, view.until)
    demo, mine = view.scope.demo, {"", *view.services}
    document = evidence(
        request,
        view,
        report(tallies.get("", Tally())),
        {str(each): report(moments.get(each, Tally())) for each in Moment},
        [each for each in await app[ACTIONS].all(demo=demo) if each.aim.service in mine],
        register(cells, await app[FAILURE_MODES].judged(), language),
        [
            each
            for each in [*await app[ALERTS].open(demo=demo), *await app[ALERTS].past(demo=demo)]
            if each.aim.service in mine
        ],
        [each for each in await app[QUALITY_REVIEWS].all(demo=demo) if view.since <= each.held_on <= view.until],
    )
    await note(request, session.account, "exported", "evidence", "pdf", f"{view.since} {view.until}")
    body = await evidence_pdf(document)
    return web.Response(body=body, content_type="application/pdf", headers=_attached(view, "pdf", "evidence"))


@routes.post(HOME + "/reviews")
@page(Right.IMPROVE)
async def add_review(request: web.Request, session: Session) -> web.StreamResponse:
    """Write down a review of the figures."""
    try:
        held_on = date.fromisoformat(await field(request, "held_on", 10))
    except ValueError:
        raise Unprocessable("Give a day.", code="bad-day", field="held_on") from None
    present, decisions = await field(request, "present", 300), await field(request, "decisions", 4000)
    await request.app[QUALITY_REVIEWS].add(held_on, present, decisions, session.account.name)
    await note(request, session.account, "reviewed", "quality", held_on.isoformat())
    return redirect(f"{HOME}/files", said="said-saved")


def _attached(view: View, ending: str, name: str = "facts") -> dict[str, str]:
    made_up = "demo-" if view.scope.demo else ""
    span = f"{view.since:%Y%m%d}-{view.until:%Y%m%d}"
    return {"Content-Disposition": f'attachment; filename="{made_up}{name}-{span}.{ending}"'}
