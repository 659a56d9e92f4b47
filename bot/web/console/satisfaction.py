"""Pages of satisfaction that only show: the director's page, the journey, services, and the two sides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.improvement.before_after import Sample, compare
from bot.satisfaction import dashboard
from bot.satisfaction.dimensions import DIMENSIONS, OFFICIAL
from bot.satisfaction.facts import Side
from bot.satisfaction.glance import glance
from bot.satisfaction.indices import Score, Tally, note, report
from bot.satisfaction.indices_store import Filter, IndexStore
from bot.satisfaction.journey import ABANDONED_AT, PREFIX, journey, lost_at
from bot.satisfaction.questionnaire import SATISFACTION
from bot.satisfaction.totals import Cell
from bot.web.console.charts import Point, bars, line
from bot.web.console.guard import page
from bot.web.console.keys import ACTIONS, ALERTS, TOTALS
from bot.web.console.render import language_of, render, say
from bot.web.console.satisfaction_view import HOME, read_view
from bot.web.keys import CATALOGUE, DATABASE, SETTINGS

NOTE = next(each for each in OFFICIAL if each.id == SATISFACTION)
RESOLVED = next(each for each in OFFICIAL if each.id == "resolution")
ON_CHART = 12
"""Services drawn; all are in the table."""

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.MEASURE)
async def overview(request: web.Request, session: Session) -> web.StreamResponse:
    """Show in ten seconds how it goes, at which moment and service, what changed and what to do first."""
    view = await read_view(request, session)
    found = await glance(request.app[TOTALS], view.scope, view.since, view.until)
    open_alerts = await request.app[ALERTS].open(demo=view.scope.demo)
    actions = await request.app[ACTIONS].all(demo=view.scope.demo)
    by_moment = {str(name): note(NOTE, found.moments.get(name, Tally())) for name in Moment}
    by_month = {month: note(NOTE, tally) for month, tally in found.months.items()}
    return render(
        request,
        "satisfaction.html",
        view=view,
        report=report(found.tally),
        check=compare(*(_sample(dashboard.of(each, SATISFACTION)) for each in (found.earlier, found.cells))),
        moments=by_moment,
        moments_chart=_notes_chart(
            request, "moments-chart", {"": {say(request, f"moment-{name}"): each for name, each in by_moment.items()}}
        ),
        months=by_month,
        months_chart=_chart_of_months(request, by_month),
        changes=dashboard.changes(found.earlier, found.cells),
        concerns=dashboard.first_to_do(found.cells),
        alerts=[each for each in open_alerts if not each.aim.service or each.aim.service in view.services],
        late=[each for each in actions if each.late(view.until)],
    )


@routes.get(HOME + "/journey")
@page(Right.MEASURE)
async def show_journey(request: web.Request, session: Session) -> web.StreamResponse:
    """Show how many go on from each step to the next, and where the others are lost."""
    view = await read_view(request, session)
    cells = await request.app[TOTALS].cells(view.scope, view.since, view.until, only=(PREFIX, ABANDONED_AT))
    steps = journey(cells)
    points = [Point(say(request, f"step-{step.name}"), step.n) for step in steps]
    chart = None
    if steps and steps[0].n:
        words = say(request, "journey-chart")
        chart = bars(say(request, "journey"), words, {"": points}, (0, max(step.n for step in steps)))
    lost = lost_at(cells)
    fields = _fields(request, view.scope.service)
    return render(request, "satisfaction_journey.html", view=view, steps=steps, chart=chart, lost=lost, fields=fields)


@routes.get(HOME + "/services")
@page(Right.MEASURE)
async def show_services(request: web.Request, session: Session) -> web.StreamResponse:
    """Compare services, each with the interval in which its note most likely is."""
    view = await read_view(request, session)
    totals, asked = request.app[TOTALS], (SATISFACTION, "resolved")
    now = await totals.tallies(view.scope, view.since, view.until, "service", asked)
    before = await totals.tallies(view.scope, *view.before, "service", (SATISFACTION,))
    notes = {name: note(NOTE, tally) for name, tally in now.items()}
    notes = dict(sorted(notes.items(), key=lambda item: -item[1].n))
    names = {service: _service(request, service) for service in notes}
    told = [item for item in notes.items() if item[1].value is not None][:ON_CHART]
    drawn = {names[service]: each for service, each in sorted(told, key=lambda item: item[1].value or 0)}
    return render(
        request,
        "satisfaction_services.html",
        view=view,
        notes=notes,
        earlier={name: note(NOTE, tally) for name, tally in before.items()},
        resolved={name: note(RESOLVED, tally) for name, tally in now.items()},
        names=names,
        chart=_notes_chart(request, "services-chart", {"": drawn}),
    )


@routes.get(HOME + "/dimensions")
@page(Right.MEASURE)
async def show_dimensions(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what citizens and agents say of the same things, side by side, then the other notes and the signals."""
    view = await read_view(request, session)
    citizens = await request.app[TOTALS].tallies(view.scope, view.since, view.until)
    # Agents are few: their months of too few answers are left out, which only the facts themselves can tell.
    zone = ZoneInfo(request.app[SETTINGS].timezone)
    since, until = (datetime.combine(day, time(), zone) for day in (view.since, view.until + timedelta(days=1)))
    agents = await IndexStore(request.app[DATABASE]).tally(
        Filter(since=since, until=until, side=Side.AGENT, demo=view.scope.demo)
    )
    reports = {"citizen": report(citizens.get("", Tally())), "agent": report(agents)}
    sides = {side: {each.id: each for each in found.dimensions} for side, found in reports.items()}
    titles = {each.id: each.title[language_of(request)] for each in (*OFFICIAL, *DIMENSIONS)}
    drawn = {
        say(request, f"side-{side}"): {titles[name]: each for name, each in found.items()}
        for side, found in sides.items()
    }
    return render(
        request,
        "satisfaction_dimensions.html",
        view=view,
        sides=sides,
        titles=titles,
        report=reports["citizen"],
        chart=_notes_chart(request, "dimensions-chart", drawn),
    )


def _sample(cells: Sequence[Cell]) -> Sample:
    return Sample(sum(each.n for each in cells), sum(each.total for each in cells), sum(each.squares for each in cells))


def _service(request: web.Request, service: str) -> str:
    known = request.app[CATALOGUE].services.get(service)
    return known.title[language_of(request)] if known else service or say(request, "no-service")


def _fields(request: web.Request, service: str) -> dict[str, str]:
    """Return what the questions are called by which people leave forms: those of a service, or of any."""
    services = request.app[CATALOGUE].services
    language, chosen = language_of(request), [services[service]] if service in services else services.values()
    forms = [each.request for each in chosen if each.request]
    names: dict[str, Counter[str]] = {}
    for field in (field for form in forms for field in form.fields):
        names.setdefault(field.id, Counter())[field.label[language]] += 1
    # One question has several names in several forms: the usual one.
    return {name: labels.most_common(1)[0][0] for name, labels in names.items()}


def _chart_of_months(request: web.Request, months: Mapping[date, Score]) -> Markup | None:
    if sum(each.value is not None for each in months.values()) < 2:
        return None
    points = [Point(f"{month:%m/%Y}", each.value) for month, each in months.items()]
    return line(say(request, "months-chart"), say(request, "months-chart-text"), {"": points}, (0, 10))


def _notes_chart(request: web.Request, name: str, series: dict[str, dict[str, Score]]) -> Markup | None:
    """Return bars of notes from 0 to 10, or None when there is nothing to draw."""
    if not any(each.value is not None for figures in series.values() for each in figures.values()):
        return None
    points: dict[str, Sequence[Point]] = {
        key: [Point(label, each.value, each.low, each.high) for label, each in figures.items()]
        for key, figures in series.items()
    }
    return bars(say(request, name), say(request, f"{name}-text"), points, (0, 10))
