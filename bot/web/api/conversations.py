"""`/api/conversations`: opening, messages, events, one's own copy, erasure."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import ClientConnectionResetError, web

from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import Conversation
from bot.db import now
from bot.errors import GuichetError, InvalidInput, NotAllowed, TooLarge, Unprocessable
from bot.web.keeper import Keeper
from bot.web.keys import CATALOGUE, CONVERSATIONS, FEEDBACK, HUB, LIMITER, SETTINGS

KEEPER = web.AppKey("keeper", Keeper)
CLOSING = web.AppKey("closing", asyncio.Event)
HEARTBEAT = 20.0
"""Seconds of silence after which a comment is sent, so that proxies and browsers keep the stream open."""

routes = web.RouteTableDef()


@routes.post("/api/conversations")
async def open_conversation(request: web.Request) -> web.Response:
    """Open a conversation with its notice; with `service`, it begins on that service."""
    body = await _json(request)
    settings = request.app[SETTINGS]
    request.app[LIMITER].check("open", request.remote or "", settings.conversations_an_hour, 3600)
    language = body.get("language") or "fr"
    if language not in ("fr", "en"):
        raise Unprocessable("`language` is fr or en.", field="language")
    origin = body.get("origin")
    if origin is not None and not isinstance(origin, str):
        raise Unprocessable("`origin` is a text.", field="origin")
    service = body.get("service")
    if service is not None:
        request.app[CATALOGUE].service(str(service))
    store = request.app[CONVERSATIONS]
    conversation_id, token, messages = await store.open(language, origin, opening(language))
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
    language = await request.app[CONVERSATIONS].recognise(conversation_id, _token(request))
    body = await _json(request)
    settings = request.app[SETTINGS]
    text = body.get("text")
    if not isinstance(text, str):
        raise Unprocessable("`text` must be a text.", code="empty-message", field="text")
    if len(text) > settings.message_limit:
        raise TooLarge(
            f"The message has {len(text)} characters; {settings.message_limit} are accepted.",
            code="message-too-long",
            field="text",
            limit=settings.message_limit,
        )
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise Unprocessable("The message is empty.", code="empty-message", field="text")
    message_id = body.get("id", "")
    if not isinstance(message_id, str) or len(message_id) > 64:
        raise Unprocessable("`id` is a text of 64 characters at most.", field="id")
    request.app[LIMITER].check("message", conversation_id, settings.messages_a_minute, 60)
    answer = await request.app[KEEPER].send(conversation_id, message_id or str(uuid4()), _storable(text), language)
    return web.json_response({"messages": answer})


@routes.get("/api/conversations/{id}")
async def read_conversation(request: web.Request) -> web.Response:
    """Return the citizen's own copy."""
    conversation = await _conversation(request)
    store = request.app[CONVERSATIONS]
    # What waits for the engine is part of the conversation too: the citizen wrote it.
    waiting = [
        Message(Author.CITIZEN, each.text, id=f"waiting-{each.message_id}"[:32], client_id=each.message_id)
        for each in await store.pending(conversation.id)
    ]
    messages = [*await store.messages_after(conversation.id, 0), *waiting]
    return web.json_response(
        {
            "id": conversation.id,
            "language": conversation.language,
            "mode": conversation.mode,
            "created_at": conversation.created_at,
            "messages": [message.wire() for message in messages],
        }
    )


@routes.delete("/api/conversations/{id}")
async def erase_conversation(request: web.Request) -> web.Response:
    """Erase a conversation and what was said about it; requests that were filed stay with their office."""
    conversation = await _conversation(request)
    notes = await request.app[FEEDBACK].erase(conversation.id)
    erased = await request.app[CONVERSATIONS].erase(conversation.id)
    request.app[HUB].ring(conversation.id)
    receipt = {"conversation": conversation.id, "at": now().isoformat(), "messages": erased, "feedback": notes}
    return web.json_response({"receipt": receipt})


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
    await response.prepare(request)
    with request.app[HUB].listening(conversation.id) as bell, suppress(ClientConnectionResetError):
        await _push(request, response, conversation.id, sequence, bell)
    return response


async def _push(
    request: web.Request, response: web.StreamResponse, conversation_id: str, sequence: int, bell: asyncio.Event
) -> None:
    await response.write(b": open\n\n")
    while not request.app[CLOSING].is_set():
        bell.clear()
        messages = await request.app[CONVERSATIONS].messages_after(conversation_id, sequence)
        for message in messages:
            sequence = message.sequence
            await response.write(_event(message))
        if not messages:
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")


def _event(message: Message) -> bytes:
    data = json.dumps(message.wire(), ensure_ascii=False)
    return f"id: {message.sequence}\nevent: message\ndata: {data}\n\n".encode()


def _storable(text: str) -> str:
    """Return a text without what no database keeps: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


async def _conversation(request: web.Request) -> Conversation:
    return await request.app[CONVERSATIONS].authenticate(request.match_info["id"], _token(request))


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAllowed("Send `Authorization: Bearer` with the token of the conversation.", code="token-missing")
    return token.strip()


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
