"""Around every handler: one shape of error, the headers that protect, the origins that may call, the figures."""

import json
import logging
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler

from bot import logs
from bot.errors import Failed, GuichetError, InvalidInput, NotFound, TooLarge
from bot.privacy.logs import without_values
from bot.web.calls import route
from bot.web.keys import METRICS, SETTINGS
from bot.web.metrics import LIMITED
from bot.web.words import detail_for

logger = logging.getLogger(__name__)

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@web.middleware
async def one_shape_of_error(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into `application/problem+json`, and count every answer."""
    started = perf_counter()
    try:
        response = await handler(request)
    except GuichetError as error:
        response = problem(request, error)
    except web.HTTPRequestEntityTooLarge:
        response = problem(request, TooLarge("The request is larger than what is accepted."))
    except web.HTTPNotFound:
        response = problem(request, NotFound("There is nothing at this address."))
    except web.HTTPMethodNotAllowed as error:
        response = problem(
            request, InvalidInput(f"{request.method} is not possible here.", code="method-not-allowed"), 405
        )
        response.headers["Allow"] = error.headers.get("Allow", "")
    except web.HTTPException as error:
        response = problem(request, InvalidInput(error.reason, code="http-error"), error.status)
    except (ConnectionError, TimeoutError):
        raise
    except Exception as error:
        # Under this number the operator finds the place in the log; what was sent is not written there.
        number = logs.number()
        logger.error("fault %s: %s in %s", number, type(error).__name__, route(request), exc_info=without_values(error))
        response = problem(
            request, Failed(f"Something went wrong on our side (number {number}).", correlation_id=number)
        )
    request.app[METRICS].served(request.method, route(request), response.status, perf_counter() - started)
    return response


def problem(request: web.Request, error: GuichetError, status: int | None = None) -> web.Response:
    """Return an error as an RFC 9457 document, its detail in the language that the caller prefers."""
    body = error.problem() | ({"status": status} if status else {}) | {"request_id": logs.number()}
    if body["status"] in LIMITED:
        request.app[METRICS].refused(error.code)
    body["detail"] = detail_for(body, request.headers.get("Accept-Language", ""))
    headers = {"Retry-After": str(error.data["retry_after"])} if "retry_after" in error.data else {}
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=status or error.status,
        content_type="application/problem+json",
        headers=headers,
    )


@web.middleware
async def origins(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse calls of pages from other origins, but for those that the operator allowed."""
    origin = request.headers.get("Origin")
    # Behind a proxy that speaks TLS, our own pages come from the address that the operator gave.
    here = (f"{request.scheme}://{request.host}", request.app[SETTINGS].public_url.rstrip("/"))
    own = origin is None or (origin != "" and origin in here)
    allowed = origin in request.app[SETTINGS].origins
    if not own and not allowed and request.path.startswith("/api/"):
        return problem(
            request, InvalidInput("Pages of this origin may not call this service.", code="origin-refused"), 403
        )
    if request.method != "OPTIONS" or not allowed:
        return await handler(request)
    # A preflight asks with a method that no handler has.
    response = web.Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Last-Event-ID"
    response.headers["Access-Control-Max-Age"] = "3600"
    return response


async def protect(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that protect and those that let an allowed origin read, as a signal: streams and refusals too."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if logs.number():
        response.headers[logs.HEADER] = logs.number()
    page = response.content_type == "text/html"
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else API_POLICY)
    origin = request.headers.get("Origin")
    if origin in request.app[SETTINGS].origins:
        response.headers["Access-Control-Allow-Origin"] = str(origin)
        response.headers.add("Vary", "Origin")
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif request.path.endswith(".js"):
        # The widget is a script for other sites: they must be allowed to load it.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Access-Control-Allow-Origin"] = "*"
