"""The harvest: what the log teaches since the last time goes into the inbox, beside what says the same.

It may be run as often as one likes, by several processes one after the other, and stopped at any time: each step is one
transaction with how far the log was read, and a message is in the inbox once.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.learning import harvest_log
from bot.learning.closest import read_examples
from bot.learning.examples import LONGEST
from bot.learning.harvest_signals import Finding, Talk, find
from bot.learning.inbox_arrange import LAST, arrange
from bot.learning.inbox_model import State
from bot.learning.inbox_tables import GroupRow, InboxMessageRow
from bot.learning.inbox_text import SameWords, key_of
from bot.requests.masked import masked
from bot.settings import Settings

TWICE_EACH = 10
"""One group of so many is put to a second person, blindly: enough to see whether labellers mean the same."""
Found = tuple[str, Finding]
"""A conversation, and a finding of it."""


@dataclass(frozen=True)
class Harvested:
    """What a harvest brought."""

    conversations: int = 0
    messages: int = 0
    groups: int = 0

    @property
    def said(self) -> str:
        """It in a few words; nothing when nothing came."""
        return f"{self.messages} messages in {self.groups} new groups" if self.messages else ""


class Harvest:
    """Fills the inbox of a database.

    Args:
        database: where the log and the inbox are.
        masked: returns a text without personal data: the log was masked when it was written, by the rules of then.
        taught: returns the examples that the assistant is taught, as (text, intent); called in a thread.
    """

    def __init__(
        self,
        database: Database,
        masked: Callable[[str], str],
        taught: Callable[[], Sequence[tuple[str, str]]] = lambda: (),
    ) -> None:
        self._database = database
        self._masked = masked
        self._taught = taught

    @classmethod
    def of(cls, settings: Settings, database: Database) -> "Harvest":
        """Return the harvest of an installation: compared with the examples that its project is taught."""
        folder, learned = settings.catalogue_dir / "nlu", settings.learned_file
        return cls(database, masked, lambda: read_examples(folder, learned))

    async def run(self, at: datetime | None = None) -> Harvested:
        """Read the log from where the last harvest ended, and arrange the inbox when something came.

        Where another process reads the same part of the log just now, this one leaves it to that one.

        Args:
            at: the present time.
        """
        at, total, same = at or now(), Harvested(), None
        while True:
            async with self._database.reading() as session:
                done = await harvest_log.progress_of(session)
                step = await harvest_log.next_step(session, done, at)
                heard = await harvest_log.talks(session, step.conversation_ids) if step.conversation_ids else []
                if heard and same is None:
                    same = await _first_words(session)
            if heard and same is not None:
                found = await asyncio.to_thread(self._find, heard, at)
                try:
                    async with self._database.writing() as session:
                        if await harvest_log.progress_of(session, locked=True) != done:
                            break
                        added = await _put(session, found, same)
                        await harvest_log.keep_progress(session, step.progress)
                except IntegrityError:
                    # The first harvest of all has nothing to lock yet: another process brought the same in.
                    break
                total = Harvested(
                    total.conversations + len(heard), total.messages + added.messages, total.groups + added.groups
                )
            if step.last:
                break
        if total.messages:
            await arrange(self._database, self._taught)
        return total

    def _find(self, heard: Sequence[Talk], at: datetime) -> list[Found]:
        found = ((talk.id, finding) for talk in heard for finding in find(talk, at))
        masked = ((conversation_id, self._mask(finding)) for conversation_id, finding in found)
        return [each for each in masked if len(each[1].heard.text) <= LONGEST]

    def _mask(self, finding: Finding) -> Finding:
        words = " ".join(self._masked(finding.heard.text).split())
        evidence = dict(finding.evidence)
        if "then" in evidence:
            evidence["then"] = {**evidence["then"], "text": self._masked(evidence["then"]["text"])}
        return replace(finding, heard=replace(finding.heard, text=words), evidence=evidence)


async def _first_words(session: AsyncSession) -> SameWords:
    """Return the groups by their first message."""
    first = select(func.min(InboxMessageRow.id)).group_by(InboxMessageRow.group_id)
    columns = (InboxMessageRow.group_id, InboxMessageRow.key, InboxMessageRow.language, InboxMessageRow.service)
    same = SameWords()
    for row in await session.execute(select(*columns).where(InboxMessageRow.id.in_(first))):
        same.add((row.language, row.service), row.key, row.group_id)
    return same


async def _put(session: AsyncSession, found: Sequence[Found], same: SameWords) -> Harvested:
    """Put findings into the inbox; what is there already gets what is newly known of it."""
    ids = list({conversation_id for conversation_id, _ in found})
    rows = await session.scalars(select(InboxMessageRow).where(InboxMessageRow.conversation_id.in_(ids)))
    known = {(row.conversation_id, row.message_id): row for row in rows}
    new: list[dict[str, Any]] = []
    groups = 0
    for conversation_id, finding in found:
        heard, signals = finding.heard, list(finding.signals)
        row = known.get((conversation_id, heard.message_id))
        if row is not None:
            row.signals, row.evidence = signals, finding.evidence
            continue
        key, shelf = key_of(heard.text), (heard.language, heard.service)
        group = same.find(shelf, key)
        if group is None:
            group = await _new_group(session, finding, key)
            same.add(shelf, key, group)
            groups += 1
        new.append(
            {
                "group_id": group,
                "conversation_id": conversation_id,
                "message_id": heard.message_id,
                "turn_id": heard.turn_id,
                "at": heard.at,
                "text": heard.text,
                "key": key,
                "language": heard.language,
                "ranking": [list(each) for each in heard.ranking],
                "service": heard.service,
                "signals": signals,
                "evidence": finding.evidence,
            }
        )
    if new:
        await session.execute(insert(InboxMessageRow), new)
    return Harvested(0, len(new), groups)


async def _new_group(session: AsyncSession, finding: Finding, key: str) -> int:
    values = {
        "state": State.OPEN,
        "place": LAST,
        "service": finding.heard.service,
        "language": finding.heard.language,
        "unknown": finding.heard.unknown,
        # By the words and not by chance: the same log makes the same inbox.
        "twice": crc32(key.encode()) % TWICE_EACH == 0,
        "topic": "",
        "closest": {},
        "examples": [],
    }
    return (await session.execute(insert(GroupRow).values(**values).returning(GroupRow.id))).scalar_one()
