"""What changes while an agent looks at a page, as server-sent events."""

import asyncio
import json
from contextlib import suppress

from aiohttp import ClientConnectionResetError, web

from bot.accounts.model import Right
from bot.accounts.sessions import Session
from bot.conversations.handoff import HandoffState
from bot.web.api.conversations import CLOSING
from bot.web.console.cookies import read_cookie
from bot.web.console.guard import page
from bot.web.console.keys import HANDOFFS, PRESENCE, SESSIONS, TALK
from bot.web.keys import HUB
from bot.web.switchboard import DESK

HEARTBEAT = 20.0
"""Seconds after which the stream says that it lives. Whether the agent does, their page says (`/console/here`): a
stream to a computer that sleeps goes on for many minutes."""

routes = web.RouteTableDef()


@routes.get("/console/events")
@page(Right.ANSWER)
async def events(request: web.Request, session: Session) -> web.StreamResponse:
    """Stream the state of the queue (`desk`), and with `talk` and `after` the messages of one's conversation."""
    talk = request.query.get("talk", "")
    handoff = await request.app[HANDOFFS].seen_by(session.account, talk) if talk else None
    own = handoff is not None and handoff.agent_id == session.account.id and handoff.state == HandoffState.TAKEN
    last = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
    sequence = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    with suppress(ClientConnectionResetError), request.app[HUB].listening(DESK) as bell:
        said = b""
        while not request.app[CLOSING].is_set():
            bell.clear()
            # Who was signed out meanwhile learns nothing more; looking on does not count as being there.
            if await request.app[SESSIONS].find(read_cookie(request), touch=False) is None:
                await response.write(b"event: over\ndata: {}\n\n")
                break
            if (state := await _desk(request, session)) != said:
                said = state
                await response.write(b"event: desk\ndata: " + state + b"\n\n")
            if own and handoff is not None:
                for message in await request.app[TALK].read(handoff.conversation_id, sequence):
                    sequence = message.sequence
                    body = {"author": str(message.author), "text": message.text, "at": message.at, "number": sequence}
                    data = json.dumps(body, ensure_ascii=False)
                    await response.write(f"id: {sequence}\nevent: message\ndata: {data}\n\n".encode())
                current = await request.app[HANDOFFS].get(handoff.id)
                if current.agent_id != session.account.id or current.state != HandoffState.TAKEN:
                    await response.write(b"event: over\ndata: {}\n\n")
                    break
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
    return response


@routes.get("/console/here")
@page(Right.ANSWER, use=False)
async def here(request: web.Request, session: Session) -> web.StreamResponse:
    """Hear from the page of an agent that it is still open."""
    await request.app[PRESENCE].still_here(session.account.id)
    await request.app[HANDOFFS].still_talking(session.account.id)
    return web.Response(status=204)


async def _desk(request: web.Request, session: Session) -> bytes:
    queue = await request.app[HANDOFFS].queue(session.account)
    mine = await request.app[HANDOFFS].taken_by(session.account.id)
    waiting = [each.id for each in queue if each.state == HandoffState.WAITING]
    body = {"waiting": waiting, "left": len(queue) - len(waiting), "mine": [each.id for each in mine]}
    return json.dumps(body).encode()
