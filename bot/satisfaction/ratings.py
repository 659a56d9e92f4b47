"""Which conversations were rated, and which helped, for the lists of the console."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from bot.conversations.transcripts import FewOrMany
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.model import Face
from bot.satisfaction.tables import FeedbackRow

TOLD_BY = ("resolved", "resolved_without_recontact")
"""What the citizen said, and what the log shows; the first counts."""


def rated(faces: Sequence[Face] = tuple(Face)) -> Select[tuple[str]]:
    """Return the query of the conversations in which one of the faces was chosen, for `Transcripts.page(among=...)`."""
    return select(FeedbackRow.conversation_id).where(
        FeedbackRow.conversation_id.is_not(None), FeedbackRow.note.in_([face.note for face in faces])
    )  # type: ignore[return-value]


def resolved(wanted: bool) -> FewOrMany:
    """Return which conversations helped or did not: what the citizen said of it counts.

    Where they said nothing, it is the signal: helped, and nobody came back for the same within some days. Of several
    answers one "no" is enough.
    """
    said, seen = (func.min(case((FactRow.dimension == name, FactRow.value))) for name in TOLD_BY)
    outcome = func.coalesce(said, seen)
    told = FactRow.dimension.in_(TOLD_BY), FactRow.conversation_id.is_not(None)
    of_each = select(FactRow.conversation_id).where(*told).group_by(FactRow.conversation_id)

    def condition(conversation_id: Any) -> ColumnElement[bool]:
        # The dimension is no condition of the query: an index of it would lead over all facts of that kind.
        of_one = select(outcome).where(FactRow.conversation_id == conversation_id)
        return of_one.correlate_except(FactRow).scalar_subquery() == float(wanted)

    return FewOrMany(
        select(FactRow.id).where(*told),
        of_each.having(outcome == float(wanted)),  # type: ignore[arg-type]
        condition,
    )
