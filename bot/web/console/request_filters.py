"""The filter of the inbox of requests: kept in the address, so that it can be sent and gone back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from bot.accounts.model import Account
from bot.catalogue.load import Catalogue
from bot.db import now
from bot.requests.listing import OPEN, Filter, Order
from bot.requests.model import State
from bot.web.console.filters import own_forms

STATES = tuple(state for state in State if state is not State.DRAFT)
FIELDS = ("state", "service", "deadline", "age", "unread", "order", "demo")
DEADLINES = {"late": timedelta(), "day": timedelta(days=1), "week": timedelta(days=7)}
"""An answer was announced within this time from now."""
AGES = {"new": 2, "week": 7, "month": 30, "quarter": 90}
"""Days since the filing: for `new` at most, for the others at least."""


@dataclass(frozen=True)
class Inbox:
    """What is looked for, in what order, and the address that tells it."""

    filter: Filter
    order: Order
    values: dict[str, str]
    own: list[str]

    @property
    def query(self) -> str:
        """The conditions as the query of an address."""
        return urlencode(self.values)


def read_inbox(query: Mapping[str, str], account: Account, catalogue: Catalogue) -> Inbox:
    """Return what an address asks for, within the offices of the account; what makes no sense is left out."""
    values = {name: query[name][:60] for name in FIELDS if query.get(name)}
    if query.get("late"):
        values["deadline"] = "late"  # as older addresses say it
    own = own_forms(account, catalogue)
    state, service = values.get("state", "open"), values.get("service", "")
    states = {"open": OPEN, "all": ()}.get(state) or ((State(state),) if state in STATES else ())
    # What is over is never late: a list that holds it begins with the newest.
    usual = Order.DUE if states and set(states) <= set(OPEN) else Order.NEWEST
    order = Order(values["order"]) if values.get("order") in tuple(Order) else usual
    at, age = now(), values.get("age", "")
    deadline = DEADLINES.get(values.get("deadline", ""))
    filed = at - timedelta(days=AGES[age]) if age in AGES else None
    wanted = Filter(
        states,
        # No service at all is a condition too: an empty one would let everything through.
        (service,) if service in own else tuple(own) or ("-",),
        unread="unread" in values,
        due_before=at + deadline if deadline is not None else None,
        filed_before=filed if age != "new" else None,
        filed_since=filed if age == "new" else None,
        demo="demo" in values,
    )
    return Inbox(wanted, order, values, own)
