"""Liveness, readiness and figures, for whoever watches over the service."""

from aiohttp import web

from bot.errors import GuichetError
from bot.web.keys import ADMISSION, ASSISTANT, DATABASE, HUB, METRICS, SPOOL

routes = web.RouteTableDef()


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """Say that the gateway lives."""
    return web.json_response({"status": "ok"})


@routes.get("/ready")
async def ready(request: web.Request) -> web.Response:
    """Say whether citizens can be answered: the database and the engine, each by name."""
    parts = {"database": True, "engine": await request.app[ASSISTANT].ready()}
    try:
        await request.app[DATABASE].ping()
    except GuichetError:
        parts["database"] = False
    everything = all(parts.values())
    return web.json_response({"ready": everything, **parts}, status=200 if everything else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Return the figures of this gateway, in Prometheus's text format."""
    gauges = {
        "event_streams": request.app[HUB].streams,
        "engine_up": float(await request.app[ASSISTANT].ready()),
        "newcomers_waiting": request.app[ADMISSION].waiting,
        "spool_bytes": request.app[SPOOL].size,
    }
    return web.Response(text=request.app[METRICS].text(gauges), content_type="text/plain", charset="utf-8")
