"""Reads handoffs, requests and recontacts and gives their signals."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.catalogue.load import Catalogue
from bot.conversations.handoff_tables import HandoffEventRow, HandoffRow
from bot.conversations.model import Moment
from bot.conversations.tables import ConversationRow
from bot.requests.casework import DECISIONS
from bot.requests.events import Kind as EventKind
from bot.requests.model import State
from bot.requests.tables import ContactRow, RequestEventRow, RequestRow
from bot.satisfaction import signals_after as signals
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.store import channel_of

if TYPE_CHECKING:
    from bot.satisfaction.gather import Batch

OPEN = (State.FILED, State.TO_COMPLETE, State.EXAMINED)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def waits(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return how long citizens waited who were taken in a batch of events of handoffs, and the new mark."""
    rows, upto = await _ready(
        session,
        batch,
        HandoffEventRow,
        select(HandoffEventRow, HandoffRow, ConversationRow.origin)
        .join(HandoffRow, HandoffRow.id == HandoffEventRow.handoff_id)
        .join(ConversationRow, ConversationRow.id == HandoffRow.conversation_id),
    )
    facts = []
    for event, handoff, origin in rows:
        # One who is transferred is taken twice, and waited first.
        if event.kind == "claimed" and not await _claimed_before(session, event):
            waited = signals.wait(handoff.asked_at, event.at)
            about = (Moment.INFORMATION, handoff.service, handoff.administration, channel_of(origin), handoff.language)
            facts.append(_fact(event.at, about, "wait", waited, "seconds", handoff.conversation_id))
    return facts, upto


async def request_events(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return what a batch of events says of requests: completions, decisions and whether they came late."""
    joined = select(RequestEventRow, RequestRow, ConversationRow.origin).join(
        RequestRow, and_(RequestRow.id == RequestEventRow.request_id, ~RequestRow.demo)
    )
    joined = joined.outerjoin(ConversationRow, ConversationRow.id == RequestRow.conversation_id)
    rows, upto = await _ready(session, batch, RequestEventRow, joined)
    facts: list[Fact] = []
    late_said: set[str] = set()
    for event, request, origin in rows:
        if event.kind != EventKind.STATE:
            continue
        about = _about(request, catalogue, origin)
        ids = (request.conversation_id, request.id)
        if event.state == State.TO_COMPLETE:
            before = await session.scalar(select(func.count()).where(_completions(event)))
            facts.append(_fact(event.at, about, "correction", signals.correction(before or 0), "count", *ids))
        elif event.state in DECISIONS and request.filed_at is not None:
            outcome = (Moment.OUTCOME, *about[1:])
            taken = signals.decision_time(request.filed_at, event.at)
            facts.append(_fact(event.at, outcome, "decision_time", taken, "seconds", *ids))
            if request.due_at and request.id not in late_said and not await _late_said(session, request.id):
                late = signals.late(request.due_at, event.at)
                facts.append(_fact(event.at, outcome, "late", late, "yes-no", *ids))
                late_said.add(request.id)
    return facts, upto


async def late_requests(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return the requests that were still open when their day was over; the mark is that day, in microseconds."""
    since = _EPOCH + batch.mark * _MICROSECOND
    query = (
        select(RequestRow, ConversationRow.origin)
        .outerjoin(ConversationRow, ConversationRow.id == RequestRow.conversation_id)
        .where(
            RequestRow.due_at > since, RequestRow.due_at <= batch.before, RequestRow.state.in_(OPEN), ~RequestRow.demo
        )
        .where(~exists().where(FactRow.request_id == RequestRow.id, FactRow.dimension == "late"))
        .order_by(RequestRow.due_at, RequestRow.id)
    )
    facts = [
        _fact(
            request.due_at,
            (Moment.OUTCOME, *_about(request, catalogue, origin)[1:]),
            "late",
            signals.late(request.due_at, None),
            "yes-no",
            request.conversation_id,
            request.id,
        )
        for request, origin in (await session.execute(query)).all()
    ]
    return facts, (max(fact.at for fact in facts) - _EPOCH) // _MICROSECOND if facts else batch.mark


async def recontacts(session: AsyncSession, batch: "Batch", catalogue: Catalogue) -> tuple[list[Fact], int]:
    """Return who came again within seven days, from a batch of contacts, and the new mark."""
    joined = select(ContactRow, RequestRow, ConversationRow.origin).outerjoin(
        RequestRow, RequestRow.id == ContactRow.request_id
    )
    joined = joined.outerjoin(ConversationRow, ConversationRow.id == RequestRow.conversation_id)
    rows, upto = await _ready(session, batch, ContactRow, joined)
    facts = []
    for contact, request, origin in rows:
        if contact.hours_since is None or not signals.recontact(contact.hours_since):
            continue
        service = catalogue.services.get(contact.service)
        administration = service.administration if service else None
        language = request.language if request else "fr"
        about = (Moment.USE, contact.service, administration, channel_of(origin), language)
        ids = (request.conversation_id if request else None, contact.request_id)
        facts.append(_fact(contact.at, about, "recontact", 1.0, "count", *ids))
    return facts, upto


async def _ready(session: AsyncSession, batch: "Batch", table: Any, joined: Any) -> tuple[list[Any], int]:
    """Return the rows of a batch that are old enough, and the new mark."""
    rows = (await session.execute(joined.where(table.id > batch.mark).order_by(table.id).limit(batch.size))).all()
    young = next((place for place, row in enumerate(rows) if row[0].at > batch.before), len(rows))
    ready = [tuple(row) for row in rows[:young]]
    return ready, ready[-1][0].id if ready else batch.mark


async def _claimed_before(session: AsyncSession, event: HandoffEventRow) -> bool:
    earlier = and_(HandoffEventRow.handoff_id == event.handoff_id, HandoffEventRow.id < event.id)
    query = select(HandoffEventRow.id).where(earlier, HandoffEventRow.kind == "claimed").limit(1)
    return (await session.execute(query)).first() is not None


def _completions(event: RequestEventRow) -> Any:
    same = and_(RequestEventRow.request_id == event.request_id, RequestEventRow.number < event.number)
    return and_(same, RequestEventRow.kind == EventKind.STATE, RequestEventRow.state == State.TO_COMPLETE)


async def _late_said(session: AsyncSession, request_id: str) -> bool:
    query = select(FactRow.id).where(FactRow.request_id == request_id, FactRow.dimension == "late").limit(1)
    return (await session.execute(query)).first() is not None


About = tuple[Moment, str | None, str | None, str, str]
"""Moment, service, administration, channel and language."""


def _about(request: RequestRow, catalogue: Catalogue, origin: str | None) -> About:
    service = catalogue.services.get(request.service)
    administration = service.administration if service else None
    return Moment.USE, request.service, administration, channel_of(origin), request.language


def _fact(
    at: datetime,
    about: About,
    dimension: str,
    value: float,
    scale: str,
    conversation_id: str | None = None,
    request_id: str | None = None,
) -> Fact:
    return Fact(
        at,
        Kind.SIGNAL,
        Side.CITIZEN,
        *about,
        dimension,
        value,
        scale,
        conversation_id=conversation_id,
        request_id=request_id,
    )
