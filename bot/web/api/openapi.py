"""`/api/openapi.json`: the contract of the HTTP calls, as OpenAPI 3.1."""

from typing import Any

from aiohttp import web

from bot import __version__
from bot.web.api import openapi_office as office

routes = web.RouteTableDef()


@routes.get("/api/openapi.json")
async def describe(request: web.Request) -> web.Response:
    """Return the description."""
    return web.json_response(DESCRIPTION)


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


_TEXT = {"type": "string"}
_LANGUAGE = {"type": "string", "enum": ["fr", "en"]}
_OR_NONE = {"type": ["string", "null"]}
_LANGUAGE_OR_NONE = {"enum": ["fr", "en", None]}
_PROBLEM = {"application/problem+json": {"schema": _ref("Problem")}}


def _call(
    summary: str, answers: dict[str, Any], *problems: int, body: Any = None, secured: bool = True
) -> dict[str, Any]:
    responses = {**answers, **{str(status): {"description": "Problem", "content": _PROBLEM} for status in problems}}
    call: dict[str, Any] = {"summary": summary, "responses": responses}
    if body is not None:
        call["requestBody"] = {"content": _json(body)}
    if secured:
        call["security"] = [{"token": []}]
    return call


def _answer(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": _json(schema)}


_ID = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_MESSAGES = _object(["messages"], messages=_array(_ref("Message")))
_OPENED = _object(["id", "token", "messages"], id=_TEXT, token=_TEXT, messages=_array(_ref("Message")))
_SERVICE = _object(
    ["id", "title", "administration", "submittable"],
    id=_TEXT,
    title=_TEXT,
    administration=_TEXT,
    submittable={"type": "boolean"},
)
_COPY = _object(
    ["id", "language", "mode", "created_at", "messages", "notice_version", "requests", "feedback"],
    id=_TEXT,
    language=_LANGUAGE,
    mode={"type": "string", "enum": ["bot", "waiting", "agent"]},
    created_at=_TEXT,
    messages=_array(_ref("Message")),
    notice_version=_TEXT,
    requests=_array(
        _object(
            ["reference", "service", "state", "filed_at"],
            reference=_TEXT,
            service=_TEXT,
            state=_TEXT,
            filed_at={"type": ["string", "null"]},
        )
    ),
    feedback=_array(
        _object(
            ["moment", "service", "note", "comment", "at"],
            moment=_TEXT,
            service={"type": ["string", "null"]},
            note={"type": "integer"},
            comment={"type": ["string", "null"]},
            at=_TEXT,
        )
    ),
)
_RECEIPT = _object(
    ["number", "conversation", "at", "messages", "drafts", "feedback", "requests_kept"],
    number=_TEXT,
    conversation=_TEXT,
    at=_TEXT,
    messages={"type": "integer"},
    drafts={"type": "integer"},
    feedback={"type": "integer"},
    requests_kept={"type": "integer"},
)
_MESSAGE = _object(
    ["id", "author", "text", "buttons"],
    id=_TEXT,
    author={"type": "string", "enum": ["bot", "agent", "system", "citizen"]},
    text=_TEXT,
    sequence={"type": "integer"},
    at=_TEXT,
    client_id=_TEXT,
    language=_LANGUAGE,
    buttons=_array(_object(["title", "payload"], title=_TEXT, payload=_TEXT)),
    input=_ref("Input"),
    sources=_array(_object(["title", "url", "checked"], title=_TEXT, url=_TEXT, checked=_TEXT, note=_TEXT)),
    request=_object(
        ["reference", "state", "history"],
        reference=_TEXT,
        access_code=_TEXT,
        state=_TEXT,
        history=_array(_object(["state", "at"], state=_TEXT, at=_TEXT, reason=_TEXT, outcome={"type": "object"})),
        due=_TEXT,
        kept_until=_TEXT,
        resume=_TEXT,
        receipt_url=_TEXT,
    ),
)
_INPUT = _object(
    ["field", "type", "label", "required", "step", "steps"],
    field=_TEXT,
    type={
        "type": "string",
        "enum": "text long_text choice choices boolean date period number money email phone address commune file "
        "confirm".split(),
    },
    label=_TEXT,
    required={"type": "boolean"},
    choices=_array(_object(["value", "title"], value=_TEXT, title=_TEXT)),
    step={"type": "integer"},
    steps={"type": "integer"},
    help=_TEXT,
    autocomplete=_TEXT,
    accept=_array(_TEXT),
    max_bytes={"type": "integer"},
    max_files={"type": "integer"},
)
_FILE = {"id": _TEXT, "name": _TEXT, "type": _TEXT, "size": {"type": "integer"}}
_STORED = _object(["id", "name", "type", "size"], **_FILE)
_SENT = _object(["id", "name", "type", "size", "payload"], **_FILE, payload=_TEXT)
_CONTENT = {"description": "The file, as a download", "content": {"application/octet-stream": {"schema": _TEXT}}}
_UPLOAD = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_PROBLEM_SCHEMA = _object(
    ["type", "title", "status", "detail", "code"],
    type=_TEXT,
    title=_TEXT,
    status={"type": "integer"},
    detail=_TEXT,
    code=_TEXT,
)

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Guichet", "version": __version__, "description": "The conversation of a citizen, over HTTP."},
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "code": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Code 4821-7730`"},
            **office.SECURITY,
        },
        "schemas": {"Message": _MESSAGE, "Input": _INPUT, "Problem": _PROBLEM_SCHEMA, **office.SCHEMAS},
    },
    "paths": {
        **office.PATHS,
        "/api/conversations": {
            "post": _call(
                "Open a conversation",
                {"201": _answer("Opened", _OPENED)},
                *(400, 403, 404, 413, 422, 429, 503),
                body=_object([], language=_LANGUAGE_OR_NONE, origin=_OR_NONE, service=_OR_NONE, ticket=_OR_NONE),
                secured=False,
            )
        },
        "/api/conversations/{id}": {
            "parameters": [_ID],
            "get": _call("Read one's own copy", {"200": _answer("The conversation", _COPY)}, 401, 403, 503),
            "delete": _call(
                "Erase the conversation",
                {"200": _answer("Erased", _object(["receipt"], receipt=_RECEIPT))},
                *(401, 403, 503),
            ),
        },
        "/api/conversations/{id}/messages": {
            "parameters": [_ID],
            "post": _call(
                "Send a message; the same id twice is answered once",
                {"200": _answer("The answer", _MESSAGES)},
                *(400, 401, 403, 404, 409, 413, 422, 429, 500, 503),
                body=_object(["text"], id=_TEXT, text=_TEXT),
            ),
        },
        "/api/conversations/{id}/language": {
            "parameters": [_ID],
            "put": _call(
                "Answer in another language from now on",
                {
                    "200": _answer(
                        "Switched",
                        _object(["language", "messages"], language=_LANGUAGE, messages=_array(_ref("Message"))),
                    )
                },
                *(400, 401, 403, 404, 422, 503),
                body=_object(["language"], language=_LANGUAGE),
            ),
        },
        "/api/conversations/{id}/files": {
            "parameters": [_ID],
            "post": _call(
                "Send a file; its payload, sent as a message, answers the field that is asked",
                {"201": _answer("Kept", _SENT)},
                *(400, 401, 403, 404, 409, 413, 422, 429, 503),
            )
            | {"requestBody": {"content": {"multipart/form-data": {"schema": _UPLOAD}}}},
        },
        "/api/conversations/{id}/files/{file}": {
            "parameters": [_ID, _ID | {"name": "file"}],
            "get": _call("Read one's own file", {"200": _CONTENT}, 401, 403, 404, 503),
        },
        "/api/requests/{reference}/files": {
            "parameters": [_ID | {"name": "reference"}],
            "get": _call(
                "List the files of a request, with its access code",
                {"200": _answer("The files", _object(["files"], files=_array(_STORED)))},
                *(401, 403, 429, 503),
            )
            | {"security": [{"code": []}]},
        },
        "/api/requests/{reference}/files/{file}": {
            "parameters": [_ID | {"name": "reference"}, _ID | {"name": "file"}],
            "get": _call("Read a file of a request, with its access code", {"200": _CONTENT}, 401, 403, 404, 429, 503)
            | {"security": [{"code": []}]},
        },
        "/api/conversations/{id}/events": {
            "parameters": [_ID, {"name": "Last-Event-ID", "in": "header", "required": False, "schema": _TEXT}],
            "get": _call(
                "Stream what is pushed",
                {"200": {"description": "Server-sent events", "content": {"text/event-stream": {"schema": _TEXT}}}},
                *(400, 401, 403, 503),
            ),
        },
        "/api/banner": {
            "get": _call(
                "Read what the office announces",
                {"200": _answer("The announcement", _object(["text"], text={"type": ["string", "null"]}))},
                *(403, 422),
                secured=False,
            )
            | {"parameters": [{"name": "language", "in": "query", "required": False, "schema": _LANGUAGE}]}
        },
        "/api/catalogue": {
            "get": _call(
                "List the services",
                {"200": _answer("The services", _object(["services"], services=_array(_SERVICE)))},
                *(403, 422),
                secured=False,
            )
            | {"parameters": [{"name": "language", "in": "query", "required": False, "schema": _LANGUAGE}]}
        },
        "/health": {
            "get": _call(
                "Say that the gateway lives",
                {"200": _answer("Alive", _object(["status"], status=_TEXT))},
                secured=False,
            )
        },
        "/ready": {
            "get": _call(
                "Say whether citizens can be answered",
                {
                    "200": _answer("Ready", _object(["ready"], ready={"type": "boolean"})),
                    "503": _answer("Not ready", _object(["ready"], ready={"type": "boolean"})),
                },
                secured=False,
            )
        },
        "/metrics": {
            "get": _call(
                "Read the figures",
                {"200": {"description": "Prometheus text", "content": {"text/plain": {"schema": _TEXT}}}},
                secured=False,
            )
        },
    },
}
