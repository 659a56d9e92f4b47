"""What happens when a citizen asks for a person: the queue when somebody is there, else a message for later."""

from bot.conversations.handoff import Handoff, queued, words
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.hours import Hours
from bot.conversations.presence import Presence
from bot.db import now
from bot.errors import Unavailable


class Reception:
    """Receives citizens who ask for a person.

    Args:
        handoffs: the queue.
        presence: who is at the desk.
        hours: when people answer.
    """

    def __init__(self, handoffs: HandoffStore, presence: Presence, hours: Hours) -> None:
        self._handoffs = handoffs
        self._presence = presence
        self._hours = hours

    async def receive(
        self, conversation_id: str, service: str | None, administration: str | None, language: str
    ) -> str | None:
        """Put a citizen in the queue when somebody is there to answer.

        Args:
            conversation_id: whose.
            service: the service talked about.
            administration: the office that answers for it; None for any.
            language: of the conversation.

        Returns:
            What to tell them, or None when nobody is there, or nobody can be reached for the moment.
        """
        try:
            if not self._hours.open_at(now()) or not await self._presence.at_desk(administration):
                return None
            handoff: Handoff = await self._handoffs.ask(conversation_id, service, administration, language)
            return queued(language, await self._handoffs.before(handoff), await self._handoffs.usual_wait())
        except Unavailable:
            # The queue is in the database. While it is away the citizen still gets the phone of the office.
            return None

    async def offer(self, administration: str | None, language: str) -> str | None:
        """Return the offer to leave a message, or None when nobody would ever read one."""
        try:
            if not await self._presence.staffed(administration):
                return None
        except Unavailable:
            return None
        return words("closed", language) + words("offer", language)
