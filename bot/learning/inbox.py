"""The inbox as a labeller reads it: what comes next, one group with why it is there, disagreements, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.errors import NotFound
from bot.learning.harvest_signals import Signal
from bot.learning.inbox_model import Answer, Decision, Label, Standing, State, standing
from bot.learning.inbox_suggestion import Meaning, suggest
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow, ProposedIntentRow

SHOWN = 30
"""Messages of a group that are shown; they say the same."""
RELATED = 12
"""Groups of the same topic that are shown beside one."""
DONE = 50
"""Labels on the page of what was done."""


@dataclass(frozen=True)
class Waiting:
    """How much there is to do."""

    open: int
    conflicts: int
    done: int


@dataclass(frozen=True)
class Said:
    """A message of a group."""

    id: int
    text: str
    language: str
    conversation_id: str
    at: datetime


@dataclass(frozen=True)
class Item:
    """A group as it is shown.

    Attributes:
        messages: the first one stands for the group.
        people: conversations in which it was said.
        signals: why it is here.
        meanings: what it may mean, the likeliest first.
        related: groups about the same thing that wait too: (number, first message).
        standing: what was said of it; a labeller who is to say it blindly is not shown this.
    """

    id: int
    state: State
    service: str | None
    topic: str
    messages: list[Said]
    people: int
    signals: list[Signal]
    meanings: list[Meaning]
    related: list[tuple[int, str]] = field(default_factory=list)
    standing: Standing = field(default_factory=lambda: Standing(State.OPEN))


@dataclass(frozen=True)
class Done:
    """A label of the past: one's own or a colleague's."""

    group_id: int
    text: str
    label: Label
    conversations: list[str]


class Inbox:
    """The inbox of a database, to be read.

    Args:
        database: where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, by: str, services: Sequence[str] | None, since: datetime) -> Waiting:
        """Return how much waits for somebody, how much is disagreed upon, and how much they labelled since a time.

        Args:
            by: the name of the account.
            services: those that they may read about; None for all.
            since: the beginning of the day.
        """
        own = select(func.count(func.distinct(LabelRow.group_id))).where(
            LabelRow.by == by, LabelRow.at >= since, LabelRow.undone_at.is_(None)
        )
        conflicts = select(func.count()).where(GroupRow.state == State.CONFLICT, may_see(services))
        async with self._database.reading() as session:
            left = await session.scalar(select(func.count()).select_from(_queue(by, services).subquery()))
            return Waiting(left or 0, await session.scalar(conflicts) or 0, await session.scalar(own) or 0)

    async def next(self, by: str, services: Sequence[str] | None) -> Item | None:
        """Return what somebody is to label next, or None when nothing waits for them.

        Of some groups a second person is asked as well, without being shown what the first one said.
        """
        async with self._database.reading() as session:
            query = _queue(by, services).order_by(GroupRow.place, GroupRow.id).limit(1)
            row = (await session.scalars(query)).first()
            return await _item(session, row, services) if row else None

    async def item(self, number: int, services: Sequence[str] | None) -> Item:
        """Return one group, with all that was said of it.

        Raises:
            NotFound: there is none of that number, or it is about services of other offices.
        """
        async with self._database.reading() as session:
            return await _item(session, await visible(session, number, services), services)

    async def conflicts(self, services: Sequence[str] | None) -> list[Item]:
        """Return the groups of which two people said different things."""
        query = select(GroupRow).where(GroupRow.state == State.CONFLICT, may_see(services)).order_by(GroupRow.id)
        async with self._database.reading() as session:
            return [await _item(session, row, services) for row in await session.scalars(query.limit(DONE))]

    async def done(self, by: str, services: Sequence[str] | None, group: int | None = None) -> list[Done]:
        """Return what was labelled last, with the conversations that it came from; of one group, where it is named.

        What somebody is still to label blindly is not told them here.
        """
        told = or_(LabelRow.by == by, ~GroupRow.twice)
        query = (
            select(LabelRow)
            .join(GroupRow, GroupRow.id == LabelRow.group_id)
            .where(LabelRow.undone_at.is_(None), told, may_see(services))
            .where(LabelRow.group_id == group if group is not None else true())
            .order_by(LabelRow.id.desc())
            .limit(DONE)
        )
        async with self._database.reading() as session:
            labels = list(await session.scalars(query))
            messages = await _messages(session, [row.group_id for row in labels])
        return [
            Done(
                row.group_id,
                messages[row.group_id][0].text,
                label_of(row),
                list(dict.fromkeys(each.conversation_id for each in messages[row.group_id])),
            )
            for row in labels
            if messages.get(row.group_id)
        ]

    async def proposed(self) -> dict[int, str]:
        """Return the meanings that people proposed as new intents, by number."""
        async with self._database.reading() as session:
            rows = await session.execute(
                select(ProposedIntentRow.id, ProposedIntentRow.name).order_by(ProposedIntentRow.name)
            )
            return {row.id: row.name for row in rows}


async def visible(
    session: AsyncSession, number: int, services: Sequence[str] | None, *, locked: bool = False
) -> GroupRow:
    """Return a group that somebody may see; `locked`, nobody else changes it before the end of the transaction.

    Raises:
        NotFound: there is none, or it is about services of other offices only.
    """
    query = select(GroupRow).where(GroupRow.id == number, may_see(services))
    row = (await session.scalars(query.with_for_update() if locked else query)).first()
    if row is None:
        raise NotFound("There is no such message in the inbox.", code="unknown-group")
    return row


async def labels_of(session: AsyncSession, group_id: int) -> list[Label]:
    """Return what was said of a group and not taken back, in the order of time."""
    query = select(LabelRow).where(LabelRow.group_id == group_id, LabelRow.undone_at.is_(None)).order_by(LabelRow.id)
    return [label_of(row) for row in await session.scalars(query)]


def label_of(row: LabelRow) -> Label:
    """Return a label as the rules know it."""
    answer = Answer(Decision(row.decision), row.intent, row.service, row.proposed_id)
    return Label(answer, row.by, row.at, row.settles)


def may_see(services: Sequence[str] | None) -> ColumnElement[bool]:
    """Return the condition that a group is about some services, or about none."""
    if services is None:
        return GroupRow.id.is_not(None)
    return or_(GroupRow.service.is_(None), GroupRow.service.in_(services))


def _queue(by: str, services: Sequence[str] | None) -> Select[tuple[GroupRow]]:
    """Return the groups that wait for somebody: those of which they said nothing yet."""
    own = select(LabelRow.group_id).where(LabelRow.by == by, LabelRow.undone_at.is_(None))
    waits = or_(GroupRow.state == State.OPEN, and_(GroupRow.state == State.LABELLED, GroupRow.twice))
    return select(GroupRow).where(waits, GroupRow.id.not_in(own), may_see(services))


async def _messages(session: AsyncSession, groups: Sequence[int]) -> dict[int, list[InboxMessageRow]]:
    query = select(InboxMessageRow).where(InboxMessageRow.group_id.in_(groups)).order_by(InboxMessageRow.id)
    found: dict[int, list[InboxMessageRow]] = {}
    for row in await session.scalars(query):
        found.setdefault(row.group_id, []).append(row)
    return found


async def _item(session: AsyncSession, group: GroupRow, services: Sequence[str] | None) -> Item:
    messages = (await _messages(session, [group.id])).get(group.id, [])
    if not messages:
        raise NotFound("There is no such message in the inbox.", code="unknown-group")
    present = {signal for each in messages for signal in each.signals}
    meanings = suggest(
        [each.ranking for each in messages],
        [each.signals for each in messages],
        [each.evidence for each in messages],
        group.service,
        group.closest,
    )
    return Item(
        group.id,
        State(group.state),
        group.service,
        group.topic,
        [Said(each.id, each.text, each.language, each.conversation_id, each.at) for each in messages[:SHOWN]],
        len({each.conversation_id for each in messages}),
        [signal for signal in Signal if signal in present],
        meanings,
        await _related(session, group, services),
        standing(await labels_of(session, group.id)),
    )


async def _related(session: AsyncSession, group: GroupRow, services: Sequence[str] | None) -> list[tuple[int, str]]:
    if not group.topic or group.state != State.OPEN:
        return []
    query = (
        select(GroupRow.id)
        .where(GroupRow.topic == group.topic, GroupRow.state == State.OPEN, GroupRow.id != group.id)
        .where(may_see(services))
        .order_by(GroupRow.place, GroupRow.id)
        .limit(RELATED)
    )
    ids = list(await session.scalars(query))
    messages = await _messages(session, ids)
    return [(each, messages[each][0].text) for each in ids if each in messages]
