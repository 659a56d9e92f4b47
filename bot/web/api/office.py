"""`/api/office`: requests and webhooks, for the office's own software. Each call needs a token with its scope."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import InvalidInput, NotAllowed, NotFound, Unprocessable
from bot.requests.api_tokens import ApiToken, Scope
from bot.requests.casework import Author
from bot.requests.events import Item, Problem
from bot.requests.intake import take_in
from bot.requests.lifecycle import Actor
from bot.requests.listing import Filter, Order
from bot.requests.model import State
from bot.requests.office_view import case_view, event_view, line_view
from bot.requests.reference import find_reference
from bot.web.caller import caller_of
from bot.web.keys import API_TOKENS, CASEWORK, CATALOGUE, LIMITER, REQUESTS, WEBHOOKS

routes = web.RouteTableDef()
Model = TypeVar("Model", bound=BaseModel)
Short = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(max_length=5000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Creation(_Strict):
    service: Short
    language: Literal["fr", "en"] = "fr"
    answers: dict[str, Long]


class _Change(_Strict):
    state: Literal["under_examination", "accepted", "refused", "closed"]
    reason: Long | None = None
    outcome: dict[str, Any] | None = None


class _Item(_Strict):
    problem: Literal["missing", "unreadable", "out_of_date", "wrong"]
    field: Short | None = None
    label: Short = ""
    note: Long = ""
    file: bool = False


class _Completion(_Strict):
    items: Annotated[list[_Item], Field(min_length=1, max_length=30)]


class _Message(_Strict):
    text: Long


class _Webhook(_Strict):
    url: Short
    services: Annotated[list[Short], Field(max_length=200)] = []


class _Listing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    state: State | None = None
    service: Short | None = None
    late: Literal["true", "false"] = "false"
    unread: Literal["true", "false"] = "false"
    order: Order = Order.DUE
    after: Short | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@routes.get("/api/office/requests")
async def list_requests(request: web.Request) -> web.Response:
    """Return a page of requests."""
    await allowed(request, Scope.READ)
    asked = _checked(_Listing, dict(request.query))
    wanted = Filter(
        states=(asked.state,) if asked.state else (),
        services=(_clean(asked.service),) if asked.service else (),
        late=asked.late == "true",
        unread=asked.unread == "true",
    )
    page = await request.app[CASEWORK].list(wanted, order=asked.order, after=asked.after, limit=asked.limit)
    return web.json_response({"requests": [line_view(line) for line in page.lines], "next": page.next})


@routes.post("/api/office/requests")
async def create_request(request: web.Request) -> web.Response:
    """File a request for a citizen; the access code is shown this once."""
    author = await _author(request, Scope.CREATE)
    body = await _body(request, _Creation)
    service = request.app[CATALOGUE].service(body.service)
    store = request.app[REQUESTS]
    filed = await take_in(store, service, body.language, body.answers, author, date.today())
    events = await request.app[CASEWORK].history(filed.reference)
    view = case_view(filed, events) | {"access_code": store.access_code(filed.id)}
    return web.json_response(view, status=201, headers={"Location": f"/api/office/requests/{filed.reference}"})


@routes.get("/api/office/requests/{reference}")
async def read_request(request: web.Request) -> web.Response:
    """Return a request with its answers and its life."""
    await allowed(request, Scope.READ)
    reference = reference_of(request)
    found = await request.app[REQUESTS].by_reference(reference)
    return web.json_response(case_view(found, await request.app[CASEWORK].history(reference)))


@routes.post("/api/office/requests/{reference}/state")
async def change_state(request: web.Request) -> web.Response:
    """Take a request to another state."""
    author = await _author(request, Scope.CHANGE)
    body = await _body(request, _Change)
    event = await request.app[CASEWORK].advance(
        reference_of(request), State(body.state), author, reason=body.reason, outcome=body.outcome
    )
    return web.json_response(event_view(event))


@routes.post("/api/office/requests/{reference}/completion")
async def ask_completion(request: web.Request) -> web.Response:
    """Tell the citizen what is missing."""
    author = await _author(request, Scope.CHANGE)
    body = await _body(request, _Completion)
    items = [
        Item(Problem(each.problem), each.field, each.label, each.note, file=each.file and not each.field)
        for each in body.items
    ]
    return web.json_response(
        event_view(await request.app[CASEWORK].ask_completion(reference_of(request), author, items))
    )


@routes.post("/api/office/requests/{reference}/messages")
async def send_message(request: web.Request) -> web.Response:
    """Write to the citizen."""
    author = await _author(request, Scope.CHANGE)
    body = await _body(request, _Message)
    event = await request.app[CASEWORK].send_message(reference_of(request), author, body.text)
    return web.json_response(event_view(event), status=201)


@routes.post("/api/office/requests/{reference}/read")
async def mark_read(request: web.Request) -> web.Response:
    """Note that the citizen's messages were read."""
    await allowed(request, Scope.CHANGE)
    return web.json_response({"read": await request.app[CASEWORK].mark_read(reference_of(request), Actor.OFFICE)})


@routes.get("/api/office/webhooks")
async def list_webhooks(request: web.Request) -> web.Response:
    """Return the webhooks, without their secrets."""
    await allowed(request, Scope.WEBHOOKS)
    known = await request.app[WEBHOOKS].all()
    return web.json_response(
        {"webhooks": [{"id": each.id, "url": each.url, "services": each.services} for each in known]}
    )


@routes.post("/api/office/webhooks")
async def add_webhook(request: web.Request) -> web.Response:
    """Add a webhook; its secret is shown this once."""
    await allowed(request, Scope.WEBHOOKS)
    body = await _body(request, _Webhook)
    for service in body.services:
        request.app[CATALOGUE].service(service)
    added, secret = await request.app[WEBHOOKS].add(body.url, body.services)
    view = {"id": added.id, "url": added.url, "services": added.services, "secret": secret}
    return web.json_response(view, status=201)


@routes.delete("/api/office/webhooks/{id}")
async def remove_webhook(request: web.Request) -> web.Response:
    """Remove a webhook."""
    await allowed(request, Scope.WEBHOOKS)
    number = request.match_info["id"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("There is no webhook of that number.", code="unknown-webhook")
    await request.app[WEBHOOKS].remove(int(number))
    return web.json_response({"removed": int(number)})


async def allowed(request: web.Request, scope: Scope) -> ApiToken:
    """Return the token of a call, which must have a scope.

    Raises:
        NotAllowed: there is none, or it has not that scope.
        TooManyRequests: too many wrong ones came from this address.
    """
    request.app[LIMITER].check("office_calls_a_minute", caller_of(request))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAllowed("Send `Authorization: Bearer` with a token of the office.", code="token-missing")
    return await request.app[API_TOKENS].check(token.strip(), scope)


async def _author(request: web.Request, scope: Scope) -> Author:
    return Author(Actor.OFFICE, (await allowed(request, scope)).name)


def reference_of(request: web.Request) -> str:
    """Return the reference that an address holds.

    Raises:
        NotFound: it holds none.
    """
    reference = find_reference(request.match_info["reference"])
    if reference is None:
        raise NotFound("There is no request of this reference.", code="unknown-request")
    return reference


async def _body(request: web.Request, model: type[Model]) -> Model:
    try:
        data = await request.json()
    except (ValueError, LookupError, RecursionError):
        raise InvalidInput("The body is not JSON in UTF-8.", code="not-json") from None
    return _checked(model, data)


def _checked(model: type[Model], data: Mapping[str, Any]) -> Model:
    try:
        return TypeAdapter(model).validate_python(data)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "body"
        raise Unprocessable(f"`{_clean(where)}`: {fault['msg']}.", field=_clean(where)) from None


def _clean(text: str) -> str:
    """Return a text without what no database and no JSON keeps: NUL, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
