"""A request as the HTTP contract shows it to its citizen."""

from typing import Any

from bot.requests.events import RequestEvent
from bot.requests.model import Request
from bot.requests.outcome import shown_outcome
from bot.requests.zone import local_day


def request_wire(request: Request) -> dict[str, Any]:
    """Return a request as JSON: reference, state, history, the announced day, where the acknowledgement is."""
    wire: dict[str, Any] = {
        "reference": request.reference,
        "state": str(request.state),
        "history": [_event(event, request.reference) for event in request.history],
    }
    if request.due:
        wire["due"] = local_day(request.due).isoformat()
    if request.filed_at:
        wire["receipt_url"] = f"/receipts/{request.reference}"
    return wire


def _event(event: Any, reference: str) -> dict[str, Any]:
    wire: dict[str, Any] = {"state": str(event.state), "at": event.at.isoformat()}
    if event.reason:
        wire["reason"] = event.reason
    if isinstance(event, RequestEvent) and event.outcome:
        wire["outcome"] = shown_outcome(event.outcome, reference)
    return wire
