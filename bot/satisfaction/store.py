"""Writes and reads what citizens answer: a row with its words, and the facts, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversations.model import Moment
from bot.conversations.tables import ConversationRow
from bot.db import Base, Database, now
from bot.privacy.masking import mask
from bot.requests.tables import RequestRow
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore, Transaction
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.questionnaire import ASKED, SATISFACTION, TEN, Choice, Question
from bot.satisfaction.tables import FeedbackRow
from bot.satisfaction.totals_write import count_again

COMMENT_LIMIT = 2000
"""Characters kept of a comment."""
_FACTS, _CONVERSATIONS = (Base.metadata.tables[each.__tablename__] for each in (FactRow, ConversationRow))
# Of the tables and not of their classes, and made once: what the mapper adds took longer than the writing (measured).
_ADD = insert(Base.metadata.tables[FeedbackRow.__tablename__])
_ORIGIN = select(_CONVERSATIONS.c.origin).where(_CONVERSATIONS.c.id == bindparam("conversation"))
_TAKE_BACK = (
    delete(_FACTS)
    .where(_FACTS.c.moment == bindparam("of_moment"), _FACTS.c.side == str(Side.CITIZEN))
    .where(_FACTS.c.kind == str(Kind.ANSWER), _FACTS.c.dimension.in_(bindparam("dimensions", expanding=True)))
    .returning(_FACTS.c.id, _FACTS.c.at)
)
_TAKE_BACK_OF_REQUEST = _TAKE_BACK.where(_FACTS.c.request_id == bindparam("of"))
_TAKE_BACK_OF_CONVERSATION = _TAKE_BACK.where(
    _FACTS.c.conversation_id == bindparam("of"), _FACTS.c.request_id.is_(None)
)
REMEMBERED = 10_000
"""Conversations whose channel is remembered, so that each answer costs no query for it."""


@dataclass(frozen=True)
class Subject:
    """What an answer speaks of: a moment of a conversation, about a service, and a request when there is one.

    Attributes:
        conversation_id: where it is asked; None for a link in an e-mail.
        moment: of what.
        service, administration: which.
        request_id: of the request; "" when there is none.
        language: in which it is asked.
        model: the version that answers in the conversation.
    """

    conversation_id: str | None
    moment: Moment
    service: str | None = None
    request_id: str = ""
    administration: str | None = None
    language: str = "fr"
    model: str | None = None


@dataclass(frozen=True)
class Given:
    """What was answered about a moment: the note, from 0 to 10, and the words, masked."""

    moment: str
    note: int
    comment: str | None
    at: datetime


class FeedbackStore:
    """The answers of a database.

    Args:
        database: where they are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = FactStore(database)
        self._channels: dict[str, str] = {}

    async def ask(self, subject: Subject, at: datetime | None = None) -> bool:
        """Note that a moment is asked about; once for each moment of a request, or of a conversation without one.

        Args:
            subject: what is asked about.
            at: when, for an e-mail that may have to be sent again: the same time is the same asking.

        Returns:
            Whether it may be asked: it was neither asked about nor answered before.
        """
        query = select(FactRow.at).where(*_of(subject), FactRow.dimension == ASKED).limit(1)
        async with self._database.transaction(at_once=True) as session:
            await _hold(session, subject)
            if await _answered(session, subject):
                return False
            before = await session.scalar(query)
            if before is not None:
                return before == at
            await self._facts.add(session, [await self._fact(session, subject, ASKED, 1.0, "count", Kind.SIGNAL, at)])
        return True

    async def rate(self, subject: Subject, face: Face) -> bool:
        """Store how a moment went; a second answer about the same moment replaces the first.

        Returns:
            Whether it is the first answer about this moment.
        """
        values = {"note": face.note, "service": subject.service, "at": now()}
        says = {SATISFACTION: float(face.note)}
        try:
            async with self._database.transaction(at_once=True) as session:
                await _hold(session, subject)
                if subject.conversation_id is None and await _answered(session, subject):
                    return False
                await session.execute(_ADD, _key(subject) | values)
                # Of a request something may have been said in another conversation; else this is the first time.
                await self._say(session, subject, says, TEN, says if subject.request_id else ())
            return True
        except IntegrityError:
            async with self._database.transaction(at_once=True) as session:
                await session.execute(update(FeedbackRow).filter_by(**_key(subject)).values(values))
                await self._say(session, subject, says, TEN, says)
            return False

    async def answer(self, subject: Subject, question: Question, choice: Choice) -> None:
        """Store the answer to one of the further questions; the same question answered again replaces it."""
        async with self._database.transaction(at_once=True) as session:
            await _hold(session, subject)
            await self._say(session, subject, dict(choice.says), question.scale, question.dimensions)

    async def comment(self, subject: Subject, words: str) -> None:
        """Add words to the answer about a moment, masked."""
        words = mask(words).text[:COMMENT_LIMIT]
        async with self._database.transaction(at_once=True) as session:
            await session.execute(update(FeedbackRow).filter_by(**_whose(subject)).values(comment=words))

    async def is_rated(self, subject: Subject) -> bool:
        """Return whether this moment was answered already, in whichever conversation when it is of a request."""
        async with self._database.reading() as session:
            return await _answered(session, subject)

    async def said(self, subject: Subject) -> set[str]:
        """Return the dimensions that were answered about a moment."""
        query = select(FactRow.dimension).where(*_of(subject), FactRow.kind == Kind.ANSWER)
        async with self._database.reading() as session:
            return set(await session.scalars(query))

    async def about_request(self, request_id: str) -> list[Given]:
        """Return what its citizen said of a request, moment by moment, the oldest first."""
        query = select(FeedbackRow).where(FeedbackRow.subject == request_id).order_by(FeedbackRow.at)
        async with self._database.reading() as session:
            return [Given(row.moment, row.note, row.comment, row.at) for row in await session.scalars(query)]

    async def _say(
        self,
        session: AsyncConnection,
        subject: Subject,
        says: Mapping[str, float],
        scale: str,
        instead_of: Collection[str],
    ) -> None:
        """Write what was answered, in place of what was answered before in some dimensions.

        A fact is never changed: what its author answers anew is taken back and said again, of the day on which it was
        said first, so that the totals of no other day are to be mended.
        """
        before = await _take_back(session, subject, instead_of) if instead_of else None
        facts = [
            await self._fact(session, subject, dimension, value, scale, at=before) for dimension, value in says.items()
        ]
        await self._facts.add(session, facts)

    async def _fact(
        self,
        session: Transaction,
        subject: Subject,
        dimension: str,
        value: float,
        scale: str,
        kind: Kind = Kind.ANSWER,
        at: datetime | None = None,
    ) -> Fact:
        return Fact(
            at=at or now(),
            kind=kind,
            side=Side.CITIZEN,
            moment=subject.moment,
            service=subject.service,
            administration=subject.administration,
            channel=await self._channel(session, subject.conversation_id),
            language=subject.language,
            dimension=dimension,
            value=value,
            scale=scale,
            conversation_id=subject.conversation_id,
            request_id=subject.request_id or None,
            model=subject.model,
        )

    async def _channel(self, session: Transaction, conversation_id: str | None) -> str:
        if conversation_id is None:
            return "email"
        known = self._channels.get(conversation_id)
        if known is None:
            known = channel_of(await session.scalar(_ORIGIN, {"conversation": conversation_id}))
            if len(self._channels) >= REMEMBERED:
                self._channels.clear()
            self._channels[conversation_id] = known
        return known


def channel_of(origin: str | None) -> str:
    """Return through which door a conversation came, from what it says of its origin."""
    return {None: "api", "": "api", "plain": "plain"}.get(origin, "widget")


async def _hold(session: Transaction, subject: Subject) -> None:
    # Answers about one request are written one after the other, whichever door they come through.
    if subject.request_id:
        await session.execute(select(RequestRow.id).where(RequestRow.id == subject.request_id).with_for_update())


async def _take_back(session: AsyncConnection, subject: Subject, dimensions: Collection[str]) -> datetime | None:
    """Delete answers about a moment; return when the first of them was given, None when there was none."""
    query = _TAKE_BACK_OF_REQUEST if subject.request_id else _TAKE_BACK_OF_CONVERSATION
    of = subject.request_id or subject.conversation_id
    values = {"of": of, "of_moment": str(subject.moment), "dimensions": [*dimensions]}
    gone = (await session.execute(query, values)).all()
    if not gone:
        return None
    await count_again(session, min(row.id for row in gone))
    return min(row.at for row in gone)


async def _answered(session: Transaction, subject: Subject) -> bool:
    return (await session.execute(select(FeedbackRow.id).filter_by(**_whose(subject)).limit(1))).first() is not None


def _whose(subject: Subject) -> dict[str, str | None]:
    """Return which answer is meant: the one about the request, in whichever conversation, or the conversation's own."""
    key = _key(subject)
    return {name: key[name] for name in ("moment", "subject")} if subject.request_id else key


def _of(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the facts about a moment: of the request, or of the conversation without one."""
    whose: tuple[ColumnElement[bool], ...] = (
        (FactRow.request_id == subject.request_id,)
        if subject.request_id
        else (FactRow.conversation_id == subject.conversation_id, FactRow.request_id.is_(None))
    )
    return (*whose, FactRow.moment == str(subject.moment), FactRow.side == str(Side.CITIZEN))


def _key(subject: Subject) -> dict[str, str | None]:
    return {
        "conversation_id": subject.conversation_id,
        "moment": str(subject.moment),
        "subject": subject.request_id,
    }
