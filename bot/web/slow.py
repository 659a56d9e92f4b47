"""Who takes for ever is not waited for: headers and bodies that drip, answers and streams that nobody reads."""

import asyncio
import socket

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import TooSlow
from bot.web.keys import SETTINGS

FILES_TAKE = 10
"""How many times longer a form with files may take than any other body."""
# Linux closes a connection whose other end takes nothing for so long, window probes included (tcp(7)); elsewhere the
# system's own, longer, time counts.
_USER_TIMEOUT = getattr(socket, "TCP_USER_TIMEOUT", None)


@web.middleware
async def not_for_ever(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the body in a limited time, and let the system end a connection that takes nothing of the answer.

    Headers have `idle_seconds`, which whoever runs the application gives to aiohttp as `keepalive_timeout`.

    Raises:
        TooSlow: the body did not come in time; the connection is closed after the answer.
    """
    settings = request.app[SETTINGS]
    connection = request.transport.get_extra_info("socket") if request.transport is not None else None
    if connection is not None and _USER_TIMEOUT is not None:
        connection.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, settings.reader_seconds * 1000)
    if not request.body_exists:
        return await handler(request)
    # A form with files is read by its handler, piece by piece, once it knows that somebody waits for it.
    files = request.content_type == "multipart/form-data"
    seconds = settings.body_seconds * (FILES_TAKE if files else 1)
    try:
        async with asyncio.timeout(seconds) as limit:
            if files:
                return await handler(request)
            await request.read()
    except TimeoutError:
        if not limit.expired():
            raise
        raise TooSlow(f"The call did not arrive within {seconds} s; send it again.", retry_after=1) from None
    return await handler(request)
