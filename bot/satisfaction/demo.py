"""A believable year for a demonstration: facts and words, all marked as made up, which can be taken away again.

The story: information pleases, the outcome less; for five months the birth certificate has been clearer (an action was
done); for three weeks housing benefit has been getting worse, which rings an alert. Everything follows from the seed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.db import Database
from bot.errors import Conflict
from bot.satisfaction.demo_words import COMMENTS
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.totals import MARK
from bot.satisfaction.totals_tables import TotalRow

DAYS = 365
VISITS = 32
"""Visits on a weekday in the middle of the year; a fifth on other days."""
SERVICES = {
    "passport": 5, "identity-card": 5, "birth-certificate": 4, "housing-benefit": 4, "vehicle-registration": 3,
    "street-report": 2, "tax-return": 2,
}  # fmt: skip
"""Services and how much they are asked about; those that the catalogue does not have are left out."""
BETTER, WORSE = "birth-certificate", "housing-benefit"
CLEARER_SINCE, WORSE_SINCE = 150, 21
"""Days before the last at which the story turns."""
MODEL = "demonstration"


@dataclass
class _Day:
    facts: list[Fact] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)


async def fill(
    database: Database, catalogue: Catalogue, today: date, zone: str, *, days: int = DAYS, seed: int = 11
) -> tuple[int, int]:
    """Write a year, or fewer days, up to a day; return how many facts and answers these are.

    Raises:
        Conflict: there is a demonstration already.
    """
    async with database.reading() as session:
        if (await session.execute(select(FactRow.id).where(FactRow.demo).limit(1))).first() is not None:
            raise Conflict("There is a demonstration already: `guichet demo --remove` takes it away.")
    store = FactStore(database)
    facts = comments = 0
    draw = random.Random(seed)  # noqa: S311 - for show
    for made in _year(catalogue, today, ZoneInfo(zone), draw, days):
        async with database.writing() as session:
            await store.add(session, made.facts)
            if made.comments:
                await session.execute(insert(FeedbackRow), made.comments)
        facts, comments = facts + len(made.facts), comments + len(made.comments)
    return facts, comments


async def remove(database: Database) -> None:
    """Take the demonstration away: facts, words and totals."""
    async with database.writing() as session:
        for table in (FactRow, FeedbackRow, TotalRow):
            await session.execute(delete(table).where(table.demo))
        # SQLite gives the numbers of the last rows again: what is written under them is new to the totals.
        last = select(func.coalesce(func.max(FactRow.id), 0)).scalar_subquery()
        await session.execute(update(FactMarkRow).where(FactMarkRow.source == MARK).values(upto=last))


def _year(catalogue: Catalogue, today: date, zone: ZoneInfo, draw: random.Random, days: int) -> Iterator[_Day]:
    services = {name: weight for name, weight in SERVICES.items() if name in catalogue.services}
    for number in range(days, -1, -1):
        day = today - timedelta(days=number)
        made = _Day()
        usual = VISITS * (1.25 - 0.5 * number / DAYS) * (0.2 if day.weekday() >= 5 else 1)
        for _ in range(max(1, round(draw.gauss(usual, usual**0.5)))):
            at = datetime.combine(day, time(6), zone) + timedelta(seconds=draw.triangular(0, 16 * 3600, 4 * 3600))
            service = draw.choices(list(services), list(services.values()))[0]
            _visit(made, draw, at, service, catalogue.services[service].administration, number)
        if day.day == 1:
            # Of the first instant of the month, as `agents.py` writes them.
            _agents(made, draw, datetime.combine(day, time(), zone))
        yield made


def _visit(made: _Day, draw: random.Random, at: datetime, service: str, administration: str, before: int) -> None:
    """Add what one visit leaves: its signals, its steps, and the answers of those who give some."""
    visitor = _Visitor(made, draw, at, service, administration)
    better = service == BETTER and before < CLEARER_SINCE
    worse = service == WORSE and before < WORSE_SINCE
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
        if draw.random() < 0.35:
            _form(visitor, worse=worse)
        elif draw.random() < 0.16:
            visitor.answers(Moment.INFORMATION, 0.5 if worse else 0.9 if better else 0.78)
    visitor.signal(Moment.INFORMATION, "resolved_without_recontact", float(draw.random() > 1.6 * lost), "yes-no")


def _form(visitor: "_Visitor", *, worse: bool) -> None:
    draw = visitor.draw
    visitor.step("started", Moment.SUBMISSION)
    left = draw.random() < (0.38 if worse else 0.22)
    visitor.signal(Moment.SUBMISSION, "abandonment", float(left), "yes-no")
    if left:
        place = draw.choice(("proof_of_address", "proof_of_address", "birth_date", "email", "income"))
        visitor.signal(Moment.SUBMISSION, f"abandoned_at:{place}", 1.0, "count")
        return
    visitor.step("filed", Moment.SUBMISSION)
    if draw.random() < 0.2:
        visitor.answers(Moment.SUBMISSION, 0.5 if worse else 0.74)
    late = draw.random() < (0.3 if worse else 0.09)
    if draw.random() < 0.12:
        visitor.signal(Moment.SUBMISSION, "correction", 1.0, "count")
    if draw.random() < 0.85:
        visitor.step("decided", Moment.OUTCOME)
        visitor.signal(Moment.OUTCOME, "late", float(late), "yes-no")
        visitor.signal(Moment.OUTCOME, "decision_time", 86400 * draw.lognormvariate(2, 0.4), "seconds")
        if draw.random() < 0.14:
            visitor.answers(Moment.USE, 0.7)
        if draw.random() < 0.2:
            visitor.answers(Moment.OUTCOME, 0.35 if worse else 0.5 if late else 0.68)


@dataclass
class _Visitor:
    made: _Day
    draw: random.Random
    at: datetime
    service: str
    administration: str

    def __post_init__(self) -> None:
        self.channel = self.draw.choices(("widget", "plain", "api"), (85, 10, 5))[0]
        self.language = "en" if self.draw.random() < 0.06 else "fr"

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
        if draw.random() < 0.45:
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
            {"conversation_id": None, "moment": str(moment), "subject": "", "service": self.service, "note": face,
             "comment": comment, "at": self.at, "demo": True}
        )  # fmt: skip

    def _grade(self, face: int) -> float:
        return float(min(5, max(1, round(self.draw.gauss(1.8 + 0.27 * face, 0.9)))))

    def _add(self, kind: Kind, moment: Moment, dimension: str, value: float, scale: str) -> None:
        whose = (moment, self.service, self.administration, self.channel, self.language)
        said = (dimension, float(value), scale)
        self.made.facts.append(Fact(self.at, kind, Side.CITIZEN, *whose, *said, model=MODEL, demo=True))


def _agents(made: _Day, draw: random.Random, at: datetime) -> None:
    """Add the monthly answers of nine agents about the same dimensions."""
    whose = ("", None, None, "console", "fr")
    for _ in range(9):
        for dimension in "autonomy ease environment trust consideration value listening courtesy".split():
            grade = float(min(5, max(1, round(draw.gauss(3.0 if dimension == "environment" else 3.7, 0.9)))))
            made.facts.append(Fact(at, Kind.ANSWER, Side.AGENT, *whose, dimension, grade, "1-5", demo=True))
