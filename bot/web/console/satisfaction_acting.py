"""What one does with the figures: alerts are noted, actions are planned and checked, failure modes are judged."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.db import now
from bot.errors import NotFound, Unprocessable
from bot.improvement.actions import STEPS, Action, Aim, State
from bot.improvement.failure_modes import Judgement, register
from bot.improvement.measure import WATCHABLE, check_of, score_of
from bot.web.console.guard import field, note, page
from bot.web.console.keys import ACTIONS, ALERTS, FAILURE_MODES, TOTALS, VERBATIMS
from bot.web.console.render import language_of, redirect, render
from bot.web.console.satisfaction_view import HOME, View, read_view
from bot.web.keys import CATALOGUE, SETTINGS

CAUSES = 12
"""Comments offered as the cause of an action, the newest ones."""

routes = web.RouteTableDef()


@routes.get(HOME + "/alerts")
@page(Right.MEASURE)
async def show_alerts(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what left its usual range, all services first."""
    view = await read_view(request, session)
    alerts, demo = request.app[ALERTS], view.scope.demo
    mine = {"", *view.services}
    return render(
        request,
        "satisfaction_alerts.html",
        view=view,
        open_=[each for each in await alerts.open(demo=demo) if each.aim.service in mine],
        past=[each for each in await alerts.past(demo=demo) if each.aim.service in mine],
    )


@routes.post(HOME + "/alerts/{number}")
@page(Right.IMPROVE)
async def close_alert(request: web.Request, session: Session) -> web.StreamResponse:
    """Take note of an alert."""
    number = _number(request, "There is no such open alert.", "unknown-alert")
    await request.app[ALERTS].close(number, session.account.name)
    await note(request, session.account, "closed", "alert", str(number))
    return redirect(f"{HOME}/alerts", said="said-saved")


@routes.get(HOME + "/actions")
@page(Right.MEASURE)
async def show_actions(request: web.Request, session: Session) -> web.StreamResponse:
    """List the actions, what is to be done first; who may can plan one."""
    view = await read_view(request, session)
    mine = {"", *view.services}
    actions = [each for each in await request.app[ACTIONS].all(demo=view.scope.demo) if each.aim.service in mine]
    wanted = request.query.get("dimension", "")
    return render(
        request,
        "satisfaction_actions.html",
        view=view,
        actions=actions,
        today=_today(request),
        dimensions=WATCHABLE,
        wanted=wanted if wanted in WATCHABLE else "satisfaction",
        causes=(await request.app[VERBATIMS].page(view.scope, view.since, view.until, tone="negative"))[:CAUSES],
    )


@routes.post(HOME + "/actions")
@page(Right.IMPROVE)
async def plan(request: web.Request, session: Session) -> web.StreamResponse:
    """Write down an action with the score that caused it."""
    aim = await _aim(request)
    today = _today(request)
    score = await score_of(request.app[TOTALS], aim, today - timedelta(days=89), today)
    chosen = [str(each) for each in (await request.post()).getall("verbatim", [])]
    number = await request.app[ACTIONS].plan(
        aim,
        title=await field(request, "title", 200),
        owner=await field(request, "owner", 120),
        hypothesis=await field(request, "hypothesis", 2000),
        due=_day(await field(request, "due", 10)),
        by=session.account.name,
        score=score.mean,
        answers=score.n,
        verbatims=[int(each) for each in chosen if each.isascii() and each.isdigit() and len(each) < 18],
    )
    await note(request, session.account, "planned", "action", str(number))
    return redirect(f"{HOME}/actions/{number}", said="said-saved")


@routes.get(HOME + "/actions/{number}")
@page(Right.MEASURE)
async def show_action(request: web.Request, session: Session) -> web.StreamResponse:
    """Show an action: why, what was done, and whether it helped as far as anybody can tell."""
    view = await read_view(request, session)
    action = await _action(request, view)
    store = request.app[ACTIONS]
    check = await check_of(request.app[TOTALS], action, _today(request))
    if check is not None:
        await store.keep_check(action.id, check)
    return render(
        request,
        "satisfaction_action.html",
        view=view,
        action=action,
        check=check,
        notes=await store.notes(action.id),
        verbatims=await request.app[VERBATIMS].these(await store.verbatims(action.id)),
        steps=STEPS[action.state],
        today=_today(request),
    )


@routes.post(HOME + "/actions/{number}")
@page(Right.IMPROVE)
async def step(request: web.Request, session: Session) -> web.StreamResponse:
    """Take an action a step on, or write something about it."""
    action = await _action(request, await read_view(request, session))
    to, text = await field(request, "to", 10), await field(request, "text", 2000)
    if to:
        if to not in tuple(State):
            raise Unprocessable("Choose what becomes of the action.", code="bad-step", field="to")
        on = await field(request, "on", 10)
        await request.app[ACTIONS].step(action.id, State(to), session.account.name, text, on=_day(on) if on else None)
    elif text:
        await request.app[ACTIONS].note(action.id, session.account.name, text)
    await note(request, session.account, "changed", "action", str(action.id), to)
    return redirect(f"{HOME}/actions/{action.id}", said="said-saved")


@routes.get(HOME + "/failures")
@page(Right.MEASURE)
async def show_failures(request: web.Request, session: Session) -> web.StreamResponse:
    """Show the register of failure modes, the greatest priority first."""
    view = await read_view(request, session)
    cells = await request.app[TOTALS].cells(view.scope, view.since, view.until)
    lines = register(cells, await request.app[FAILURE_MODES].judged(), language_of(request))
    return render(request, "satisfaction_failures.html", view=view, lines=lines)


@routes.post(HOME + "/failures/{mode}")
@page(Right.IMPROVE)
async def judge(request: web.Request, session: Session) -> web.StreamResponse:
    """Judge a failure mode."""
    grades = [await field(request, name, 2) for name in ("severity", "detection")]
    if not all(each.isascii() and each.isdigit() for each in grades):
        raise Unprocessable("A grade is from 1 to 10.", code="bad-grade", field="severity")
    mode = request.match_info["mode"][:40]
    judgement = Judgement(int(grades[0]), int(grades[1]), await field(request, "control", 500))
    await request.app[FAILURE_MODES].judge(mode, judgement, session.account.name)
    await note(request, session.account, "judged", "failure", mode, f"{grades[0]} {grades[1]}")
    return redirect(f"{HOME}/failures", said="said-saved")


async def _aim(request: web.Request) -> Aim:
    dimension, moment, service = [await field(request, name, 60) for name in ("dimension", "moment", "service")]
    if dimension not in WATCHABLE:
        raise Unprocessable("Choose what the action should change.", code="bad-aim", field="dimension")
    known = service if service in request.app[CATALOGUE].services else ""
    return Aim(dimension, moment if moment in tuple(Moment) else "", known)


async def _action(request: web.Request, view: View) -> Action:
    """Return the action of the address; of another office's service there is none."""
    action = await request.app[ACTIONS].get(_number(request, "There is no such action.", "unknown-action"))
    if action.aim.service and action.aim.service not in view.services:
        raise NotFound("There is no such action.", code="unknown-action")
    return action


def _number(request: web.Request, message: str, code: str) -> int:
    number = request.match_info["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound(message, code=code)
    return int(number)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unprocessable("Give a day.", code="bad-day", field="due") from None


def _today(request: web.Request) -> date:
    return now().astimezone(ZoneInfo(request.app[SETTINGS].timezone)).date()
