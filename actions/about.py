"""About which service: what was named, what a button says, what was talked about so far."""

import re

from actions.visit import Visit
from bot.catalogue.model import Service

CLOSE = 0.6
"""A second service is hesitated with when its confidence is at least this part of the first one's."""
AT_ONCE = 2
"""Services that one message may ask about: the answer to more is not read."""
_TOGETHER = re.compile(r"\b(?:et|and|ainsi que|puis)\b|[&+]", re.IGNORECASE)
_EITHER = re.compile(r"(?<=\w)\W+(?:ou|or)\b", re.IGNORECASE)
"""A "where" that was typed without its accent stands first, an "or" never does."""


def meant(visit: Visit) -> Service | None:
    """Return the service that the message is about: a button's, the one named, or the one talked about so far."""
    chosen = visit.service(visit.entity("service"))
    if chosen:
        return chosen
    first = visit.service((visit.found("service") or {}).get("id"))
    if first is not None and not _ambiguous(visit):
        return first
    if first is None and not visit.found("foreign"):
        return visit.service(visit.slot("service"))
    return None


def meant_together(visit: Visit) -> list[Service]:
    """Return the services named together ("passeport et carte d'identité"); none for one, or for a choice."""
    named = [service for service in map(visit.service, dict.fromkeys(visit.found("mentioned", []))) if service]
    joined = _TOGETHER.search(visit.text) and not _EITHER.search(visit.text)
    return named if joined and len(named) == AT_ONCE else []


def _ambiguous(visit: Visit) -> bool:
    if len(visit.found("mentioned", [])) == 1:
        return False
    ranking = visit.found("services", [])
    return len(ranking) > 1 and ranking[1]["confidence"] >= CLOSE * ranking[0]["confidence"]
