"""The filter of the list of conversations: kept in the address, so that it can be sent, saved and gone back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.accounts.model import Account
from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.conversations.review_queries import about, about_both, annotated, marked, not_reviewed, tagged
from bot.conversations.reviews import AnnotationState, ReviewState
from bot.conversations.transcripts import Among, Filter, Which
from bot.satisfaction.model import Face
from bot.satisfaction.ratings import rated, resolved

FIELDS = (
    "text since until moment service intent confidence fallback score resolved "
    "language handoff turns model review tag annotation"
).split()
CONFIDENCES = {"low": (None, 0.5), "middle": (0.5, 0.8), "high": (0.8, None)}
LENGTHS = {"short": (1, 3), "medium": (4, 10), "long": (11, None)}


@dataclass(frozen=True)
class Wanted:
    """What is looked for: conditions on the log, conditions of other rooms, and the address that tells them."""

    filter: Filter
    among: list[Among]
    values: dict[str, str]

    @property
    def query(self) -> str:
        """The conditions as the query of an address."""
        return urlencode(self.values)


def read_filter(query: Mapping[str, str], account: Account, catalogue: Catalogue, zone: str) -> Wanted:
    """Return what an address asks for, within what the account may see; what makes no sense is left out.

    Args:
        query: of the address.
        account: who looks; one of some offices sees conversations about their services, or about none.
        catalogue: the services and their offices.
        zone: in which days begin.
    """
    values = {name: query[name].strip()[:200] for name in FIELDS if query.get(name, "").strip()}
    low, high = CONFIDENCES.get(values.get("confidence", ""), (None, None))
    shortest, longest = LENGTHS.get(values.get("turns", ""), (None, None))
    until = _day(values.get("until"), zone)
    return Wanted(
        Filter(
            since=_day(values.get("since"), zone),
            until=until + timedelta(days=1) if until else None,
            moment=_among(Moment, values.get("moment")),
            service=values.get("service"),
            intent=values.get("intent"),
            confidence_from=low,
            confidence_below=high,
            fallback=True if values.get("fallback") else None,
            language=values.get("language"),
            model=values.get("model"),
            text=values.get("text", "").replace("\x00", ""),
            turns_from=shortest,
            turns_to=longest,
            handoff=True if values.get("handoff") else None,
        ),
        [*_reviews(values), *readable(account, catalogue, values.get("service"))],
        values,
    )


def own_services(account: Account, catalogue: Catalogue) -> list[str] | None:
    """Return the services that an account may read about; None for all of them."""
    if not account.administrations:
        return None
    return [
        each.id
        for each in catalogue.services.values()
        if account.sees(each.administration) or (each.request and account.sees(each.request.office))
    ]


def own_forms(account: Account, catalogue: Catalogue) -> list[str]:
    """Return the services whose requests come to the offices of an account."""
    return [each.id for each in catalogue.services.values() if each.request and account.sees(each.request.office)]


def readable(account: Account, catalogue: Catalogue, service: str | None = None) -> list[Which]:
    """Return the conditions under which an account may read a conversation, for `Transcripts.page(among=...)`.

    Args:
        account: who reads; one of some offices reads what is about their services, or about none.
        catalogue: the services and their offices.
        service: the one that conversations are looked for by, if any: about one's own, all may be read.
    """
    services = own_services(account, catalogue)
    if services is None or service in services:
        return []
    return [about_both(service, services)] if service else [about(services)]


def _reviews(values: dict[str, str]) -> list[Among]:
    conditions: list[Among] = []
    if values.get("review") == "none":
        conditions.append(not_reviewed)
    elif state := _among(ReviewState, values.get("review")):
        conditions.append(marked(state))
    if values.get("tag"):
        conditions.append(tagged(values["tag"]))
    if judged := _among(AnnotationState, values.get("annotation")):
        conditions.append(annotated(judged))
    if face := next((each for each in Face if each.name.lower() == values.get("score")), None):
        conditions.append(rated([face]))
    if values.get("resolved") in ("yes", "no"):
        conditions.append(resolved(values["resolved"] == "yes"))
    return conditions


def _among(kind: Any, value: str | None) -> Any:
    return kind(value) if value in tuple(kind) else None


def _day(value: str | None, zone: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(value or ""), time(), ZoneInfo(zone))
    except ValueError:
        return None
