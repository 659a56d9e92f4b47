"""The journey as a funnel: how many conversations reach each step. Steps are facts, written once they are over.

A step is a signal of its own (`step_opened`…), one for each conversation or request that reached it, so that it
outlives both, is filtered like every other figure, and is added up by the same totals.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.catalogue.load import Catalogue
from bot.conversations.model import Moment
from bot.conversations.tables import ConversationRow, TurnRow
from bot.db import Base, Database, now
from bot.requests.tables import RequestRow
from bot.satisfaction.facts import Kind, Side
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.totals import Cell

PREFIX = "step_"
STEPS = ("opened", "understood", "started", "filed", "decided")
"""A conversation is opened; its words are about a service that is known; a request is begun, filed, decided."""
ABANDONED_AT = "abandoned_at:"
SETTLED = timedelta(minutes=30)
"""A conversation silent for so long is over, as far as its first steps go."""
LOOKED_BACK = timedelta(days=40)
"""What is older was looked at before."""


@dataclass(frozen=True)
class Step:
    """A step of the journey.

    Attributes:
        n: how many reached it.
        lost: how many of the step before did not.
        share: of those of the step before, how many did; None for the first.
    """

    name: str
    n: int
    lost: int
    share: float | None


def journey(cells: Sequence[Cell]) -> list[Step]:
    """Return the funnel, from the first step to the last.

    A request may be decided in another span than it was filed in, so a step can have more than the one before; nothing
    is called lost then.
    """
    counts = [sum(cell.n for cell in cells if cell.dimension == PREFIX + name) for name in STEPS]
    steps = []
    for place, (name, n) in enumerate(zip(STEPS, counts, strict=True)):
        before = counts[place - 1] if place else 0
        share = min(1.0, n / before) if place and before else None
        steps.append(Step(name, n, max(0, before - n) if place else 0, share))
    return steps


def lost_at(cells: Sequence[Cell]) -> list[tuple[str, int]]:
    """Return the fields of forms at which people left, and how many did, the most first."""
    fields: Counter[str] = Counter()
    for cell in cells:
        if cell.dimension.startswith(ABANDONED_AT):
            fields[cell.dimension.removeprefix(ABANDONED_AT)] += cell.n
    return fields.most_common(10)


class Journeys:
    """Writes the steps that conversations and requests have reached.

    Args:
        database: where they are.
        catalogue: tells whose a service is.
    """

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._administrations = {name: service.administration for name, service in catalogue.services.items()}

    async def note(self) -> str:
        """Write each step that is not written yet, once; say how many, or "" when there is nothing new."""
        written = 0
        for name in STEPS:
            async with self._database.transaction() as connection:
                steps = insert(_FACTS).from_select(list(_COLUMNS), self._reached(name))
                written += (await connection.execute(steps, execution_options={"preserve_rowcount": True})).rowcount
        return f"{written} steps" if written else ""

    def _reached(self, name: str) -> Select[tuple[object, ...]]:
        reached = _reached(name, now()).subquery()
        administration = case(self._administrations, value=reached.c.service, else_=None)
        columns = [administration if each == "administration" else reached.c[each] for each in _COLUMNS]
        return select(*columns)


_FACTS = Base.metadata.tables["facts"]
_COLUMNS = (
    "at kind side moment service administration channel language dimension value scale conversation_id request_id demo"
).split()
_CHANNEL = case((ConversationRow.origin.is_(None), "api"), (ConversationRow.origin == "plain", "plain"), else_="widget")


def _reached(name: str, at: datetime) -> Select[tuple[object, ...]]:
    """Return the facts of a step that are to be written."""
    if name in ("opened", "understood"):
        return _of_conversations(name, at)
    when: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None] = {
        "started": RequestRow.created_at,
        "filed": RequestRow.filed_at,
        "decided": RequestRow.decided_at,
    }[name]
    moment = Moment.OUTCOME if name == "decided" else Moment.SUBMISSION
    return (
        _fact(name, moment, when, RequestRow.service, RequestRow.language, RequestRow.conversation_id, RequestRow.id)
        .select_from(RequestRow)
        .outerjoin(ConversationRow, ConversationRow.id == RequestRow.conversation_id)
        .where(when > at - LOOKED_BACK, ~RequestRow.demo, ~_written(name, FactRow.request_id == RequestRow.id))
    )


def _of_conversations(name: str, at: datetime) -> Select[tuple[object, ...]]:
    service = (
        select(TurnRow.service)
        .where(TurnRow.conversation_id == ConversationRow.id, TurnRow.service.is_not(None))
        .order_by(TurnRow.number)
        .limit(1)
        .scalar_subquery()
    )
    created = ConversationRow.created_at
    query = (
        _fact(name, Moment.INFORMATION, created, service, ConversationRow.language, ConversationRow.id, None)
        .select_from(ConversationRow)
        .where(
            ConversationRow.turns > 0,
            ConversationRow.last_at < at - SETTLED,
            ConversationRow.last_at > at - LOOKED_BACK,
            ~_written(name, FactRow.conversation_id == ConversationRow.id),
        )
    )
    return query.where(service.is_not(None)) if name == "understood" else query


def _fact(
    name: str, moment: Moment, when: object, service: object, language: object, conversation: object, request: object
) -> Select[tuple[object, ...]]:
    columns: dict[str, Any] = {
        "at": when,
        "kind": literal(str(Kind.SIGNAL)),
        "side": literal(str(Side.CITIZEN)),
        "moment": literal(str(moment)),
        "service": service,
        "channel": _CHANNEL,
        "language": language,
        "dimension": literal(PREFIX + name),
        "value": literal(1.0),
        "scale": literal("count"),
        "conversation_id": conversation,
        "request_id": request if request is not None else func.nullif(literal("", String), ""),
        "demo": literal(False),
    }
    return select(*(column.label(name) for name, column in columns.items()))


def _written(name: str, same: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(FactRow.id).where(and_(same, FactRow.dimension == PREFIX + name)))
