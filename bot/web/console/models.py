"""For trainers and admins: models and their cards, runs live, changed messages to judge, promotion, rollback."""

import asyncio
import json
from contextlib import suppress

from aiohttp import ClientConnectionResetError, web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.errors import Unprocessable
from bot.learning import dataset
from bot.learning.models import cards, code_digest, current_model
from bot.learning.nlu_file import difference, read_nlu
from bot.learning.promotion import previous
from bot.learning.runs import Run
from bot.web.api.conversations import CLOSING
from bot.web.console.cookies import read_cookie
from bot.web.console.guard import field, note, page
from bot.web.console.keys import MODEL_DESK, RUNS, SESSIONS, SHADOW
from bot.web.console.render import redirect, render
from bot.web.keys import DATABASE, SETTINGS

LOOK = 1.0
"""Seconds between two looks at a run while a page shows it."""
SHOWN = 100
"""Changed messages on a page, the most frequent."""
JUDGEMENTS = {"right": True, "wrong": False, "undo": None}

routes = web.RouteTableDef()


@routes.get("/admin/models")
@page(Right.CORRECT)
async def show_all(request: web.Request, session: Session) -> web.StreamResponse:
    """List the models with their cards, and the training runs."""
    models_dir = request.app[SETTINGS].models_dir
    known = await asyncio.to_thread(cards, models_dir)
    serving = current_model(models_dir).name if known else ""
    runs = await request.app[RUNS].runs()
    active = next((each for each in runs if each.active), None)
    return render(
        request,
        "models.html",
        cards=known,
        serving=serving,
        before=previous(models_dir) if known else None,
        runs=runs,
        active=active,
        code=code_digest(),
    )


@routes.get("/admin/models/examples")
@page(Right.CORRECT)
async def show_examples(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what a run would learn now that the last one had not, and what is wrong with it."""
    settings = request.app[SETTINGS]
    data = await dataset.of_today(settings, request.app[DATABASE])
    before = await asyncio.to_thread(read_nlu, settings.learned_file) if settings.learned_file.is_file() else []
    known = dict(await asyncio.to_thread(cards, settings.models_dir))
    card = known.get(current_model(settings.models_dir).name) if known else None
    return render(
        request,
        "models_examples.html",
        data=data,
        changed=difference(before, data.learned),
        shown=SHOWN,
        same=card is not None and card.data == data.checksum,
    )


@routes.post("/admin/models/runs")
@page(Right.CORRECT)
async def start(request: web.Request, session: Session) -> web.StreamResponse:
    """Ask for a training run."""
    if await field(request, "start") != "yes":
        raise Unprocessable("Use the button of the page to start a run.", field="start")
    run = await request.app[RUNS].ask(session.account.name)
    await note(request, session.account, "asked-training", "run", str(run.id))
    return redirect("/admin/models", said="said-training")


@routes.get("/admin/models/events")
@page(Right.CORRECT)
async def events(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream how far the run is that goes on (`run`); with none, the stream says so (`over`) and ends."""
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    said = b""
    with suppress(ClientConnectionResetError):
        while not request.app[CLOSING].is_set():
            signed_in = await request.app[SESSIONS].find(read_cookie(request), touch=False)
            run = next((each for each in await request.app[RUNS].runs(1) if each.active), None)
            if signed_in is None or run is None:
                await response.write(b"event: over\ndata: {}\n\n")
                break
            if (state := json.dumps({"state": run.state, "done": run.done}).encode()) != said:
                said = state
                await response.write(b"event: run\ndata: " + state + b"\n\n")
            with suppress(TimeoutError):
                await asyncio.wait_for(request.app[CLOSING].wait(), LOOK)
    return response


@routes.get("/admin/models/runs/{number}")
@page(Right.CORRECT)
async def show_run(request: web.Request, session: Session) -> web.StreamResponse:
    """Show champion and challenger side by side, the verdict, and the messages to judge."""
    run = await _run(request)
    changes = await request.app[RUNS].changes(run.id)
    return render(
        request,
        "run.html",
        run=run,
        comparison=run.comparison,
        decision=await request.app[RUNS].decision(run),
        changes=changes[:SHOWN],
        count=len(changes),
        heard=await request.app[SHADOW].heard(run.id),
        shown=SHOWN,
        findings=run.report.get("findings", []),
        serving=current_model(request.app[SETTINGS].models_dir).name,
    )


@routes.post("/admin/models/runs/{number}/cancel")
@page(Right.CORRECT)
async def cancel(request: web.Request, session: Session) -> web.StreamResponse:
    """Cancel a run."""
    run = await _run(request)
    await request.app[RUNS].cancel(run.id)
    await note(request, session.account, "cancelled-training", "run", str(run.id))
    return redirect("/admin/models", said="said-cancelled")


@routes.post("/admin/models/runs/{number}/judge")
@page(Right.CORRECT)
async def judge(request: web.Request, session: Session) -> web.StreamResponse:
    """Say whether the challenger is right about a message."""
    run = await _run(request)
    change, judgement = await field(request, "change", 12), await field(request, "judgement", 10)
    if not change.isdecimal() or judgement not in JUDGEMENTS:
        raise Unprocessable("A message and a judgement are needed.", field="judgement")
    await request.app[RUNS].judge(run.id, int(change), JUDGEMENTS[judgement], session.account.name)
    left = [each.id for each in (await request.app[RUNS].changes(run.id))[:SHOWN] if each.right is None]
    return web.Response(
        status=303, headers={"Location": f"/admin/models/runs/{run.id}#change-{left[0] if left else change}"}
    )


@routes.post("/admin/models/promote")
@page(Right.CORRECT)
async def promote(request: web.Request, session: Session) -> web.StreamResponse:
    """Put a model in service."""
    serves = await request.app[MODEL_DESK].promote(
        await field(request, "model", 100),
        session.account.name,
        admin=session.account.may(Right.ADMINISTER),
        reason=await field(request, "reason", 400),
    )
    return redirect("/admin/models", said="said-in-service" if serves else "said-next-start")


@routes.post("/admin/models/rollback")
@page(Right.CORRECT)
async def rollback(request: web.Request, session: Session) -> web.StreamResponse:
    """Put the model before back in service."""
    serving = await field(request, "serving", 100)
    if not serving:
        raise Unprocessable("Use the button of the page to go back.", field="serving")
    _, serves = await request.app[MODEL_DESK].rollback(session.account.name, serving)
    return redirect("/admin/models", said="said-in-service" if serves else "said-next-start")


async def _run(request: web.Request) -> Run:
    number = request.match_info["number"]
    return await request.app[RUNS].get(int(number) if number.isdecimal() and len(number) < 10 else 0)
