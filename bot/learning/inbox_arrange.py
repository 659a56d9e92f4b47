"""Arranges what waits in the inbox: topics of what was not understood, the closest example, and the order."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.db import Base, Database
from bot.learning.closest import Examples
from bot.learning.examples import ExampleStore
from bot.learning.harvest_signals import Signal
from bot.learning.inbox_model import Decision, State
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow
from bot.learning.inbox_text import topics
from bot.learning.ordering import Candidate, order, uncertainty
from bot.learning.set_aside import set_aside

ORDERED = 1000
"""Groups among which the most instructive are looked for: more than anybody labels before the next harvest. The others
come after them, by their worth alone."""
AT_ONCE = 500
"""Rows read or written in one go: the gateway does this beside answering citizens, who wait for each step."""
LAST = 2**30
"""Place of a group that was not arranged yet."""
WRONG = {Signal.CORRECTED, Signal.JUDGED, Signal.REJECTED, Signal.REPHRASED, Signal.BAD_SCORE}
"""What shows that the assistant was wrong, however sure it was."""
_GROUPS = Base.metadata.tables["inbox_groups"]


@dataclass
class Group:
    """What counts of a group for its place."""

    id: int
    unknown: bool
    closest: dict[str, Any]
    place: int
    topic: str
    text: str = ""
    uncertainty: float = 0.0
    meanings: dict[str, float] = field(default_factory=dict)
    conversations: set[str] = field(default_factory=set)

    @property
    def worth(self) -> float:
        """What it would teach by itself: the rule of `bot.learning.ordering`, without what was proposed before."""
        return self.uncertainty * math.log2(1 + len(self.conversations))


async def arrange(database: Database, taught: Callable[[], Sequence[tuple[str, str]]]) -> None:
    """Arrange the groups that wait.

    Args:
        database: where the inbox is.
        taught: returns the examples that the assistant is taught, as (text, intent); called in a thread.
    """
    groups = await _waiting(database)
    aside = await _aside(database)
    accepted = await ExampleStore(database).counts()
    before = {each.id: (each.place, each.topic, bool(each.closest)) for each in groups}
    await asyncio.to_thread(_arrange, groups, taught, accepted, aside)
    changed = [
        {"of": each.id, "place": each.place, "topic": each.topic, "closest": each.closest}
        for each in groups
        if before[each.id] != (each.place, each.topic, bool(each.closest))
    ]
    values: dict[str, Any] = {name: bindparam(name) for name in ("place", "topic", "closest")}
    for start in range(0, len(changed), AT_ONCE):
        async with database.transaction() as connection:
            those = changed[start : start + AT_ONCE]
            await connection.execute(update(_GROUPS).where(_GROUPS.c.id == bindparam("of")).values(values), those)


async def _aside(database: Database) -> list[str]:
    """Return the messages from which people said that nothing is to be learnt."""
    said = select(LabelRow.group_id).where(LabelRow.decision == Decision.NOT_TRAINING, LabelRow.undone_at.is_(None))
    query = (
        select(InboxMessageRow.text)
        .join(GroupRow, GroupRow.id == InboxMessageRow.group_id)
        .where(GroupRow.state == State.LABELLED, GroupRow.id.in_(said))
        .order_by(InboxMessageRow.id)
    )
    async with database.reading() as session:
        return list(dict.fromkeys(await session.scalars(query)))


async def _waiting(database: Database) -> list[Group]:
    columns = (InboxMessageRow.id, InboxMessageRow.group_id, InboxMessageRow.text, InboxMessageRow.conversation_id)
    query = (
        select(*columns, InboxMessageRow.ranking, InboxMessageRow.signals)
        .join(GroupRow, GroupRow.id == InboxMessageRow.group_id)
        .where(GroupRow.state == State.OPEN)
        .order_by(InboxMessageRow.id)
    )
    rows = select(GroupRow.id, GroupRow.unknown, GroupRow.closest, GroupRow.place, GroupRow.topic)
    async with database.reading() as session:
        waiting = await session.execute(rows.where(GroupRow.state == State.OPEN).order_by(GroupRow.id))
        groups = {row.id: Group(row.id, row.unknown, row.closest, row.place, row.topic) for row in waiting}
        last = 0
        while messages := (await session.execute(query.where(InboxMessageRow.id > last).limit(AT_ONCE))).all():
            last = messages[-1].id
            for message in messages:
                if message.group_id in groups:
                    _count(groups[message.group_id], message)
    return [group for group in groups.values() if group.text]


def _count(group: Group, message: Any) -> None:
    group.text = group.text or message.text
    group.conversations.add(message.conversation_id)
    doubt = 1.0 if WRONG & set(message.signals) else uncertainty([each[1] for each in message.ranking])
    if doubt >= group.uncertainty:
        group.uncertainty, group.meanings = doubt, dict(message.ranking)


def _arrange(
    groups: list[Group],
    taught: Callable[[], Sequence[tuple[str, str]]],
    accepted: Mapping[str, int],
    aside: Sequence[str],
) -> None:
    new = [each for each in groups if not each.closest and each.place == LAST]
    written = taught()
    if new:
        examples = Examples(written)
        for group in new:
            group.closest = examples.closest(group.text)
    for group, chance in zip(
        groups, set_aside([each.text for each in groups], aside, [text for text, _ in written]), strict=True
    ):
        group.uncertainty *= 1 - chance
    worthy = sorted(groups, key=lambda each: (-each.worth, each.id))
    unknown = [each for each in worthy if each.unknown]
    for group in groups:
        group.topic = ""
    for group, topic in zip(unknown, topics([each.text for each in unknown]), strict=True):
        group.topic = topic
    first = [
        Candidate(each.text, each.uncertainty, len(each.conversations), each.meanings) for each in worthy[:ORDERED]
    ]
    known = Counter(intent for _, intent in written) + Counter(accepted)
    ordered = [worthy[place] for place in order(first, examples=known)]
    for place, group in enumerate([*ordered, *worthy[ORDERED:]]):
        group.place = place
