"""A request as the office sees it: its answers, its life with who did what, what is missing. Personal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.requests.events import RequestEvent, missing, unread
from bot.requests.lifecycle import Actor, next_states
from bot.requests.listing import Line
from bot.requests.model import Request


def line_view(line: Line) -> dict[str, Any]:
    """Return a line of a list as JSON."""
    wire = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(line).items()}
    return wire | {"state": str(line.state)}


def case_view(request: Request, events: Sequence[RequestEvent]) -> dict[str, Any]:
    """Return a whole request as JSON."""
    return {
        "reference": request.reference,
        "service": request.service,
        "state": str(request.state),
        "language": request.language,
        "filed_at": request.filed_at.isoformat() if request.filed_at else None,
        "due": request.due.isoformat() if request.due else None,
        "answers": request.answers,
        "missing": [{"item": number, **item.wire()} for number, item in missing(events).items()],
        "unread": len(unread(events, Actor.AGENT)),
        "next_states": [str(state) for state in next_states(request.state, Actor.OFFICE)],
        "history": [event_view(event) for event in events],
        "demo": request.demo,
    }


def event_view(event: RequestEvent) -> dict[str, Any]:
    """Return an event as JSON, without what it has not."""
    view = {
        "number": event.number,
        "kind": str(event.kind),
        "state": str(event.state),
        "at": event.at.isoformat(),
        "actor": str(event.actor),
        "by": event.by,
        "reason": event.reason,
        "text": event.text,
        "items": [item.wire() for item in event.items],
        "item": event.item,
        "outcome": event.outcome,
        "read_at": event.read_at.isoformat() if event.read_at else None,
        "erased": event.erased,
    }
    return {name: value for name, value in view.items() if value not in (None, [], {}, False)}
