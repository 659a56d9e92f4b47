"""Liveness, readiness and figures, for whoever watches over the service."""

import asyncio
import hmac
import shutil
from ipaddress import ip_address

from aiohttp import web

from bot.db import now
from bot.errors import GuichetError, NotAllowed
from bot.learning.models import current_model
from bot.operations.backlog import backlog
from bot.operations.backup import last_backup
from bot.web.keys import ADMISSION, ASSISTANT, DATABASE, HUB, METRICS, SETTINGS, SPOOL

routes = web.RouteTableDef()

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
"""What a proxy adds when it asks for somebody else: that call does not come from this machine."""


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
    """Return the figures of this gateway, in Prometheus's text format, to whoever holds the token or is on the machine.

    Raises:
        NotAllowed: it is somebody else.
    """
    _check(request)
    settings = request.app[SETTINGS]
    gauges = {
        "event_streams": float(request.app[HUB].streams),
        "engine_up": float(await request.app[ASSISTANT].ready()),
        "newcomers_waiting": float(request.app[ADMISSION].waiting),
        "spool_bytes": float(request.app[SPOOL].size),
        "disk_free_bytes": float(shutil.disk_usage(settings.data_dir).free),
        **await _waiting(request),
    }
    if (backup := await asyncio.to_thread(last_backup, settings)) is not None:
        gauges["last_backup_timestamp_seconds"] = backup.timestamp()
    try:
        model = current_model(settings.models_dir).name
    except GuichetError:
        model = ""
    return web.Response(text=request.app[METRICS].text(gauges, model), content_type="text/plain", charset="utf-8")


async def _waiting(request: web.Request) -> dict[str, float]:
    try:
        found = await backlog(request.app[DATABASE])
    except GuichetError:
        return {"database_up": 0.0}
    return {
        "database_up": 1.0,
        "outbox_failed": float(found.outbox_failed),
        **{
            name: value
            for what, count, since in (
                ("messages_waiting", found.messages, found.messages_since),
                ("people_waiting", found.people, found.people_since),
                ("outbox_waiting", found.outbox, found.outbox_since),
            )
            for name, value in (
                (what, float(count)),
                (f"{what}_seconds", (now() - since).total_seconds() if since else 0.0),
            )
        },
    }


def _check(request: web.Request) -> None:
    token = request.app[SETTINGS].metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), token.encode()):
            return
    elif _is_of_this_machine(request):
        return
    raise NotAllowed("The figures are for who runs the service: see GUICHET_METRICS_TOKEN.", code="metrics-refused")


def _is_of_this_machine(request: web.Request) -> bool:
    # The connection itself, whatever a proxy says of it; and a proxy on this machine asks for others.
    peer = request.transport.get_extra_info("peername") if request.transport else None
    own = isinstance(peer, tuple) and ip_address(peer[0]).is_loopback
    return own and not any(name in request.headers for name in FORWARDED)
