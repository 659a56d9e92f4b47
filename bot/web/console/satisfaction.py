"""Pages of satisfaction that only show: the director's page, the journey, services, and the two sides."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from aiohttp import web
from markupsafe import Markup

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.improvement.before_after import Sample, compare
from bot.satisfaction import dashboard
from bot.satisfaction.dashboard import Figure
from bot.satisfaction.journey import journey, lost_at
from bot.satisfaction.totals import Cell
from bot.web.console.charts import Point, bars, line
from bot.web.console.guard import page
from bot.web.console.keys import ACTIONS, ALERTS, TOTALS
from bot.web.console.render import language_of, render, say
from bot.web.console.satisfaction_view import HOME, read_view
from bot.web.keys import CATALOGUE

DIMENSIONS = (
    "satisfaction clarity ease reached help_tried help_found resolved environment trust consideration value listening "
    "courtesy"
).split()
"""What is asked, in the order in which it is shown."""
ON_CHART = 12
"""Services drawn; all are in the table."""

routes = web.RouteTableDef()


@routes.get(HOME)
@page(Right.MEASURE)
async def overview(request: web.Request, session: Session) -> web.StreamResponse:
    """Show in ten seconds how it goes, at which moment and service, what changed and what to do first."""
    view = await read_view(request, session)
    totals = request.app[TOTALS]
    cells = await totals.cells(view.scope, view.since, view.until)
    earlier = await totals.cells(view.scope, *view.before)
    months = await totals.by_month(view.scope, view.until - timedelta(days=365), view.until, ("satisfaction",))
    faces, faces_before = (dashboard.of(each, "satisfaction") for each in (cells, earlier))
    open_alerts = await request.app[ALERTS].open(demo=view.scope.demo)
    actions = await request.app[ACTIONS].all(demo=view.scope.demo)
    moments = dashboard.by(faces, lambda cell: cell.moment)
    return render(
        request,
        "satisfaction.html",
        view=view,
        note=dashboard.figure(faces),
        check=compare(_sample(faces_before), _sample(faces)),
        resolved=dashboard.figure(dashboard.of(cells, "resolved")),
        response=dashboard.response_rate(cells),
        moments={name: moments.get(name, Figure()) for name in map(str, Moment)},
        moments_chart=_chart_of_moments(request, moments),
        months=[(month, dashboard.figure([cell])) for month, cell in months.items()],
        months_chart=_chart_of_months(request, months),
        changes=dashboard.changes(earlier, cells),
        concerns=dashboard.first_to_do(cells),
        alerts=[each for each in open_alerts if not each.aim.service or each.aim.service in view.services],
        late=[each for each in actions if each.late(view.until)],
    )


@routes.get(HOME + "/journey")
@page(Right.MEASURE)
async def show_journey(request: web.Request, session: Session) -> web.StreamResponse:
    """Show how many go on from each step to the next, and where the others are lost."""
    view = await read_view(request, session)
    cells = await request.app[TOTALS].cells(view.scope, view.since, view.until)
    steps = journey(cells)
    points = [Point(say(request, f"step-{step.name}"), step.n) for step in steps]
    chart = None
    if steps and steps[0].n:
        words = say(request, "journey-chart")
        chart = bars(say(request, "journey"), words, {"": points}, (0, max(step.n for step in steps)))
    return render(request, "satisfaction_journey.html", view=view, steps=steps, chart=chart, lost=lost_at(cells))


@routes.get(HOME + "/services")
@page(Right.MEASURE)
async def show_services(request: web.Request, session: Session) -> web.StreamResponse:
    """Compare services, each with the interval in which its note most likely is."""
    view = await read_view(request, session)
    cells = await request.app[TOTALS].cells(view.scope, view.since, view.until)
    earlier = dashboard.by(
        dashboard.of(await request.app[TOTALS].cells(view.scope, *view.before), "satisfaction"),
        lambda cell: cell.service,
    )
    notes = dashboard.by(dashboard.of(cells, "satisfaction"), lambda cell: cell.service)
    resolved = dashboard.by(dashboard.of(cells, "resolved"), lambda cell: cell.service)
    shown = {name: found for name, found in notes.items() if found.value is not None}
    drawn = dict(sorted(list(shown.items())[:ON_CHART], key=lambda item: item[1].value or 0))
    names = {service: _service(request, service) for service in notes}
    return render(
        request,
        "satisfaction_services.html",
        view=view,
        notes=notes,
        earlier=earlier,
        resolved=resolved,
        names=names,
        chart=_notes_chart(request, "services-chart", {"": {names[key]: each for key, each in drawn.items()}}),
    )


@routes.get(HOME + "/dimensions")
@page(Right.MEASURE)
async def show_dimensions(request: web.Request, session: Session) -> web.StreamResponse:
    """Show what citizens and agents say of the same things, side by side."""
    view = await read_view(request, session)
    cells = await request.app[TOTALS].cells(view.scope, view.since, view.until)
    sides = {
        side: {name: dashboard.figure(dashboard.of(cells, name, side)) for name in DIMENSIONS}
        for side in ("citizen", "agent")
    }
    graded = [name for name in DIMENSIONS if not _is_share(cells, name)]
    drawn = {
        say(request, f"side-{side}"): {say(request, f"dimension-{name}"): found[name] for name in graded}
        for side, found in sides.items()
    }
    return render(
        request,
        "satisfaction_dimensions.html",
        view=view,
        sides=sides,
        dimensions=DIMENSIONS,
        shares={name for name in DIMENSIONS if name not in graded},
        chart=_notes_chart(request, "dimensions-chart", drawn),
    )


def _is_share(cells: Sequence[Cell], dimension: str) -> bool:
    return any(cell.scale == "yes-no" for cell in cells if cell.dimension == dimension)


def _sample(cells: Sequence[Cell]) -> Sample:
    return Sample(sum(each.n for each in cells), sum(each.total for each in cells), sum(each.squares for each in cells))


def _service(request: web.Request, service: str) -> str:
    known = request.app[CATALOGUE].services.get(service)
    return known.title[language_of(request)] if known else service or say(request, "no-service")


def _chart_of_moments(request: web.Request, moments: Mapping[str, Figure]) -> Markup | None:
    figures = {say(request, f"moment-{name}"): moments.get(str(name), Figure()) for name in Moment}
    return _notes_chart(request, "moments-chart", {"": figures})


def _chart_of_months(request: web.Request, months: Mapping[date, Cell]) -> Markup | None:
    figures = {f"{month:%m/%Y}": dashboard.figure([cell]) for month, cell in months.items()}
    if sum(each.value is not None for each in figures.values()) < 2:
        return None
    points = [Point(label, each.value) for label, each in figures.items()]
    return line(say(request, "months-chart"), say(request, "months-chart-text"), {"": points}, (0, 10))


def _notes_chart(request: web.Request, name: str, series: dict[str, dict[str, Figure]]) -> Markup | None:
    """Return bars of notes from 0 to 10, or None when there is nothing to draw."""
    if not any(each.value is not None for figures in series.values() for each in figures.values()):
        return None
    points: dict[str, Sequence[Point]] = {
        key: [Point(label, each.value, each.low, each.high) for label, each in figures.items()]
        for key, figures in series.items()
    }
    return bars(say(request, name), say(request, f"{name}-text"), points, (0, 10))
