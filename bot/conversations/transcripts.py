"""Reading the log: conversations that meet conditions, the newest first, and a transcript with all that was understood.

Every text here was masked when it was written. What is encrypted (a summary of answers, an access code) is not read:
a transcript shows what the log says in its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, or_, select, text
from sqlalchemy.orm import aliased

from bot.conversations.full_text import TURNS_TEXT, Search, found_on_sqlite, is_found, read_search
from bot.conversations.model import Author, Mode
from bot.conversations.tables import ConversationRow, MessageRow, TurnRow
from bot.conversations.transcript import Filter, Line, Page, Said, Transcript, Understood
from bot.conversations.windows import PATIENCE, SPAN, Place, Windows
from bot.db import Database
from bot.errors import NotFound

__all__ = ["Filter", "Line", "Page", "Said", "Transcript", "Transcripts", "Understood"]

OnOne = Callable[[Any], ColumnElement[bool]]
"""A condition on one conversation, given the column of its identifier."""


@dataclass(frozen=True)
class FewOrMany:
    """Which conversations, when it is not known beforehand whether few or most of them are.

    Attributes:
        counted: a query that has at least as many lines as there are such conversations; it is read up to `FEW`.
        few: the query of their identifiers, taken when `counted` ends before.
        many: the condition on one, taken otherwise.
    """

    counted: Select[Any]
    few: Select[tuple[str]]
    many: OnOne


Which = Select[tuple[str]] | OnOne
"""Which conversations: a query of their identifiers, or a condition on one."""
Among = Which | FewOrMany
"""The same, or whichever of both is the faster."""
FEW = 2_000
"""Conversations up to which a query begins with them, instead of walking the log until a page is full."""
PAGE = 50
"""Conversations on a page."""


class Transcripts:
    """The log of a database, to be read.

    Args:
        database: where it is.
        patience: seconds for which a page is looked for; it may end before it is full then, and says so.
        span: turns that are looked through at least.
    """

    def __init__(self, database: Database, patience: float = PATIENCE, span: int = SPAN) -> None:
        self._database = database
        self._patience = patience
        self._span = span

    async def page(
        self,
        wanted: Filter,
        *,
        among: Sequence[Among] = (),
        after: str | None = None,
        size: int = PAGE,
    ) -> Page:
        """Return conversations that meet conditions, the one where they were met last first.

        The log is looked through from its end, part by part (bot/conversations/windows.py).

        A conversation in which the citizen said nothing is in no list.

        Args:
            wanted: the conditions.
            among: further conditions of rooms above this one (`bot.satisfaction.ratings.rated`).
            after: `Page.after` of the page before.
            size: conversations on a page.

        Raises:
            InvalidInput: `after` is not what a page gave.
        """
        turn, newer = aliased(TurnRow, name="turn"), aliased(TurnRow, name="newer")
        search = read_search(wanted.text)
        streamed = search is not None and self._database.is_sqlite
        conditions = [*self._said(wanted, turn, None if streamed else search), *_conversation(wanted, turn)]
        conditions += meeting(await self._chosen(among), turn.conversation_id)
        # The last turn that meets the conditions on what was said stands for its conversation.
        later = [newer.conversation_id == turn.conversation_id, newer.number > turn.number]
        also_later = self._said(wanted, newer, search)
        conditions.append(~exists(select(literal_column("1")).where(*later, *also_later)))
        if wanted.turns_from and not also_later:
            # It is the last turn of all: its number is the length, which spares the look at most conversations.
            conditions.append(turn.number >= wanted.turns_from)
        query = select(
            ConversationRow.id,
            ConversationRow.language,
            ConversationRow.mode,
            ConversationRow.turns,
            ConversationRow.created_at,
            ConversationRow.last_at,
            turn.number,
            turn.at,
            turn.text,
            turn.intent,
            turn.confidence,
            turn.service,
            turn.moment,
            turn.fallback,
            turn.id.label("turn_id"),
        ).join(turn, turn.conversation_id == ConversationRow.id)
        if streamed and search is not None:
            # FTS5 gives the newest first by itself, by number: sorting by time would first read all that it finds.
            query = query.join(TURNS_TEXT, TURNS_TEXT.c.rowid == turn.id).order_by(TURNS_TEXT.c.rowid.desc())
            conditions.append(found_on_sqlite(search))
        else:
            query = query.order_by(turn.at.desc(), turn.id.desc())
        rows: list[Any] = []
        windows = Windows(Place.read(after) if after is not None else None, self._patience, span=self._span)
        async with self._database.reading() as session:
            if not self._database.is_sqlite:
                # To compile a query of some milliseconds takes PostgreSQL some hundred.
                await session.execute(text("SET LOCAL jit = off"))
            while True:
                await windows.open(session, wanted.until)
                part = query.where(*conditions, *windows.within(turn, by_number=streamed))
                rows += (await session.execute(part.limit(size + 1 - len(rows)))).all()
                if len(rows) > size or not windows.more(wanted.since):
                    break
        lines = [Line(row[0], row[1], Mode(row[2]), *row[3:-1]) for row in rows[:size]]
        if len(rows) > size:
            return Page(lines, str(Place(rows[size - 1].at, rows[size - 1].turn_id)))
        return Page(lines, str(windows.end), windows.end.at) if windows.end else Page(lines, None)

    async def _chosen(self, among: Sequence[Among]) -> list[Which]:
        """Return the conditions, each in the one form that is the faster here."""
        found: list[Which] = []
        for each in among:
            if isinstance(each, FewOrMany):
                some = select(func.count()).select_from(each.counted.limit(FEW).subquery())
                async with self._database.reading() as session:
                    few = (await session.execute(some)).scalar_one() < FEW
                found.append(each.few if few else each.many)
            else:
                found.append(each)
        return found

    async def transcript(self, conversation_id: str) -> Transcript:
        """Return a conversation with all that was said and understood.

        Raises:
            NotFound: there is none of that identifier.
        """
        async with self._database.reading() as session:
            conversation = await session.get(ConversationRow, conversation_id)
            if conversation is None:
                raise NotFound("This conversation does not exist.", code="unknown-conversation")
            turns = list(
                await session.scalars(
                    select(TurnRow).where(TurnRow.conversation_id == conversation_id).order_by(TurnRow.number)
                )
            )
            messages = await session.execute(
                select(
                    MessageRow.sequence,
                    MessageRow.author,
                    MessageRow.text,
                    MessageRow.body,
                    MessageRow.at,
                    MessageRow.turn_message_id,
                )
                .where(MessageRow.conversation_id == conversation_id)
                .order_by(MessageRow.sequence)
            )
            numbers = {turn.message_id: turn.number for turn in turns}
            return Transcript(
                conversation.id,
                conversation.language,
                conversation.origin,
                Mode(conversation.mode),
                conversation.notice_version,
                conversation.created_at,
                conversation.last_at,
                [
                    Said(
                        row.sequence,
                        Author(row.author),
                        row.text,
                        [title for title, _ in row.body["buttons"]],
                        row.at,
                        numbers.get(row.turn_message_id),
                    )
                    for row in messages
                ],
                [_understood(turn) for turn in turns],
            )

    def _said(self, wanted: Filter, turn: Any, search: Search | None) -> list[ColumnElement[bool]]:
        """Return the conditions that one turn must meet."""
        conditions: list[ColumnElement[bool]] = [
            getattr(turn, name) == getattr(wanted, name)
            for name in ("moment", "service", "intent", "language", "model")
            if getattr(wanted, name) is not None
        ]
        if wanted.since is not None:
            conditions.append(turn.at >= wanted.since)
        if wanted.until is not None:
            conditions.append(turn.at < wanted.until)
        if wanted.confidence_from is not None:
            conditions.append(turn.confidence >= wanted.confidence_from)
        if wanted.confidence_below is not None:
            conditions.append(turn.confidence < wanted.confidence_below)
        if wanted.fallback is not None:
            conditions.append(turn.fallback if wanted.fallback else ~turn.fallback)
        if search is not None:
            conditions.append(is_found(search, turn, on_sqlite=self._database.is_sqlite))
        return conditions


def meeting(among: Sequence[Which], conversation_id: Any) -> list[ColumnElement[bool]]:
    """Return the conditions under which a conversation is among some."""
    return [each(conversation_id) if callable(each) else conversation_id.in_(each) for each in among]


def _conversation(wanted: Filter, turn: Any) -> list[ColumnElement[bool]]:
    """Return the conditions on the conversation as a whole."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.turns_from is not None:
        conditions.append(ConversationRow.turns >= wanted.turns_from)
    if wanted.turns_to is not None:
        conditions.append(ConversationRow.turns <= wanted.turns_to)
    if wanted.handoff is not None:
        answered = select(MessageRow.conversation_id).where(MessageRow.author == literal_column("'agent'"))
        awaited = select(ConversationRow.id).where(ConversationRow.mode != literal_column("'bot'"))
        handed_over = or_(turn.conversation_id.in_(answered), turn.conversation_id.in_(awaited))
        conditions.append(handed_over if wanted.handoff else ~handed_over)
    return conditions


def _understood(turn: TurnRow) -> Understood:
    return Understood(
        turn.number,
        turn.message_id,
        turn.at,
        turn.kind,
        turn.text,
        turn.language,
        turn.intent,
        turn.confidence,
        turn.alternatives,
        turn.entities,
        turn.service,
        turn.service_confidence,
        turn.moment,
        turn.actions,
        turn.field,
        turn.fallback,
        turn.model,
        turn.milliseconds,
    )
