"""Weekly samples: conversations drawn by strata, judged by two people who do not see what the other found.

The strata are drawn in their order and a conversation is drawn once, so that the last one, `random`, stands for
everything that none of the others took: what nobody complained of is looked at too.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.tables import ConversationRow, TurnRow
from bot.conversations.transcripts import Which, meeting
from bot.db import Database, now
from bot.errors import Conflict, NotFound
from bot.improvement.agreement import Agreement, agreement
from bot.improvement.tables import SampleRow, VerdictRow
from bot.privacy.masking import mask
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.ratings import rated

EACH = 5
"""Conversations drawn of each stratum: twenty a week, an hour of work for each of two people."""
UNSURE = 0.5
"""Confidence under which a message counts as hardly understood, as in the filters of the list."""
NOTE_MOST = 2000


class Stratum(StrEnum):
    """Why a conversation was drawn."""

    BAD_SCORE = "bad_score"
    UNSURE = "unsure"
    ABANDONED = "abandoned"
    RANDOM = "random"


class Verdict(StrEnum):
    """What a reviewer finds of the whole conversation."""

    GOOD = "good"  # the person got what they came for
    PARTLY = "partly"
    BAD = "bad"


@dataclass(frozen=True)
class Found:
    """What one reviewer found."""

    by: str
    verdict: Verdict
    note: str
    at: datetime


@dataclass(frozen=True)
class Sample:
    """A conversation that was drawn.

    Attributes:
        verdicts: what one may know of them: one's own, and both once both are there.
        count: how many there are.
    """

    conversation_id: str
    week: str
    stratum: Stratum
    verdicts: list[Found] = field(default_factory=list)
    count: int = 0

    @property
    def done(self) -> bool:
        """Return whether two people have judged it."""
        return self.count == 2

    @property
    def differ(self) -> bool:
        """Return whether the two found something else."""
        return self.done and len({each.verdict for each in self.verdicts}) == 2


def week_of(day: date) -> str:
    """Return the name of the week of a day (ISO 8601): `2026-W47`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


class Samples:
    """The samples of a database.

    Args:
        database: where they are.
        zone: in which weeks begin.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def draw(self) -> str:
        """Draw of the conversations that began last week, unless it was done, and say how many; a job."""
        today = now().astimezone(self._zone).date()
        monday = today - timedelta(days=today.weekday() + 7)
        week = week_of(monday)
        begins, ends = (
            datetime.combine(day, datetime.min.time(), self._zone) for day in (monday, monday + timedelta(days=7))
        )
        async with self._database.writing() as session:
            if (await session.scalars(select(SampleRow.week).where(SampleRow.week == week).limit(1))).first():
                return ""
            drawn: dict[str, Stratum] = {}
            for stratum in Stratum:
                for each in await _candidates(session, stratum, begins, ends, drawn):
                    drawn[each] = stratum
            at = now()
            values = [
                {"conversation_id": each, "week": week, "stratum": stratum, "drawn_at": at}
                for each, stratum in drawn.items()
            ]
            if values:
                await session.execute(insert(SampleRow), values)
        return f"{len(drawn)} conversations drawn for {week}" if drawn else ""

    async def judge(self, conversation_id: str, by: str, verdict: Verdict, note: str) -> None:
        """Write down what somebody found; it is not changed afterwards.

        Raises:
            NotFound: this conversation was not drawn.
            Conflict: this person, or two others, have judged it already.
        """
        async with self._database.reading() as session:
            if await session.get(SampleRow, conversation_id) is None:
                raise NotFound("This conversation was not drawn.", code="unknown-sample")
        for place in (1, 2):
            values = {
                "conversation_id": conversation_id,
                "place": place,
                "by": by,
                "verdict": verdict,
                "note": mask(note.strip()[:NOTE_MOST]).text,
                "at": now(),
            }
            try:
                async with self._database.writing() as session:
                    await session.execute(insert(VerdictRow).values(values))
            except IntegrityError:
                continue  # the place is taken, perhaps by the same person
            return
        raise Conflict("You, or two others, have judged this conversation already.", code="already-judged")

    async def of(self, conversation_id: str, reader: str) -> Sample:
        """Return a sample as somebody may see it.

        Raises:
            NotFound: this conversation was not drawn.
        """
        found = await self._read(select(SampleRow).where(SampleRow.conversation_id == conversation_id), reader)
        if not found:
            raise NotFound("This conversation was not drawn.", code="unknown-sample")
        return found[0]

    async def all(self, reader: str, among: Sequence[Which] = (), weeks: int = 8) -> list[Sample]:
        """Return the samples of the last weeks as somebody may see them, the newest week first.

        Args:
            reader: the name of the account.
            among: the conversations that it may read, as in `Transcripts.page`.
            weeks: how many.
        """
        recent = select(SampleRow.week).distinct().order_by(SampleRow.week.desc()).limit(weeks)
        query = select(SampleRow).where(SampleRow.week.in_(recent))
        query = query.where(*meeting(among, SampleRow.conversation_id))
        order = {stratum: place for place, stratum in enumerate(Stratum)}
        found = await self._read(query.order_by(SampleRow.week.desc(), SampleRow.conversation_id), reader)
        return sorted(found, key=lambda each: (-_number(each.week), order[each.stratum]))

    async def agreements(self) -> dict[tuple[str, str], Agreement]:
        """Return how far each two people agree who judged the same conversations, and ("", "") for all together.

        In a pair the first is the first by name: Cohen's kappa is that of two given people, whoever was quicker.
        """
        query = select(VerdictRow).order_by(VerdictRow.conversation_id, VerdictRow.by)
        given: dict[str, list[VerdictRow]] = {}
        async with self._database.reading() as session:
            for row in await session.scalars(query):
                given.setdefault(row.conversation_id, []).append(row)
        pairs: dict[tuple[str, str], list[tuple[str, str]]] = {("", ""): []}
        for both in given.values():
            if len(both) == 2:
                first, second = both
                pairs[("", "")].append((first.verdict, second.verdict))
                pairs.setdefault((first.by, second.by), []).append((first.verdict, second.verdict))
        return {people: agreement(verdicts) for people, verdicts in sorted(pairs.items())}

    async def _read(self, query: Select[tuple[SampleRow]], reader: str) -> list[Sample]:
        async with self._database.reading() as session:
            rows = list(await session.scalars(query))
            verdicts: dict[str, list[Found]] = {}
            ids = [row.conversation_id for row in rows]
            judged = select(VerdictRow).where(VerdictRow.conversation_id.in_(ids)).order_by(VerdictRow.place)
            for row in await session.scalars(judged):
                found = Found(row.by, Verdict(row.verdict), row.note, row.at)
                verdicts.setdefault(row.conversation_id, []).append(found)
        return [
            Sample(
                row.conversation_id,
                row.week,
                Stratum(row.stratum),
                _known(verdicts.get(row.conversation_id, []), reader),
                len(verdicts.get(row.conversation_id, [])),
            )
            for row in rows
        ]


def _known(verdicts: list[Found], reader: str) -> list[Found]:
    """Return what somebody may know: all when both are there, before that only their own."""
    return verdicts if len(verdicts) == 2 else [each for each in verdicts if each.by == reader]


async def _candidates(
    session: AsyncSession, stratum: Stratum, begins: datetime, ends: datetime, drawn: dict[str, Stratum]
) -> list[str]:
    """Return conversations of a stratum by lot, none of those that were drawn."""
    query = select(ConversationRow.id).where(
        ConversationRow.created_at >= begins, ConversationRow.created_at < ends, ConversationRow.turns > 0
    )
    if stratum is Stratum.BAD_SCORE:
        query = query.where(ConversationRow.id.in_(rated([Face.BAD])))
    elif stratum is Stratum.UNSURE:
        hardly = or_(TurnRow.fallback, TurnRow.confidence < UNSURE)
        of_the_week = (TurnRow.conversation_id == ConversationRow.id, hardly)
        query = query.where(select(TurnRow.id).where(*of_the_week).exists())
    elif stratum is Stratum.ABANDONED:
        left = select(FactRow.conversation_id).where(FactRow.dimension == "abandonment", FactRow.value > 0)
        query = query.where(ConversationRow.id.in_(left.where(FactRow.conversation_id.is_not(None))))
    found = [each for each in await session.scalars(query.order_by(ConversationRow.id)) if each not in drawn]
    # Nobody gains by guessing this lot, so it need not be that of cryptography.
    return random.sample(found, min(EACH, len(found)))


def _number(week: str) -> int:
    return int(week.replace("-W", ""))
