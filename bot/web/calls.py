"""Around everything else: each call gets its number, its span, and a line of the log."""

import logging
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler

from bot import logs, tracing

logger = logging.getLogger(__name__)


@web.middleware
async def numbered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Number a call, time it, and log how it ended: no address, no path as it was typed, no word."""
    started = perf_counter()
    name = f"{request.method} {route(request)}"
    # A span that a browser brings is not believed: it would decide what is traced here.
    with logs.numbered(request.headers.get(logs.HEADER)) as number, tracing.span(name) as span:
        response = await handler(request)
        if not response.prepared:  # a stream got it when it began (`protect`)
            response.headers[logs.HEADER] = number
        span.status = response.status
        level = logging.WARNING if response.status >= 500 else logging.DEBUG
        logger.log(level, "%s %d in %.0f ms", name, response.status, (perf_counter() - started) * 1000)
        return response


def route(request: web.Request) -> str:
    """Return the pattern of the address that was called."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "(none)"
