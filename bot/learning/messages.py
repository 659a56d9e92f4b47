"""What citizens typed, as models are asked it again."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select

from bot.conversations.tables import TurnRow


def typed(query: Select[Any]) -> Select[Any]:
    """Narrow a query of turns to what citizens typed outside forms."""
    return query.where(TurnRow.kind == "text", TurnRow.field.is_(None), TurnRow.text != "")


def by_words(turns: Iterable[tuple[int, str]]) -> list[tuple[int, int, str]]:
    """Return messages of the same words as one: the first turn, in how many, and its text."""
    found: dict[str, list[tuple[int, str]]] = {}
    for turn_id, text in turns:
        found.setdefault(" ".join(text.lower().split()), []).append((turn_id, text))
    return [(same[0][0], len(same), same[0][1]) for same in found.values()]
