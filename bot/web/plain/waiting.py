"""`/plain/waiting`: the place in the line of who came while the counter was busy, on a page that looks again by itself.

The reader can stop that (WCAG 2.2.1), and whose turn it is presses a button: nothing begins without them.
"""

from urllib.parse import urlencode

from aiohttp import web

from bot.errors import GuichetError
from bot.web.newcomers import place_of
from bot.web.plain.render import page

routes = web.RouteTableDef()
SECONDS = 20
"""Between two looks: time to read the page, and to stop it."""
PATH = "/plain/waiting"


@routes.get(PATH)
async def wait(request: web.Request) -> web.StreamResponse:
    """Show the place, or the button that begins."""
    ticket, language = request.query.get("ticket", ""), "en" if request.query.get("language") == "en" else "fr"
    auto = request.query.get("auto") != "no"
    try:
        place = place_of(request, language, ticket)
    except GuichetError as error:
        response = page("start", language, error=error.message)
        response.set_status(error.status)
        return response
    if place is not None:
        ticket = place.ticket
    seconds = max(SECONDS, place.retry_after if place else 0)
    again = {"language": language, "ticket": ticket} | ({} if auto else {"auto": "no"})
    response = page(
        "waiting",
        language,
        place=place.number if place else 0,
        ticket=ticket,
        auto=auto,
        seconds=seconds,
        again=urlencode(again),
    )
    if place is not None and place.number and auto:
        response.headers["Refresh"] = str(seconds)
    return response


def to_the_line(language: str, ticket: str) -> web.Response:
    """Send a newcomer who must wait to the page that shows their place."""
    address = f"{PATH}?{urlencode({'language': language, 'ticket': ticket})}"
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})
