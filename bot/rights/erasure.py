"""Erasure of what one citizen left, on demand, with a receipt.

GDPR article 17. A conversation goes whole, and so do its drafts. A request that was filed is the office's file: while
it is examined the office keeps it to do its duty (article 17(3)(b)), so it is only unlinked from the conversation; once
it is over the operator may erase it by its reference. A note on satisfaction stays as a figure that belongs to nobody;
the words written with it go.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import erasure as conversations
from bot.db import Database, now
from bot.errors import Conflict
from bot.learning import erasure as learning
from bot.learning import inbox_erasure as inbox
from bot.requests import erasure as requests
from bot.rights.subject import Subject, find
from bot.satisfaction import erasure as satisfaction


@dataclass(frozen=True)
class Receipt:
    """What an erasure did; it holds nothing personal.

    Attributes:
        number: of the receipt.
        reference: what was given: the conversation or the request.
        erased: how much was erased for good, by kind.
        unlinked: how much stays without anything that leads to the person: `feedback`, and `examples` of training
            that others wrote as well.
        kept: how much the office must keep: `requests`.
    """

    number: str
    reference: str
    at: datetime
    erased: dict[str, int] = field(default_factory=dict)
    unlinked: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)

    def wire(self) -> dict[str, Any]:
        """Return the receipt as JSON."""
        return {
            "number": self.number,
            "reference": self.reference,
            "at": self.at.isoformat(),
            "erased": self.erased,
            "unlinked": self.unlinked,
            "kept": self.kept,
        }


async def erase(database: Database, reference: str, *, under_way_too: bool = False) -> Receipt:
    """Erase what a conversation's identifier or a request's reference leads to.

    Args:
        database: where it is.
        reference: `GU-7K3M-9QXD`, or the identifier of a conversation.
        under_way_too: erase a request that is filed and not over, for an office that has decided so.

    Returns:
        The receipt.

    Raises:
        NotFound: nothing has that reference.
        Conflict: the request is filed and not over.
    """
    async with database.writing() as session:
        subject = await find(session, reference)
        if subject.by_request:
            counts = await _erase_request(session, subject, under_way_too)
        else:
            counts = await _erase_conversation(session, subject.conversations)
    erased, unlinked, kept = (_without_zeros(each) for each in counts)
    return Receipt(f"E-{secrets.token_hex(6)}", subject.reference, now(), erased, unlinked, kept)


Counts = tuple[dict[str, int], dict[str, int], dict[str, int]]


async def _erase_conversation(session: AsyncSession, ids: list[str]) -> Counts:
    drafts = list(await session.scalars(requests.never_filed_in(ids)))
    gone = await requests.erase(session, drafts)
    kept = await requests.unlink(session, ids)
    feedback = await satisfaction.unlink(session, ids, drafts, erase_words=True)
    examples, unlinked = await learning.unlink(session, ids, erase_words=True)
    harvested = await inbox.erase(session, ids)
    erased = await conversations.erase(session, ids)
    erased |= {"drafts": gone["requests"], "examples": examples, "inbox": harvested}
    return erased, {"feedback": feedback, "examples": unlinked}, {"requests": kept}


async def _erase_request(session: AsyncSession, subject: Subject, under_way_too: bool) -> Counts:
    open_ones = list(await session.scalars(requests.under_way(subject.requests)))
    if open_ones and not under_way_too:
        raise Conflict(
            f"{open_ones[0]} is filed and not over: the office keeps it while it examines it (GDPR, article "
            "17(3)(b)). Close it or let it be withdrawn first; --under-way erases it all the same.",
            code="request-under-way",
        )
    gone = await requests.erase(session, subject.requests)
    feedback = await satisfaction.unlink(session, subject.conversations, subject.requests, erase_words=True)
    # The conversations hold the summary of the answers and the access code, encrypted: they go with the request.
    erased, unlinked, kept = await _erase_conversation(session, subject.conversations)
    return {**gone, **erased}, {**unlinked, "feedback": feedback}, kept


def _without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
