"""The public page of results and its open feed; there is nothing at these addresses unless the office publishes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.db import now
from bot.errors import NotFound
from bot.satisfaction.indices import Tally
from bot.satisfaction.published import FEWEST, NOTE, Results, results
from bot.satisfaction.totals import Scope
from bot.web.console.keys import TOTALS
from bot.web.console.render import render
from bot.web.keys import SETTINGS

KEPT = timedelta(minutes=10)
"""Time for which results are not worked out again: anybody may ask, as often as they like."""
DAYS = 365

LAST = web.AppKey("results", dict[str, tuple[datetime, Results]])
routes = web.RouteTableDef()


@routes.get("/results")
async def page(request: web.Request) -> web.Response:
    """Show the results of the last year."""
    response = render(request, "results.html", found=await _results(request), fewest=FEWEST)
    response.headers["Cache-Control"] = "public, max-age=600"
    response.headers["Vary"] = "Accept-Language"
    return response


@routes.get("/results.json")
async def feed(request: web.Request) -> web.Response:
    """Return the results of the last year, for any program and any page."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=600"}
    return web.json_response((await _results(request)).row(), headers=headers)


async def _results(request: web.Request) -> Results:
    settings = request.app[SETTINGS]
    if settings.publish_results.lower() != "yes":
        raise NotFound("There is nothing at this address.")
    known = request.app[LAST].get("last")
    if known is not None and now() - known[0] < KEPT:
        return known[1]
    until = now().astimezone(ZoneInfo(settings.timezone)).date() - timedelta(days=1)
    since, totals, real = until - timedelta(days=DAYS - 1), request.app[TOTALS], Scope()
    whole = (await totals.tallies(real, since, until)).get("", Tally())
    by = [await totals.tallies(real, since, until, key, (NOTE.id,)) for key in ("moment", "service")]
    found = results(since, until, whole, *by)
    request.app[LAST]["last"] = (now(), found)
    return found
