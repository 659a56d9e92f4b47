"""A believable year for a demonstration: facts, words and requests, marked as made up, which can be taken away again.

The story: information pleases, the outcome less; for five months the birth certificate has been clearer (an action was
done); for three weeks permits to park have been getting worse, which rings an alert. Everything follows from the seed.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update

from bot.catalogue.load import Catalogue
from bot.catalogue.model import RequestForm, Service
from bot.conversations.model import Moment
from bot.db import Database
from bot.errors import Conflict
from bot.privacy.encryption import Cipher
from bot.requests.demo import MadeUp, add, make_up
from bot.requests.demo import remove as remove_requests
from bot.requests.events import Kind as EventKind
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.satisfaction.demo_words import COMMENTS
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.totals_tables import CellRow
from bot.satisfaction.totals_write import MARK

DAYS = 365
VISITS = 32
"""Visits on a weekday in the middle of the year; a fifth on other days."""
SERVICES = {
    "passport": 4, "identity-card": 4, "vehicle-registration": 2, "housing-benefit": 2, "birth-certificate": 4,
    "resident-parking": 4, "street-problem": 3, "bulky-waste": 3, "school-canteen": 3, "electoral-roll": 2,
}  # fmt: skip
"""Services and how much they are asked about, some without a form; those that the catalogue lacks are left out."""
BETTER, WORSE = "birth-certificate", "resident-parking"
CLEARER_SINCE, WORSE_SINCE = 150, 21
"""Days before the last at which the story turns."""
LEFT_AT = "address"
"""The question at which most leave, where it is asked."""
MODEL = "demonstration"


@dataclass
class Day:
    """What the visits of one day leave, then and later: facts, rows of what was answered in words, and requests."""

    facts: list[Fact] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[MadeUp] = field(default_factory=list)


@dataclass(frozen=True)
class Filled:
    """How much was made up."""

    facts: int
    opinions: int
    requests: int


async def fill(
    database: Database, cipher: Cipher, catalogue: Catalogue, today: date, zone: str, *, days: int = DAYS,
    seed: int = 11,
) -> Filled:  # fmt: skip
    """Write a year, or fewer days, up to the evening before a day; return how much that is.

    Raises:
        Conflict: there is a demonstration already.
    """
    async with database.reading() as session:
        if (await session.execute(select(FactRow.id).where(FactRow.demo).limit(1))).first() is not None:
            raise Conflict("There is a demonstration already: `guichet demo --remove` takes it away.")
    store = FactStore(database)
    forms = {name: service.request for name, service in catalogue.services.items() if service.request}
    facts = requests = 0
    comments: list[dict[str, Any]] = []
    draw = random.Random(seed)  # noqa: S311 - for show
    for made in year(catalogue, today, ZoneInfo(zone), draw, days):
        async with database.writing() as session:
            await store.add(session, made.facts)
            await add(session, cipher, forms, made.requests)
        facts, requests = facts + len(made.facts), requests + len(made.requests)
        comments += made.comments
    async with database.writing() as session:
        # Pages list opinions by their numbers, the newest first: some were given long after the visit.
        await session.execute(insert(FeedbackRow), sorted(comments, key=lambda each: each["at"]))
    return Filled(facts, len(comments), requests)


async def remove(database: Database) -> None:
    """Take the demonstration away: facts, words, totals and requests."""
    async with database.writing() as session:
        await remove_requests(session)
        for table in (FactRow, FeedbackRow, CellRow):
            await session.execute(delete(table).where(table.demo))
        # SQLite gives the numbers of the last rows again: what is written under them is new to the totals.
        last = select(func.coalesce(func.max(FactRow.id), 0)).scalar_subquery()
        await session.execute(update(FactMarkRow).where(FactMarkRow.source == MARK).values(upto=last))


def year(
    catalogue: Catalogue,
    today: date,
    zone: ZoneInfo,
    draw: random.Random,
    days: int,
    weights: Mapping[str, float] = SERVICES,
    visits: float = VISITS,
) -> Iterator[Day]:
    """Yield the days of a year, or fewer, up to the one before a day.

    Args:
        catalogue: whose services are asked about.
        today: the day after the last one; nothing is made up after its first instant.
        zone: in which days begin.
        draw: from which everything follows.
        days: how many.
        weights: how much each service is asked about.
        visits: those of a weekday in the middle of the year.
    """
    services = {name: weight for name, weight in weights.items() if name in catalogue.services}
    for number in range(days, 0, -1):
        day = today - timedelta(days=number)
        made = Day()
        usual = visits * (1.25 - 0.5 * number / DAYS) * (0.2 if day.weekday() >= 5 else 1)
        for _ in range(max(1, round(draw.gauss(usual, usual**0.5)))):
            at = datetime.combine(day, time(6), zone) + timedelta(seconds=draw.triangular(0, 16 * 3600, 4 * 3600))
            service = draw.choices(list(services), list(services.values()))[0]
            _visit(_Visitor(made, draw, at, catalogue.services[service], today, zone), number)
        if day.day == 1:
            # Of the first instant of the month, as `agents.py` writes them.
            _agents(made, draw, datetime.combine(day, time(), zone))
        yield made


def _visit(visitor: "_Visitor", before: int) -> None:
    """Add what one visit leaves: its signals, its steps, and the answers of those who give some."""
    draw, service = visitor.draw, visitor.service
    better = service.id == BETTER and before < CLEARER_SINCE
    worse = service.id == WORSE and before < WORSE_SINCE
    lost = 0.16 if worse else 0.05 if better else 0.09
    turns = max(1, round(draw.lognormvariate(1.2, 0.6)))
    fallbacks = sum(draw.random() < lost for _ in range(turns))
    for dimension, value, scale in (
        ("turns", turns, "count"),
        ("fallback", fallbacks, "count"),
        ("rephrasing", min(fallbacks, int(draw.random() < 0.6)), "count"),
        ("repetition", float(draw.random() < 0.5 * lost), "count"),
        ("handoff_asked", float(draw.random() < 0.04 + lost / 4), "yes-no"),
        ("distress", float(draw.random() < 0.004), "yes-no"),
        ("time_to_answer", draw.lognormvariate(-4, 0.3), "seconds"),
    ):
        visitor.signal(Moment.INFORMATION, dimension, value, scale)
    visitor.step("opened", Moment.INFORMATION)
    if draw.random() < 0.92:
        visitor.step("understood", Moment.INFORMATION)
        if service.request and draw.random() < 0.5:
            slow = service.id == WORSE and before < WORSE_SINCE + service.request.delay_days
            _form(visitor, service.request, worse=worse, slow=slow)
        elif draw.random() < 0.35:
            visitor.answers(Moment.INFORMATION, 0.5 if worse else 0.9 if better else 0.78)
    visitor.signal(Moment.INFORMATION, "resolved_without_recontact", float(draw.random() > 1.6 * lost), "yes-no")


def _form(visitor: "_Visitor", form: RequestForm, *, worse: bool, slow: bool) -> None:
    draw = visitor.draw
    visitor.step("started", Moment.SUBMISSION)
    left = draw.random() < (0.38 if worse else 0.22)
    visitor.signal(Moment.SUBMISSION, "abandonment", float(left), "yes-no")
    if left:
        names = [each.id for each in form.fields]
        place = draw.choices(names, [5 if name == LEFT_AT else 1 for name in names])[0]
        visitor.signal(Moment.SUBMISSION, f"abandoned_at:{place}", 1.0, "count")
        return
    late, correction = draw.random() < (0.35 if slow else 0.09), draw.random() < 0.12
    made = visitor.files(form, late=late, correction=correction)
    visitor.step("filed", Moment.SUBMISSION)
    if draw.random() < 0.8:
        visitor.answers(Moment.SUBMISSION, 0.5 if worse else 0.74)
    for event in made.events[2:]:
        visitor.later(event.at)
        if event.kind is not EventKind.STATE or event.actor is Actor.CITIZEN:
            continue
        if event.state is State.TO_COMPLETE:
            visitor.signal(Moment.USE, "correction", 1.0, "count")
        elif event.state is State.EXAMINED and draw.random() < 0.6:
            visitor.answers(Moment.USE, 0.7)
    if made.due_at < (made.decided_at or visitor.end):
        visitor.later(made.due_at)
        visitor.signal(Moment.OUTCOME, "late", 1.0, "yes-no")
    if made.decided_at is not None:
        visitor.later(made.decided_at)
        visitor.step("decided", Moment.OUTCOME)
        if made.decided_at <= made.due_at:
            visitor.signal(Moment.OUTCOME, "late", 0.0, "yes-no")
        seconds = (made.decided_at - made.filed_at).total_seconds()
        visitor.signal(Moment.OUTCOME, "decision_time", seconds, "seconds")
        if draw.random() < 0.7:
            visitor.answers(Moment.OUTCOME, 0.35 if slow else 0.5 if late else 0.68)


@dataclass
class _Visitor:
    made: Day
    draw: random.Random
    at: datetime
    service: Service
    today: date
    zone: ZoneInfo

    def __post_init__(self) -> None:
        self.channel = self.draw.choices(("widget", "plain", "api"), (85, 10, 5))[0]
        self.language = "en" if self.draw.random() < 0.06 else "fr"
        self.end = datetime.combine(self.today, time(), self.zone)
        self.asked_by, self.request = self.channel, ""

    def files(self, form: RequestForm, *, late: bool, correction: bool) -> MadeUp:
        """Add a request, of which what follows speaks."""
        whose = (self.draw, self.service.id, form, self.language, self.at, self.end)
        filed = make_up(*whose, late=late, correction=correction)
        self.made.requests.append(filed)
        self.request = filed.id
        return filed

    def later(self, at: datetime) -> None:
        """Go on at a later time, at which one is asked by e-mail."""
        self.at, self.asked_by = at, "email"

    def signal(self, moment: Moment, dimension: str, value: float, scale: str) -> None:
        """Add something observed."""
        self._add(Kind.SIGNAL, moment, dimension, value, scale)

    def step(self, name: str, moment: Moment) -> None:
        """Add a step of the journey."""
        self.signal(moment, f"step_{name}", 1.0, "count")

    def answers(self, moment: Moment, pleased: float) -> None:
        """Add that it was asked how it went, and what those said who answered: the happier, the better the grades."""
        self.signal(moment, "asked", 1.0, "count")
        draw = self.draw
        if draw.random() < 0.68:
            return
        face = 10 if draw.random() < pleased else 5 if draw.random() < 0.5 else 0
        self._add(Kind.ANSWER, moment, "satisfaction", face, "0-10")
        if draw.random() < 0.6:
            helped = draw.random() < 0.3
            self._add(Kind.ANSWER, moment, "clarity", self._grade(face), "1-5")
            self._add(Kind.ANSWER, moment, "help_tried", float(helped), "yes-no")
            if helped:
                self._add(Kind.ANSWER, moment, "help_found", float(draw.random() < 0.35 + face / 20), "yes-no")
                self._add(Kind.ANSWER, moment, "reached", float(draw.random() < 0.6), "yes-no")
            self._add(Kind.ANSWER, moment, "resolved", float(draw.random() < 0.4 + face / 18), "yes-no")
            self._add(Kind.ANSWER, moment, "ease", self._grade(face), "1-5")
            quality = draw.choice(("environment", "trust", "consideration", "value", "listening", "courtesy"))
            self._add(Kind.ANSWER, moment, quality, self._grade(face), "1-5")
        comment = draw.choice(COMMENTS[face]) if draw.random() < 0.35 else None
        self.made.comments.append(
            {"conversation_id": None, "moment": str(moment), "subject": self.request, "service": self.service.id,
             "note": face, "comment": comment, "at": self.at, "demo": True}
        )  # fmt: skip

    def _grade(self, face: int) -> float:
        return float(min(5, max(1, round(self.draw.gauss(1.8 + 0.27 * face, 0.9)))))

    def _add(self, kind: Kind, moment: Moment, dimension: str, value: float, scale: str) -> None:
        # What is asked later is asked by e-mail; what is observed keeps the door of the visit.
        channel = self.channel if kind is Kind.SIGNAL and dimension != "asked" else self.asked_by
        whose = (moment, self.service.id, self.service.administration, channel, self.language)
        links: dict[str, Any] = {"request_id": self.request or None, "model": MODEL, "demo": True}
        self.made.facts.append(Fact(self.at, kind, Side.CITIZEN, *whose, dimension, float(value), scale, **links))


def _agents(made: Day, draw: random.Random, at: datetime) -> None:
    """Add the monthly answers of nine agents about the same dimensions."""
    whose = ("", None, None, "console", "fr")
    for _ in range(9):
        for dimension in "autonomy ease environment trust consideration value listening courtesy".split():
            grade = float(min(5, max(1, round(draw.gauss(3.0 if dimension == "environment" else 3.7, 0.9)))))
            made.facts.append(Fact(at, Kind.ANSWER, Side.AGENT, *whose, dimension, grade, "1-5", demo=True))
