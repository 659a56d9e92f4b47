"""The part of the description that is for the office's own software: `/api/office`."""

from typing import Any

from bot.requests.api_tokens import Scope
from bot.requests.events import Kind, Problem
from bot.requests.lifecycle import Actor
from bot.requests.listing import Order
from bot.requests.model import State

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_NUMBER = {"type": "integer"}
_STATE = {"type": "string", "enum": [str(state) for state in State]}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFERENCE = {
    "name": "reference",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^GU-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$"},
    "description": "`GU-7K3M-9QXD`",
}


def _object(required: list[str], /, *, closed: bool = False, **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "required": required, "properties": properties}
    return schema | {"additionalProperties": False} if closed else schema


def _array(items: Any, **bounds: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **bounds}


def _call(
    summary: str, scope: Scope, status: int, schema: Any, *problems: int, body: Any = None, query: Any = None
) -> dict[str, Any]:
    answers: dict[str, Any] = {
        str(each): {"description": "Problem", "content": _PROBLEM} for each in (401, 403, 429, 503, *problems)
    }
    answers[str(status)] = {"description": "Done", "content": {"application/json": {"schema": schema}}}
    call: dict[str, Any] = {
        "summary": summary,
        "description": f"Needs a token with the scope `{scope}`.",
        "tags": ["office"],
        "security": [{"office": []}],
        "responses": answers,
    }
    if body is not None:
        call["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if query is not None:
        call["parameters"] = query
    return call


def _download(summary: str, scope: Scope, *problems: int) -> dict[str, Any]:
    call = _call(summary, scope, 200, _TEXT, *problems)
    binary = {"application/octet-stream": {"schema": _TEXT}}
    call["responses"]["200"] = {"description": "The file, as a download", "content": binary}
    return call


def _asked(name: str, schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_ITEM = _object(
    ["problem"],
    closed=True,
    problem={"type": "string", "enum": [str(problem) for problem in Problem]},
    field={"type": ["string", "null"], "maxLength": 500},
    label={"type": "string", "maxLength": 500},
    note={"type": "string", "maxLength": 5000},
    file={"type": "boolean"},
)
_FILE = _object(["id", "name", "type", "size"], id=_TEXT, name=_TEXT, type=_TEXT, size=_NUMBER)
_UPLOAD = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_OUTCOME = _object(
    [],
    closed=True,
    document={
        "oneOf": [
            _object(["name", "url"], closed=True, name=_TEXT, url={"type": "string", "format": "uri"}),
            _object(["name", "file"], closed=True, name=_TEXT, file={"type": "string", "pattern": "^[0-9a-f]{32}$"}),
        ]
    },
    appointment=_object(["at", "place"], closed=True, at=_TIME, place=_TEXT, bring=_TEXT),
    payment=_object(["amount"], closed=True, amount={"type": "number", "exclusiveMinimum": 0}, expected=_TEXT),
)
_EVENT = _object(
    ["number", "kind", "state", "at", "actor"],
    number=_NUMBER,
    kind={"type": "string", "enum": [str(kind) for kind in Kind]},
    state=_STATE,
    at=_TIME,
    actor={"type": "string", "enum": [str(actor) for actor in Actor]},
    by=_TEXT,
    reason=_TEXT,
    text=_TEXT,
    items=_array(_ITEM),
    item=_NUMBER,
    outcome=_OUTCOME,
    read_at=_TIME,
    erased={"type": "boolean"},
)
_LINE = _object(
    ["reference", "service", "state", "language", "filed_at", "due", "decided_at", "late", "unread", "demo"],
    reference=_TEXT,
    service=_TEXT,
    state=_STATE,
    language=_TEXT,
    filed_at=_TIME,
    due=_TIME,
    decided_at={"type": ["string", "null"]},
    late={"type": "boolean"},
    unread=_NUMBER,
    demo={"type": "boolean"},
)
_CASE = _object(
    ["reference", "service", "state", "language", "answers", "missing", "unread", "next_states", "history", "demo"],
    reference=_TEXT,
    service=_TEXT,
    state=_STATE,
    language=_TEXT,
    filed_at={"type": ["string", "null"]},
    due={"type": ["string", "null"]},
    answers={"type": "object"},
    missing=_array(_object(["item", "problem"], item=_NUMBER, problem=_TEXT)),
    unread=_NUMBER,
    next_states=_array(_STATE),
    history=_array({"$ref": "#/components/schemas/RequestEvent"}),
    access_code=_TEXT,
    demo={"type": "boolean"},
)
_HOOK = _object(["id", "url", "services"], id=_NUMBER, url=_TEXT, services=_array(_TEXT), secret=_TEXT)
_REF = {name: {"$ref": f"#/components/schemas/{name}"} for name in ("RequestLine", "Case", "RequestEvent", "Webhook")}
_WORDS = {"type": "string", "minLength": 1, "maxLength": 5000}

SCHEMAS = {"RequestLine": _LINE, "Case": _CASE, "RequestEvent": _EVENT, "Webhook": _HOOK}
SECURITY = {"office": {"type": "http", "scheme": "bearer", "description": "`guichet requests token add`"}}
PATHS: dict[str, Any] = {
    "/api/office/requests": {
        "get": _call(
            "List requests, the latest first",
            Scope.READ,
            200,
            _object(["requests", "next"], requests=_array(_REF["RequestLine"]), next={"type": ["string", "null"]}),
            422,
            query=[
                _asked("state", _STATE),
                _asked("service", {"type": "string", "maxLength": 500}),
                _asked("late", {"type": "string", "enum": ["true", "false"]}),
                _asked("unread", {"type": "string", "enum": ["true", "false"]}),
                _asked("order", {"type": "string", "enum": [str(order) for order in Order]}),
                _asked("after", {"type": "string", "maxLength": 500}),
                _asked("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
            ],
        ),
        "post": _call(
            "File a request for a citizen; the access code is shown this once",
            Scope.CREATE,
            201,
            _REF["Case"],
            *(400, 404, 413, 422),
            body=_object(
                ["service", "answers"],
                closed=True,
                service={"type": "string", "maxLength": 500},
                language={"type": "string", "enum": ["fr", "en"]},
                answers={"type": "object", "additionalProperties": {"type": "string", "maxLength": 5000}},
            ),
        ),
    },
    "/api/office/requests/{reference}": {
        "parameters": [_REFERENCE],
        "get": _call("Read a request with its answers and its life", Scope.READ, 200, _REF["Case"], 404),
    },
    "/api/office/requests/{reference}/state": {
        "parameters": [_REFERENCE],
        "post": _call(
            "Take a request to another state; a reason is owed for a refusal, a closing and a reopening",
            Scope.CHANGE,
            200,
            _REF["RequestEvent"],
            *(400, 404, 409, 413, 422),
            body=_object(
                ["state"],
                closed=True,
                state={"type": "string", "enum": ["under_examination", "accepted", "refused", "closed"]},
                reason={"type": ["string", "null"], "maxLength": 5000},
                outcome={"anyOf": [_OUTCOME, {"type": "null"}]},
            ),
        ),
    },
    "/api/office/requests/{reference}/files": {
        "parameters": [_REFERENCE],
        "get": _call(
            "List what the citizen sent with a request", Scope.READ, 200, _object(["files"], files=_array(_FILE)), 404
        ),
    },
    "/api/office/requests/{reference}/files/{file}": {
        "parameters": [_REFERENCE, _REFERENCE | {"name": "file"}],
        "get": _download("Read a file of a request, of the citizen or of the office", Scope.READ, 404),
    },
    "/api/office/requests/{reference}/documents": {
        "parameters": [_REFERENCE],
        "post": _call(
            "Give a document; the citizen can read it once a decision names its `id` as `document.file`",
            Scope.CHANGE,
            201,
            _FILE,
            *(400, 404, 409, 413, 422),
        )
        | {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}}}},
    },
    "/api/office/requests/{reference}/completion": {
        "parameters": [_REFERENCE],
        "post": _call(
            "Tell the citizen what is missing: a field of the form, or something with a label",
            Scope.CHANGE,
            200,
            _REF["RequestEvent"],
            *(400, 404, 409, 413, 422),
            body=_object(["items"], closed=True, items=_array(_ITEM, minItems=1, maxItems=30)),
        ),
    },
    "/api/office/requests/{reference}/messages": {
        "parameters": [_REFERENCE],
        "post": _call(
            "Write to the citizen",
            Scope.CHANGE,
            201,
            _REF["RequestEvent"],
            *(400, 404, 409, 413, 422),
            body=_object(["text"], closed=True, text=_WORDS),
        ),
    },
    "/api/office/requests/{reference}/read": {
        "parameters": [_REFERENCE],
        "post": _call(
            "Note that the citizen's messages were read", Scope.CHANGE, 200, _object(["read"], read=_NUMBER), 404
        ),
    },
    "/api/office/webhooks": {
        "get": _call("List the webhooks", Scope.WEBHOOKS, 200, _object(["webhooks"], webhooks=_array(_REF["Webhook"]))),
        "post": _call(
            "Add a webhook; its secret is shown this once",
            Scope.WEBHOOKS,
            201,
            _REF["Webhook"],
            *(400, 404, 413, 422),
            body=_object(
                ["url"],
                closed=True,
                url={"type": "string", "maxLength": 500},
                services=_array({"type": "string", "maxLength": 500}, maxItems=200),
            ),
        ),
    },
    "/api/office/webhooks/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": _NUMBER}],
        "delete": _call("Remove a webhook", Scope.WEBHOOKS, 200, _object(["removed"], removed=_NUMBER), 404),
    },
}
