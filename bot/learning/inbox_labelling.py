"""What a labeller does: say what a group means, part what does not belong together, take the last word back.

What is agreed upon is an example at once (`bot.learning.examples`), and no longer one when it is taken back or when
somebody disagrees.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.review_tables import ProposedExampleRow
from bot.db import Database, now
from bot.errors import Conflict, Unprocessable
from bot.learning.examples import ExampleState, ExampleStore, Source
from bot.learning.examples_tables import LearnedExampleRow
from bot.learning.inbox import labels_of, visible
from bot.learning.inbox_model import Answer, Decision, State, standing
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow, ProposedIntentRow

WORDINGS = 3
"""Wordings of a group that become examples: near-duplicates teach little more, and would outweigh other examples."""


class Labelling:
    """Writes labels.

    Args:
        database: where the inbox is.
        masked: returns a text without personal data, for the names of new intents.
    """

    def __init__(self, database: Database, masked: Callable[[str], str]) -> None:
        self._database = database
        self._masked = masked
        self._examples = ExampleStore(database)

    async def label(
        self,
        number: int,
        answer: Answer,
        by: str,
        services: Sequence[str] | None = None,
        *,
        apart: Collection[int] = (),
        also: Collection[int] = (),
        settles: bool = False,
    ) -> None:
        """Say what a group means.

        Args:
            number: the group.
            answer: what it means.
            by: the name of the account.
            services: those that they may read about; None for all.
            apart: its messages that mean something else: they become a group of their own, which waits.
            also: other groups that mean the same.
            settles: whether this ends a disagreement.

        Raises:
            NotFound: there is no such group, or it is another office's.
            Unprocessable: no message would be left.
        """
        act = secrets.token_hex(16)
        async with self._database.writing() as session:
            # Always in the same order: two people who label the same groups wait for each other, and not for ever.
            for each in sorted({number, *also}):
                group = await visible(session, each, services, locked=True)
                split = await _part(session, group, apart) if each == number and apart else None
                values = {"act": act, "group_id": each, "by": by, "at": now(), "settles": settles, "split_into": split}
                said = {"decision": answer.decision, "intent": answer.intent, "service": answer.service}
                await session.execute(insert(LabelRow).values(**values, **said, proposed_id=answer.proposed_id))
                await self._follow(session, group, by)

    async def split(self, number: int, apart: Collection[int], services: Sequence[str] | None = None) -> int:
        """Make messages of a group a group of their own, which waits; return its number.

        Raises:
            NotFound: there is no such group, or it is another office's.
            Unprocessable: none or all of its messages would go.
        """
        async with self._database.writing() as session:
            return await _part(session, await visible(session, number, services, locked=True), apart)

    async def undo(self, by: str, services: Sequence[str] | None = None) -> int:
        """Take back what somebody said last, with all that they said by the same act; return the group.

        Raises:
            Conflict: there is nothing to take back.
        """
        own = select(LabelRow.act).where(LabelRow.by == by, LabelRow.undone_at.is_(None))
        async with self._database.writing() as session:
            act = (await session.scalars(own.order_by(LabelRow.id.desc()).limit(1))).first()
            if act is None:
                raise Conflict("There is nothing to take back.", code="nothing-to-undo")
            rows = list(await session.scalars(select(LabelRow).where(LabelRow.act == act).order_by(LabelRow.group_id)))
            for row in rows:
                group = await visible(session, row.group_id, services, locked=True)
                row.undone_at = now()
                await session.flush()
                if row.split_into is not None:
                    await _join(session, row.split_into, group.id)
                await self._follow(session, group, by)
            return next((row.group_id for row in rows if row.split_into is not None), rows[0].group_id)

    async def propose(self, name: str, by: str) -> int:
        """Propose a new intent, or find the one of that name; return its number.

        Raises:
            Unprocessable: it has no name.
        """
        words = " ".join(self._masked(name).split())[:80]
        if not words:
            raise Unprocessable("Say in a few words what is meant.", code="no-meaning", field="name")
        async with self._database.writing() as session:
            same = select(ProposedIntentRow.id).where(func.lower(ProposedIntentRow.name) == words.lower())
            known = (await session.scalars(same)).first()
            if known is not None:
                return known
            row = ProposedIntentRow(name=words, by=by, at=now())
            session.add(row)
            await session.flush()
            return row.id

    async def _follow(self, session: AsyncSession, group: GroupRow, by: str) -> None:
        """Make the state and the examples of a group those that its labels ask for."""
        stands = standing(await labels_of(session, group.id))
        group.state = stands.state
        if len(stands.labels) > 1:
            group.twice = False
        wanted = []
        if stands.answer is not None and stands.answer.decision == Decision.INTENT:
            wanted = await self._accept(session, group, stands.answer, stands.labels[-1].by)
        for number in set(group.examples) - set(wanted):
            example = await session.get(LearnedExampleRow, number)
            if example is not None:
                example.state, example.accepted_by = ExampleState.WITHDRAWN, by
        group.examples = wanted
        await _tell_proposals(session, group, stands.answer)
        await session.flush()

    async def _accept(self, session: AsyncSession, group: GroupRow, answer: Answer, by: str) -> list[int]:
        query = select(InboxMessageRow).where(InboxMessageRow.group_id == group.id).order_by(InboxMessageRow.id)
        messages = list(await session.scalars(query))
        wordings = [key for key, _ in Counter(each.key for each in messages).most_common(WORDINGS)]
        accepted = []
        for key in wordings:
            # The wordings that become no example lend their conversations to the first one.
            own = [each for each in messages if each.key == key or (key == wordings[0] and each.key not in wordings)]
            first = next(each for each in own if each.key == key)
            row = await self._examples.accept_in(
                session,
                first.text,
                answer.intent or "",
                answer.service,
                language=first.language,
                by=by,
                sources=[Source(each.conversation_id, each.turn_id) for each in own],
            )
            accepted.append(row.id)
        return accepted


async def _part(session: AsyncSession, group: GroupRow, apart: Collection[int]) -> int:
    query = select(InboxMessageRow).where(InboxMessageRow.group_id == group.id)
    messages = list(await session.scalars(query))
    going = [each for each in messages if each.id in apart]
    if not going or len(going) == len(messages):
        raise Unprocessable("Keep one message at least, and part one at least.", code="bad-split")
    new = GroupRow(
        **{name: getattr(group, name) for name in ("place", "service", "language", "unknown", "topic", "closest")},
        state=State.OPEN,
        twice=False,
        examples=[],
    )
    session.add(new)
    await session.flush()
    for each in going:
        each.group_id = new.id
    await session.flush()
    return new.id


async def _join(session: AsyncSession, number: int, group_id: int) -> None:
    """Put what was parted back, unless somebody has said something of it meanwhile."""
    new = await session.get(GroupRow, number)
    said = select(LabelRow.id).where(LabelRow.group_id == number).limit(1)
    if new is None or (await session.scalars(said)).first() is not None:
        return
    await session.execute(update(InboxMessageRow).where(InboxMessageRow.group_id == number).values(group_id=group_id))
    await session.delete(new)
    await session.flush()


async def _tell_proposals(session: AsyncSession, group: GroupRow, answer: Answer | None) -> None:
    """Tell those who corrected one of these messages in a conversation what became of it."""
    messages = select(InboxMessageRow.conversation_id, InboxMessageRow.message_id)
    theirs = (await session.execute(messages.where(InboxMessageRow.group_id == group.id))).all()
    for conversation_id, message_id in theirs:
        proposals = select(ProposedExampleRow).where(
            ProposedExampleRow.conversation_id == conversation_id,
            ProposedExampleRow.message_id == message_id,
            ProposedExampleRow.state != "replaced",
        )
        for row in await session.scalars(proposals):
            same = answer is not None and (answer.intent, answer.service) == (row.intent, row.service)
            row.state = "proposed" if answer is None else "accepted" if same else "declined"
