"""Answering by e-mail who left a message at the desk: in the conversation at once, by the outbox to their address."""

from bot.accounts.model import Account
from bot.conversations.handoff import Handoff
from bot.conversations.handoff_talk import Talk
from bot.errors import Conflict, Unprocessable
from bot.requests.outbox import enqueue_letter

LONGEST = 5000
"""Characters accepted in an answer."""


async def answer_by_mail(talk: Talk, handoff: Handoff, account: Account, text: str) -> None:
    """Answer a message that was left, once.

    Args:
        talk: writes in the conversation.
        handoff: the message that was left.
        account: who answers.
        text: the answer.

    Raises:
        Conflict: it was answered already, or its author gave no e-mail address.
        Unprocessable: there are no words, or too many.
    """
    if "@" not in (handoff.note or {}).get("contact", ""):
        raise Conflict("Who left this message gave no e-mail address.", code="no-address")
    if not 1 <= len(text) <= LONGEST:
        raise Unprocessable(f"An answer has 1 to {LONGEST} characters.", code="words-missing", field="text")
    async with talk.handoffs.database.writing() as session:
        await talk.answer_left(session, handoff.id, account, text)
        await enqueue_letter(session, handoff.id)
