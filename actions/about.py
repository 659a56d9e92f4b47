"""About which service: what was named, what a button says, what was talked about so far."""

import re

from actions.visit import Visit
from bot.catalogue.form import RequestForm
from bot.catalogue.model import Service
from bot.requests.fields_named import named_in
from bot.words import fold

CLOSE = 0.6
"""A second service is hesitated with when its confidence is at least this part of the first one's."""
AT_ONCE = 2
"""Services that one message may ask about: the answer to more is not read."""
_NAMELESS = re.compile(
    r"comment (?:ca|cela|il|elle) s'appelle|(?:sais|connais|rappelle|trouve) (?:pas|plus) (?:le|du|son) (?:\w+ )?nom\b|"
    r"(?:what it(?: i|')s called|(?:forgot|do(?: no|n')t know|do(?: no|n')t remember) (?:the|its) name)"
)
"""The person does not know what it is called: what was named with it is a hint, and the choice is theirs."""
_SIGNED = re.compile(r"[&+]")
_OTHER_PERSON = re.compile(
    r"^\W*(?:et|and|sinon|then)\b(?: (?:si c'est|if it is))?(?: (?:pour|for|a|de))? "
    r"(?:(?:mon|ma|mes|my|un|une|le|la|les|a|the) )?(?:\w+ )?"
    r"(?:moi|fils|fille|enfants?|bebe|ado|mari|femme|conjointe?|mere|pere|parents|frere|s(?:oe|œ)ur|mineure?s?|adultes?|me|"
    r"son|daughter|child|children|baby|husband|wife|mother|father|parents|brother|sister|adults?|minors?|teenager)"
    r"(?:,? (?:(?:de|qui a|elle a|il a|aged|who is|is) )?(?:\d{1,3}|\w+ (?=ans|mois|year|month))"
    r"(?: ?(?:ans|mois|years?(?: old)?|months?))?)?\W*$"
)
"""Somebody else, and nothing more: "et pour ma fille de 16 ans ?" asks the same of what was talked about."""
_EITHER = re.compile(r"(?<=\w)\W+(?:ou|or)\b", re.IGNORECASE)
"""A "where" that was typed without its accent stands first, an "or" never does."""


def meant(visit: Visit) -> Service | None:
    """Return the service that the message is about: a button's, the one named, or the one talked about so far."""
    chosen = visit.service(visit.entity("service"))
    if chosen:
        return chosen
    if _NAMELESS.search(fold(visit.text)):
        return None
    if visit.slot("service") and _OTHER_PERSON.match(fold(visit.text)):
        return visit.service(visit.slot("service"))
    first = visit.service((visit.found("service") or {}).get("id"))
    if first is not None and not _ambiguous(visit):
        return first
    if first is None and not visit.found("foreign"):
        return visit.service(visit.slot("service"))
    return None


def meant_together(visit: Visit) -> list[Service]:
    """Return the services named together ("passeport et carte d'identité"); none for one, or for a choice."""
    signed = visit.found("mentioned", []) if _SIGNED.search(visit.text) else []
    named = [service for service in map(visit.service, visit.found("joined", []) or signed) if service]
    return named if len(named) == AT_ONCE and not _EITHER.search(visit.text) else []


def named_several(visit: Visit) -> list[Service]:
    """Return the services of a list ("volés : passeport, permis et carte Vitale"); none for one, or for a choice."""
    mentioned = visit.found("mentioned", [])
    named = [service for service in map(visit.service, mentioned) if service]
    listed = len(named) > AT_ONCE or len(visit.found("joined", [])) == len(named) == AT_ONCE
    return named if listed and not visit.entity("service") and not _EITHER.search(visit.text) else []


def names_another(visit: Visit, service_id: str, form: RequestForm) -> bool:
    """Return whether a message said in a form names one other service outright ("c'est un permis qu'il me faut").

    "Change the first names" is about an answer of the form, whatever other service is called so.
    """
    if named_in(visit.text, form.fields, visit.language):
        return False
    found = visit.service((visit.found("service") or {}).get("id"))
    return found is not None and visit.found("mentioned", []) == [found.id] and found.id != service_id


def _ambiguous(visit: Visit) -> bool:
    mentioned = visit.found("mentioned", [])
    if len(mentioned) == 1:
        return False
    if len(mentioned) == AT_ONCE and _EITHER.search(visit.text):
        return True
    ranking = visit.found("services", [])
    return len(ranking) > 1 and ranking[1]["confidence"] >= CLOSE * ranking[0]["confidence"]
