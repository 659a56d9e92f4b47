"""Erasure of what one citizen left, on demand, with a receipt.

GDPR article 17. A conversation goes whole, and so do its drafts. A request that was filed is the office's file: while
it is examined the office keeps it to do its duty (article 17(3)(b)), so it is only unlinked from the conversation; once
it is over the operator may erase it by its reference. A note on satisfaction stays as a figure that belongs to nobody;
the words written with it go.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import erasure as conversations
from bot.conversations.tables import ConversationRow
from bot.db import now
from bot.errors import Conflict
from bot.learning import erasure as learning
from bot.learning import inbox_erasure as inbox
from bot.requests import erasure as requests
from bot.requests.tables import RequestRow
from bot.rights.holdings import Holdings
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


async def erase(holdings: Holdings, reference: str, *, under_way_too: bool = False) -> Receipt:
    """Erase what a conversation's identifier or a request's reference leads to, and note it in the journal.

    Args:
        holdings: where it is.
        reference: `GU-7K3M-9QXD`, or the identifier of a conversation.
        under_way_too: erase a request that is filed and not over, for an office that has decided so.

    Returns:
        The receipt.

    Raises:
        NotFound: nothing has that reference.
        Conflict: the request is filed and not over.
        Unavailable: the journal cannot be written; nothing was erased.
    """
    async with holdings.database.writing() as session:
        subject = await find(session, reference)
        if subject.by_request:
            counts = await _erase_request(holdings, session, subject, under_way_too)
        else:
            counts = await _erase_conversation(holdings, session, subject.conversations)
        # Before the end of the transaction: what is noted and not erased is erased by a replay, as was asked.
        holdings.erasures.note(subject.reference)
    for conversation_id in subject.conversations:
        await holdings.files.forget(conversation_id)
    await holdings.files.delete_orphans()
    erased, unlinked, kept = (_without_zeros(each) for each in counts)
    return Receipt(f"E-{secrets.token_hex(6)}", subject.reference, now(), erased, unlinked, kept)


async def replay(holdings: Holdings, journals: Iterable[Path] = ()) -> list[Receipt]:
    """Erase again what was erased before and came back with a restored backup.

    Args:
        holdings: the restored ones, with their journal.
        journals: copies of the journal that were kept elsewhere, and those of other machines.

    Returns:
        The receipts of what was erased again; empty when nothing had come back.

    Raises:
        Misconfigured: a journal cannot be read.
    """
    digests = holdings.erasures.digests(journals)
    async with holdings.database.reading() as session:
        references = [
            *await session.scalars(select(RequestRow.reference)),
            *await session.scalars(select(ConversationRow.id)),
        ]
    back = [each for each in references if holdings.erasures.digest(each) in digests]
    # It was over, or the office had decided so: in the backup it may still be under way.
    return [await erase(holdings, each, under_way_too=True) for each in back]


Counts = tuple[dict[str, int], dict[str, int], dict[str, int]]


async def _erase_conversation(holdings: Holdings, session: AsyncSession, ids: list[str]) -> Counts:
    drafts = list(await session.scalars(requests.never_filed_in(ids)))
    gone = await requests.erase(session, drafts)
    kept = await requests.unlink(session, ids)
    feedback = await satisfaction.unlink(session, ids, drafts, erase_words=True)
    comings = await holdings.contacts.erase(session, ids, drafts)
    examples, unlinked = await learning.unlink(session, ids, erase_words=True)
    harvested = await inbox.erase(session, ids)
    erased = await conversations.erase(session, ids)
    erased |= {"drafts": gone["requests"], "comings": comings, "examples": examples, "inbox": harvested}
    return erased, {"feedback": feedback, "examples": unlinked}, {"requests": kept}


async def _erase_request(holdings: Holdings, session: AsyncSession, subject: Subject, under_way_too: bool) -> Counts:
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
    comings = await holdings.contacts.erase(session, request_ids=subject.requests)
    erased, unlinked, kept = await _erase_conversation(holdings, session, subject.conversations)
    return {**gone, **erased, "comings": erased["comings"] + comings}, {**unlinked, "feedback": feedback}, kept


def _without_zeros(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
