"""The examples that trainers accepted, with their provenance: what `learned.yml` is written from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database, now
from bot.errors import NotFound, Unprocessable
from bot.learning.examples_tables import ExampleSourceRow, LearnedExampleRow
from bot.privacy.masking import mask
from bot.requests.masked import masked

LONGEST = 500
"""Characters of an example: a longer message tells a story, from which a classifier learns noise."""


class ExampleState(StrEnum):
    """Whether an example is trained on."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Source:
    """A message that an example was taken from; empty once its conversation is gone."""

    conversation_id: str | None = None
    turn_id: int | None = None


@dataclass(frozen=True)
class Example:
    """A message, masked, with what it means.

    Attributes:
        service: the service that it names; None when it names none.
        accepted_by: the name of the account that accepted it last.
        note: why, when somebody said why.
        sources: the messages it was taken from; none for an imported one.
    """

    id: int
    text: str
    intent: str
    service: str | None
    language: str
    state: ExampleState
    accepted_by: str
    accepted_at: datetime
    note: str = ""
    sources: tuple[Source, ...] = ()


class ExampleStore:
    """The accepted examples of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(
        self,
        text: str,
        intent: str,
        service: str | None = None,
        *,
        language: str,
        by: str,
        sources: Sequence[Source] = (),
        note: str = "",
    ) -> Example:
        """Accept a message as an example.

        The same text with the same meaning is one example, which gets the new sources; with another meaning it is
        another one, and the report before training says that they contradict each other.

        Args:
            text: what was written; it is masked, and its blanks are made single.
            intent: what the person wanted.
            service: the service that is named, if any.
            language: `fr` or `en`.
            by: the name of the account.
            sources: the messages that it comes from.
            note: why, in a few words.

        Raises:
            Unprocessable: the text is empty or too long.
        """
        async with self._database.writing() as session:
            row = await self.accept_in(
                session, text, intent, service, language=language, by=by, sources=sources, note=note
            )
            return (await _with_sources(session, [row]))[0]

    async def accept_in(
        self,
        session: AsyncSession,
        text: str,
        intent: str,
        service: str | None = None,
        *,
        language: str,
        by: str,
        sources: Sequence[Source] = (),
        note: str = "",
    ) -> LearnedExampleRow:
        """Accept a message like `accept`, in the transaction of what it goes with; return its row, whose id is known.

        Raises:
            Unprocessable: the text is empty or too long.
        """
        words = plain(text)
        same = select(LearnedExampleRow).where(
            LearnedExampleRow.intent == intent,
            LearnedExampleRow.text == words,
            LearnedExampleRow.service.is_(None) if service is None else LearnedExampleRow.service == service,
        )
        row = (await session.scalars(same)).first()
        if row is None:
            row = LearnedExampleRow(text=words, intent=intent, service=service, language=language)
            session.add(row)
        row.state, row.accepted_by, row.accepted_at = ExampleState.ACCEPTED, by, now()
        row.note = mask(note).text[:500]
        await session.flush()
        known = {(each.conversation_id, each.turn_id) for each in await _sources_of(session, [row.id])}
        for source in dict.fromkeys(sources):
            if (source.conversation_id, source.turn_id) not in known:
                session.add(
                    ExampleSourceRow(example_id=row.id, conversation_id=source.conversation_id, turn_id=source.turn_id)
                )
        await session.flush()
        return row

    async def withdraw(self, example_id: int, by: str, note: str = "") -> Example:
        """Take an example back: it is kept with its provenance, and no longer trained on.

        Raises:
            NotFound: there is no such example.
        """
        async with self._database.writing() as session:
            row = await session.get(LearnedExampleRow, example_id)
            if row is None:
                raise NotFound(f"There is no example {example_id}.", code="unknown-example")
            row.state, row.accepted_by, row.note = ExampleState.WITHDRAWN, by, mask(note).text[:500]
            await session.flush()
            return (await _with_sources(session, [row]))[0]

    async def all(self, state: ExampleState | None = None) -> list[Example]:
        """Return the examples, in the order of intent, service, text and number: the same store, the same list.

        Args:
            state: only those in this state.
        """
        query = select(LearnedExampleRow)
        if state is not None:
            query = query.where(LearnedExampleRow.state == state)
        async with self._database.reading() as session:
            found = await _with_sources(session, list(await session.scalars(query)))
        # Sorted here and not by the database: each has its own order of letters.
        return sorted(found, key=lambda each: (each.intent, each.service or "", each.text, each.id))

    async def counts(self) -> dict[str, int]:
        """Return how many accepted examples each intent has."""
        each = select(LearnedExampleRow.intent, func.count()).where(LearnedExampleRow.state == ExampleState.ACCEPTED)
        async with self._database.reading() as session:
            return dict((await session.execute(each.group_by(LearnedExampleRow.intent))).tuples().all())


def plain(text: str) -> str:
    """Return a text as an example is kept: masked, in one line, with single blanks.

    Raises:
        Unprocessable: it is empty or too long.
    """
    words = " ".join(masked(text).split())
    if not 0 < len(words) <= LONGEST:
        raise Unprocessable(f"An example has 1 to {LONGEST} characters.", code="bad-example", field="text")
    return words


async def _sources_of(session: AsyncSession, ids: Sequence[int]) -> list[ExampleSourceRow]:
    query = select(ExampleSourceRow).order_by(ExampleSourceRow.id)
    # All of them when there are many: a list of ids has a longest length in SQL.
    return list(await session.scalars(query.where(ExampleSourceRow.example_id.in_(ids)) if len(ids) < 500 else query))


async def _with_sources(session: AsyncSession, rows: Sequence[LearnedExampleRow]) -> list[Example]:
    sources: dict[int, list[Source]] = {}
    for each in await _sources_of(session, [row.id for row in rows]):
        sources.setdefault(each.example_id, []).append(Source(each.conversation_id, each.turn_id))
    return [
        Example(
            row.id,
            row.text,
            row.intent,
            row.service,
            row.language,
            ExampleState(row.state),
            row.accepted_by,
            row.accepted_at,
            row.note,
            tuple(sources.get(row.id, ())),
        )
        for row in rows
    ]
