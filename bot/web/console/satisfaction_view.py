"""What a page of satisfaction looks at: the span and the conditions that its address tells, within what one may see."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.accounts.sessions import Session
from bot.conversations.model import Moment
from bot.db import now
from bot.satisfaction.dashboard import span_before
from bot.satisfaction.totals import Scope
from bot.web.console.filters import own_services
from bot.web.console.keys import TOTALS
from bot.web.keys import CATALOGUE, SETTINGS

HOME = "/console/satisfaction"
PERIODS = {"30": 30, "90": 90, "365": 365}
CHANNELS = ("widget", "plain", "api", "email", "console")
FIELDS = ("period", "until", "moment", "service", "channel", "language", "real")


@dataclass(frozen=True)
class View:
    """A span of days and the facts that are meant.

    Attributes:
        before: the span of as many days before it, with which it is compared.
        scope: which facts.
        values: the conditions of the address that differ from none.
        services: those that the account may choose.
        has_demo: whether a demonstration is there.
    """

    since: date
    until: date
    before: tuple[date, date]
    scope: Scope
    values: dict[str, str]
    services: tuple[str, ...]
    has_demo: bool

    @property
    def query(self) -> str:
        """The conditions as the query of an address."""
        return urlencode(self.values)

    def within(self, **more: str) -> str:
        """Return the query with further conditions; an empty one is taken away."""
        return urlencode({name: value for name, value in (self.values | more).items() if value})


async def read_view(request: web.Request, session: Session) -> View:
    """Return what an address asks for; what makes no sense is left out.

    While a demonstration is loaded it is what is shown, unless `real` is asked for: made-up and real figures are
    never added up.
    """
    query, catalogue = request.query, request.app[CATALOGUE]
    own = own_services(session.account, catalogue)
    services = tuple(own) if own is not None else tuple(catalogue.services)
    has_demo = await request.app[TOTALS].has_demo()
    allowed = {
        "period": tuple(PERIODS),
        "moment": tuple(map(str, Moment)),
        "service": services,
        "channel": CHANNELS,
        "language": ("fr", "en"),
        "real": ("1",) if has_demo else (),
    }
    values = {name: query[name] for name, known in allowed.items() if query.get(name) in known}
    today = now().astimezone(ZoneInfo(request.app[SETTINGS].timezone)).date()
    until = _day(query.get("until", ""), today)
    if until != today:
        values["until"] = until.isoformat()
    since = until - timedelta(days=PERIODS[values.get("period", "30")] - 1)
    scope = Scope(
        moment=values.get("moment", ""),
        service=values.get("service", ""),
        channel=values.get("channel", ""),
        language=values.get("language", ""),
        services=services if own is not None else None,
        demo=has_demo and "real" not in values,
    )
    return View(since, until, span_before(since, until), scope, values, services, has_demo)


def _day(value: str, today: date) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return today
    # Far from now there is nothing, and the arithmetic of days would leave the calendar.
    return day if date(2000, 1, 1) <= day <= today else today
