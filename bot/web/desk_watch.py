"""Sees what other processes changed at the desk (the engine, another gateway), and warns those who wait too long."""

import asyncio
import logging
from datetime import timedelta

from bot.conversations.handoff import Handoff
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.hours import Hours
from bot.conversations.presence import Presence
from bot.db import now
from bot.web.hub import Hub
from bot.web.switchboard import DESK

logger = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: one query on a primary key."""


class DeskWatch:
    """Rings where something is new.

    Args:
        handoffs: the handoffs.
        presence: who is at the desk.
        hours: when people answer.
        patience: minutes after which a waiting citizen is offered to leave a message.
        gone: minutes without a sign of an agent after which the citizen goes back to the queue.
        hub: wakes streams.
    """

    def __init__(
        self, handoffs: HandoffStore, presence: Presence, hours: Hours, patience: int, gone: int, hub: Hub
    ) -> None:
        self._handoffs = handoffs
        self._presence = presence
        self._hours = hours
        self._patience = patience
        self._gone = timedelta(minutes=gone)
        self._since = now()
        self._hub = hub

    async def run(self) -> None:
        """Look, for ever; a database that is away is waited for."""
        last: int | None = None
        while True:
            try:
                if last is None:
                    last = max((number for number, _ in await self._handoffs.news(-1)), default=0)
                for number, conversation_id in await self._handoffs.news(last):
                    last = max(last, number)
                    self._hub.ring(conversation_id)
                    self._hub.ring(DESK)
            except Exception as error:
                logger.warning("the desk is not watched for now: %s", type(error).__name__)
            await asyncio.sleep(EVERY)

    async def warn_late(self) -> str:
        """Offer to leave a message to those who wait too long or in vain, and say how many; a job."""
        late = await self._handoffs.warn_late(self._patience, self._can_wait)
        for handoff in late:
            self._hub.ring(handoff.conversation_id)
        return f"{len(late)} waiting citizens were offered to leave a message" if late else ""

    async def give_back_lost(self) -> str:
        """Put back into the queue the citizens whose agent has vanished, and say how many; a job."""
        if now() - self._since < self._gone:
            return ""  # the gateway was away: the pages of the agents come back by themselves
        back = await self._handoffs.give_back_lost(self._gone)
        for handoff in back:
            self._hub.ring(handoff.conversation_id)
            self._hub.ring(DESK)
        return f"{len(back)} back in the queue, whose agent vanished" if back else ""

    async def _can_wait(self, handoff: Handoff) -> bool:
        return self._hours.open_at(now()) and bool(await self._presence.at_desk(handoff.administration))
