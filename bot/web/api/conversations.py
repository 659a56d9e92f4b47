"""`/api/conversations`: opening, messages, events, one's own copy, erasure."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.conversations.model import Author, Message, Mode
from bot.conversations.notice import opening, switched
from bot.conversations.store import Conversation
from bot.errors import GuichetError, InvalidInput, NotAllowed, Unavailable, Unprocessable
from bot.privacy.identifiers import site_of
from bot.requests.preferences import follow
from bot.rights.export import around
from bot.web.caller import caller_of
from bot.web.hub import Bell
from bot.web.intake import erase_all, take_in
from bot.web.keys import ADMISSION, CATALOGUE, CONVERSATIONS, DATABASE, HUB, KEEPER, LIMITER, PENDING
from bot.web.newcomers import admit

CLOSING = web.AppKey("closing", asyncio.Event)
HEARTBEAT = 20.0
"""Seconds of silence after which a comment is sent, so that proxies and browsers keep the stream open."""
HEARTBEATS = 3
"""After so many of them a stream looks for itself: another process may have written. Thousands of quiet streams that
ask the database at each one would keep it busier than those who talk."""

routes = web.RouteTableDef()


@routes.post("/api/conversations")
async def open_conversation(request: web.Request) -> web.Response:
    """Open a conversation with its notice; with `service` it begins there, with `ticket` in turn."""
    body = await _json(request)
    given = body.get("language")
    language = "fr" if given is None else _language(given)
    origin = body.get("origin")
    if origin is not None and not isinstance(origin, str):
        raise Unprocessable("`origin` is a text.", field="origin")
    service = body.get("service")
    if service is not None:
        request.app[CATALOGUE].service(str(service))
    ticket = body.get("ticket")
    if ticket is not None and not isinstance(ticket, str):
        raise Unprocessable("`ticket` is a text.", field="ticket")
    admit(request, language, ticket or "")
    store = request.app[CONVERSATIONS]
    with request.app[ADMISSION].answering():
        conversation_id, token, messages = await store.open(language, site_of(origin or ""), opening(language))
    shown = [message.wire() for message in messages]
    if service is not None:
        shown += await _present(request, conversation_id, str(service), language)
    return web.json_response({"id": conversation_id, "token": token, "messages": shown}, status=201)


async def _present(request: web.Request, conversation_id: str, service: str, language: str) -> list[dict[str, Any]]:
    """Return the presentation of a service; a conversation opens without it when the engine is down."""
    title = request.app[CATALOGUE].service(service).title[language]
    try:
        return await request.app[KEEPER].send(conversation_id, str(uuid4()), title, language)
    except GuichetError:
        return []


@routes.post("/api/conversations/{id}/messages")
async def send_message(request: web.Request) -> web.Response:
    """Take a message in and answer it; the same `id` twice is answered once."""
    conversation_id = request.match_info["id"]
    language = await request.app[CONVERSATIONS].recognise(conversation_id, token_of(request))
    body = await _json(request)
    answer = await take_in(request, conversation_id, language, body.get("id", ""), body.get("text"))
    return web.json_response({"messages": answer})


@routes.get("/api/conversations/{id}")
async def read_conversation(request: web.Request) -> web.Response:
    """Return the citizen's own copy: messages, and what is linked to the conversation."""
    conversation = await _conversation(request)
    store = request.app[CONVERSATIONS]
    # What waits for the engine is part of the conversation too: the citizen wrote it.
    waiting = [
        Message(Author.CITIZEN, each.text, id=f"waiting-{each.message_id}"[:32], client_id=each.message_id)
        for each in await request.app[PENDING].waiting(conversation.id)
    ]
    messages = [*await store.messages_after(conversation.id, 0), *waiting]
    return web.json_response(
        {
            "id": conversation.id,
            "language": conversation.language,
            "mode": conversation.mode,
            "created_at": conversation.created_at,
            "messages": [message.wire() for message in messages],
            **await around(request.app[DATABASE], conversation.id),
        }
    )


@routes.put("/api/conversations/{id}/language")
async def switch_language(request: web.Request) -> web.Response:
    """Answer in another language from now on, without losing the thread; the messages hold a note that says so."""
    conversation = await _conversation(request)
    language = _language((await _json(request)).get("language"))
    if language == conversation.language:
        return web.json_response({"language": language, "messages": []})
    note = await request.app[CONVERSATIONS].speak(conversation.id, language, switched(language))
    await follow(request.app[DATABASE], conversation.id, language)
    request.app[HUB].ring(conversation.id)
    return web.json_response({"language": language, "messages": [note.wire()]})


@routes.delete("/api/conversations/{id}")
async def erase_conversation(request: web.Request) -> web.Response:
    """Erase a conversation and what was said about it; requests that were filed stay with their office."""
    conversation = await _conversation(request)
    receipt = await erase_all(request, conversation.id)
    return web.json_response(
        {
            "receipt": {
                "number": receipt.number,
                "conversation": conversation.id,
                "at": receipt.at.isoformat(),
                "messages": receipt.erased.get("messages", 0),
                "drafts": receipt.erased.get("drafts", 0),
                "feedback": receipt.unlinked.get("feedback", 0),
                "requests_kept": receipt.kept.get("requests", 0),
            }
        }
    )


@routes.get("/api/conversations/{id}/events")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Stream every message from now on, or from the one after `Last-Event-ID`, until the client goes."""
    conversation = await _conversation(request)
    last = request.headers.get("Last-Event-ID", "")
    if last and not (last.isascii() and last.isdigit()):
        raise InvalidInput("`Last-Event-ID` is the number of an event.", field="Last-Event-ID")
    sequence = min(int(last[:18]), conversation.messages) if last else conversation.messages
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
    response.content_type = "text/event-stream"
    # Who missed something may have missed a change of mode as well.
    mode = None if last else Mode.BOT
    hold = request.app[LIMITER].hold
    with (
        hold("streams"),
        hold("streams_an_address", caller_of(request)),
        hold("streams_a_conversation", conversation.id),
        request.app[HUB].listening(conversation.id) as bell,
        # The client went, or took nothing for so long that the system ended the connection.
        suppress(ConnectionError),
    ):
        await response.prepare(request)
        await _push(request, response, conversation.id, sequence, mode, bell)
    return response


async def _push(
    request: web.Request,
    response: web.StreamResponse,
    conversation_id: str,
    sequence: int,
    mode: Mode | None,
    bell: Bell,
) -> None:
    await response.write(b": open\n\n")
    while not request.app[CLOSING].is_set():
        bell.clear()
        if mode != (mode := await _mode(request, conversation_id) or mode):
            await response.write(f'event: mode\ndata: {{"mode": "{mode}"}}\n\n'.encode())
        # They have no place yet, hence no `id`; the database tells them again, by the same identifiers.
        for wire in bell.take():
            await response.write(f"event: message\ndata: {json.dumps(wire, ensure_ascii=False)}\n\n".encode())
        messages = await _news(request, conversation_id, sequence)
        for message in messages:
            sequence = message.sequence
            await response.write(_event(message))
        if not messages:
            await _wait(response, bell)


async def _wait(response: web.StreamResponse, bell: Bell) -> None:
    """Wait for a ring, or long enough that it is worth looking without one."""
    for _ in range(HEARTBEATS):
        try:
            await asyncio.wait_for(bell.wait(), HEARTBEAT)
            return
        except TimeoutError:
            await response.write(b": still here\n\n")


async def _news(request: web.Request, conversation_id: str, sequence: int) -> list[Message]:
    try:
        return await request.app[CONVERSATIONS].messages_after(conversation_id, sequence)
    except Unavailable:
        return []  # the database is away: whoever writes what waits there rings when it is done


async def _mode(request: web.Request, conversation_id: str) -> Mode | None:
    try:
        return await request.app[CONVERSATIONS].mode(conversation_id)
    except Unavailable:
        return None


def _event(message: Message) -> bytes:
    data = json.dumps(message.wire(), ensure_ascii=False)
    return f"id: {message.sequence}\nevent: message\ndata: {data}\n\n".encode()


async def _conversation(request: web.Request) -> Conversation:
    return await request.app[CONVERSATIONS].authenticate(request.match_info["id"], token_of(request))


def token_of(request: web.Request) -> str:
    """Return the token that a call carries.

    Raises:
        NotAllowed: it carries none.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAllowed("Send `Authorization: Bearer` with the token of the conversation.", code="token-missing")
    return token.strip()


def _language(given: Any) -> str:
    if given not in ("fr", "en"):
        raise Unprocessable("`language` is fr or en.", field="language")
    return str(given)


async def _json(request: web.Request) -> dict[str, Any]:
    if not request.body_exists:
        return {}
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):
        raise InvalidInput("The body is not JSON in UTF-8.", code="not-json") from None
    if not isinstance(body, dict):
        raise InvalidInput("The body must be a JSON object.", code="not-json")
    return body
