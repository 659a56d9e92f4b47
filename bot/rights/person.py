"""A citizen in context: the requests of one contact and their conversations, side by side, in all rooms at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.conversations.tables import ConversationRow, TurnRow
from bot.db import Database
from bot.requests.model import Preference, Request
from bot.requests.preferences import prevailing
from bot.requests.same_contact import SameContact
from bot.satisfaction.store import channel_of


@dataclass(frozen=True)
class Talked:
    """A conversation in which one of the requests was filled in; nothing of what was said."""

    id: str
    language: str
    channel: str
    created_at: datetime
    last_at: datetime
    turns: int
    services: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """What is known of the contact of a request, within some services.

    Attributes:
        requests: the newest first; the one that was asked about is among them.
        conversations: those of the requests, the latest first.
        languages: that were chosen, the latest first.
        reached_by: ways to reach them that they gave: `email`, `phone`.
        preference: how they like to be spoken to: as they told an agent, else as their newest request shows.
    """

    requests: list[Request]
    conversations: list[Talked]
    languages: list[str]
    reached_by: list[str]
    preference: Preference

    @property
    def references(self) -> list[str]:
        """What erasure and copy are asked with: the requests, then the conversations."""
        return [*(each.reference for each in self.requests), *(each.id for each in self.conversations)]


async def person_of(database: Database, same: SameContact, request: Request, services: Collection[str]) -> Person:
    """Return what is known of the contact of a request.

    Args:
        database: where it is.
        same: finds requests of the same contact.
        request: from which one starts.
        services: those whose requests may be seen.
    """
    requests = [each for each in await same.with_same(request) if each.service in services]
    ids = {each.conversation_id for each in requests if each.conversation_id}
    async with database.reading() as session:
        query = select(ConversationRow).where(ConversationRow.id.in_(ids)).order_by(ConversationRow.last_at.desc())
        rows = list(await session.scalars(query))
        spoken = select(TurnRow.conversation_id, TurnRow.service).where(
            TurnRow.conversation_id.in_(ids), TurnRow.service.is_not(None)
        )
        about = list((await session.execute(spoken.distinct())).all())
    conversations = [
        Talked(
            *(row.id, row.language, channel_of(row.origin), row.created_at, row.last_at, row.turns),
            tuple(sorted(each.service for each in about if each.conversation_id == row.id)),
        )
        for row in rows
    ]
    languages = dict.fromkeys([*(each.language for each in conversations), *(each.language for each in requests)])
    contacts = [same.contact(each) for each in requests]
    reached_by = [kind for kind in ("email", "phone") if any(each[kind] for each in contacts)]
    return Person(requests, conversations, [*languages], reached_by, prevailing(requests))
