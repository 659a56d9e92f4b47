"""Which conversations were rated, for the lists of the console."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from bot.satisfaction.model import Face
from bot.satisfaction.tables import FeedbackRow


def rated(faces: Sequence[Face] = tuple(Face)) -> Select[tuple[str]]:
    """Return the query of the conversations in which one of the faces was chosen, for `Transcripts.page(among=...)`."""
    return select(FeedbackRow.conversation_id).where(
        FeedbackRow.conversation_id.is_not(None), FeedbackRow.note.in_([face.note for face in faces])
    )  # type: ignore[return-value]
