"""The queue of citizens who asked for a person, as it is read: by agents, by the gateway, by the citizen's program."""

from dataclasses import replace
from statistics import median
from typing import Any

from sqlalchemy import func, or_, select

from bot.accounts.model import Account, Right
from bot.conversations.handoff import Handoff, HandoffState, Outcome
from bot.conversations.handoff_tables import HandoffEventRow, HandoffRow
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow
from bot.errors import NotFound
from bot.privacy.encryption import Cipher

MEASURED = 20
"""Handoffs from which the usual wait is told."""
HELD = [each for each in HandoffState if each.holds]


class HandoffQueue:
    """The handoffs of a database, read only.

    Args:
        conversations: the conversations.
        cipher: encrypts what citizens leave.
    """

    def __init__(self, conversations: ConversationStore, cipher: Cipher) -> None:
        self.conversations = conversations
        self.database = conversations.database
        self.cipher = cipher

    async def held(self, conversation_id: str) -> Handoff | None:
        """Return the handoff that a conversation is in, or None when the assistant answers."""
        found = await self._find(HandoffRow.conversation_id == conversation_id, HandoffRow.state.in_(HELD))
        return found[0] if found else None

    async def language(self, conversation_id: str) -> str:
        """Return the language of a conversation."""
        async with self.database.reading() as session:
            query = select(ConversationRow.language).where(ConversationRow.id == conversation_id)
            return (await session.execute(query)).scalar_one_or_none() or "fr"

    async def get(self, handoff_id: str) -> Handoff:
        """Return a handoff.

        Raises:
            NotFound: there is none.
        """
        found = await self._find(HandoffRow.id == handoff_id)
        if not found:
            raise NotFound("There is no such conversation in the queue.", code="unknown-handoff")
        return found[0]

    async def seen_by(self, account: Account, handoff_id: str) -> Handoff:
        """Return a handoff that is a person's business.

        Raises:
            Forbidden: the role does not talk with citizens.
            NotFound: there is none, or it belongs to another office; the answer is the same.
        """
        account.require(Right.ANSWER)
        handoff = await self.get(handoff_id)
        if not account.sees(handoff.administration) and handoff.agent_id != account.id:
            raise NotFound("There is no such conversation in the queue.", code="unknown-handoff")
        return handoff

    async def queue(self, account: Account) -> list[Handoff]:
        """Return what waits for a person of those offices, the longest wait first; messages left come last."""
        offices = [HandoffRow.administration.is_(None), HandoffRow.administration.in_(account.administrations)]
        own = or_(*offices) if account.administrations else HandoffRow.id.is_not(None)
        waiting = await self._find(HandoffRow.state == HandoffState.WAITING, own)
        return waiting + await self._find(HandoffRow.state == HandoffState.LEFT, own)

    async def taken_by(self, account_id: str) -> list[Handoff]:
        """Return the conversations that a person is in."""
        return await self._find(HandoffRow.state == HandoffState.TAKEN, HandoffRow.agent_id == account_id)

    async def before(self, handoff: Handoff) -> int:
        """Return how many wait before a handoff, for the same office."""
        query = select(func.count()).where(
            HandoffRow.state == HandoffState.WAITING,
            HandoffRow.asked_at < handoff.asked_at,
            HandoffRow.administration == handoff.administration,
        )
        async with self.database.reading() as session:
            return (await session.execute(query)).scalar_one()

    async def usual_wait(self) -> int | None:
        """Return how many minutes the last citizens waited (median, one at least); None when nobody has yet."""
        query = (
            select(HandoffRow.asked_at, HandoffRow.claimed_at)
            .where(HandoffRow.claimed_at.is_not(None))
            .order_by(HandoffRow.claimed_at.desc())
            .limit(MEASURED)
        )
        async with self.database.reading() as session:
            waits = [(row.claimed_at - row.asked_at).total_seconds() for row in await session.execute(query)]
        return max(1, round(median(waits) / 60)) if waits else None

    async def steps(self, handoff_id: str) -> list[HandoffEventRow]:
        """Return the steps of a handoff, in their order."""
        query = select(HandoffEventRow).where(HandoffEventRow.handoff_id == handoff_id).order_by(HandoffEventRow.id)
        async with self.database.reading() as session:
            return list(await session.scalars(query))

    async def news(self, after: int) -> list[tuple[int, str]]:
        """Return the steps after a given one, each with its conversation; `after` -1 returns the last one only."""
        query = (
            select(HandoffEventRow.id, HandoffRow.conversation_id)
            .join(HandoffRow, HandoffRow.id == HandoffEventRow.handoff_id)
            .order_by(HandoffEventRow.id.desc())
            .limit(1 if after < 0 else 500)
        )
        async with self.database.reading() as session:
            rows = await session.execute(query.where(HandoffEventRow.id > after))
            return [(row.id, row.conversation_id) for row in rows]

    async def _find(self, *conditions: Any) -> list[Handoff]:
        async with self.database.reading() as session:
            rows = await session.scalars(select(HandoffRow).where(*conditions).order_by(HandoffRow.asked_at))
            return [self._handoff(row) for row in rows]

    def _handoff(self, row: HandoffRow) -> Handoff:
        handoff = Handoff(
            row.id,
            row.conversation_id,
            HandoffState(row.state),
            row.service,
            row.administration,
            row.language,
            row.asked_at,
            row.claimed_at,
            row.agent_id,
            row.agent_name,
            row.ended_at,
            Outcome(row.outcome) if row.outcome else None,
        )
        return replace(handoff, note=self.cipher.decrypt(row.note)) if row.note else handoff
