"""Of what citizens speak that the assistant does not know: the topics of the inbox, and the closest meaning of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.db import Database
from bot.learning.inbox import may_see
from bot.learning.inbox_model import State
from bot.learning.inbox_suggestion import Meaning, suggest
from bot.learning.inbox_tables import GroupRow, InboxMessageRow

Rows = list[tuple[int, dict[str, Any], InboxMessageRow]]
"""Of each message: its group, and the example closest to that."""
SHOWN = 50
"""Topics on the page."""


@dataclass(frozen=True)
class Topic:
    """Messages about one thing that the assistant does not know.

    Attributes:
        words: its name, made of words that its messages share.
        first: the group to begin with.
        people: conversations in which it was spoken of.
        said: one of its messages.
        closest: the meaning that comes closest, if any does.
    """

    words: str
    first: int
    people: int
    messages: int
    said: str
    closest: Meaning | None


async def topics(database: Database, services: Sequence[str] | None) -> list[Topic]:
    """Return the topics that wait, the one of which most people spoke first.

    Args:
        database: where the inbox is.
        services: those that the reader may read about; None for all.
    """
    waits = GroupRow.topic != "", GroupRow.state == State.OPEN, may_see(services)
    # Those that are shown first: to read what is said of every topic would cost more with each that waits.
    people = func.count(InboxMessageRow.conversation_id.distinct())
    largest = select(GroupRow.topic).join(InboxMessageRow, InboxMessageRow.group_id == GroupRow.id).where(*waits)
    largest = largest.group_by(GroupRow.topic).order_by(people.desc(), GroupRow.topic).limit(SHOWN)
    query = (
        select(GroupRow.topic, GroupRow.id, GroupRow.closest, InboxMessageRow)
        .join(InboxMessageRow, InboxMessageRow.group_id == GroupRow.id)
        .order_by(GroupRow.place, InboxMessageRow.id)
    )
    found: dict[str, Rows] = {}
    async with database.reading() as session:
        shown = list(await session.scalars(largest))
        for words, group, closest, message in await session.execute(query.where(*waits, GroupRow.topic.in_(shown))):
            found.setdefault(words, []).append((group, closest, message))
    read = [_topic(words, rows) for words, rows in found.items()]
    return sorted(read, key=lambda each: (-each.people, each.words))


def _topic(words: str, rows: Rows) -> Topic:
    messages = [message for _, _, message in rows]
    # The group that comes first has the closest example that counts.
    meanings = suggest(
        [each.ranking for each in messages],
        [each.signals for each in messages],
        [each.evidence for each in messages],
        None,
        rows[0][1],
    )
    people = len({each.conversation_id for each in messages})
    return Topic(words, rows[0][0], people, len(messages), messages[0].text, meanings[0] if meanings else None)
