"""Full text over what citizens said, masked: words without accents or capitals, all of them required.

The index is kept by the database itself (migration 0004): FTS5 on SQLite, a column of words with a GIN index on
PostgreSQL. Both read a search in the same way: `carte perdue` wants both words, `"carte grise"` the words side by side,
`passep*` what begins so.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnClause, ColumnElement, bindparam, column, func, inspect, literal_column, select, table

_PART = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"[^\W_]+")
TURNS_TEXT = table("turns_text", column("rowid"))
"""The FTS5 table of SQLite, whose `rowid` is the turn's `id`."""
_MATCH: ColumnClause[str] = column("turns_text", is_literal=True)


@dataclass(frozen=True)
class Search:
    """What is searched for.

    Attributes:
        phrases: words that must stand side by side, in their order; all phrases are required.
        beginnings: for each phrase, whether its last word is only the beginning of one.
    """

    phrases: tuple[tuple[str, ...], ...]
    beginnings: tuple[bool, ...]

    @property
    def for_sqlite(self) -> str:
        """The search in the language of FTS5."""
        return " AND ".join(
            f'"{" ".join(words)}"{"*" if beginning else ""}'
            for words, beginning in zip(self.phrases, self.beginnings, strict=True)
        )

    @property
    def for_postgresql(self) -> str:
        """The search in the language of `to_tsquery`."""
        return " & ".join(
            f"({' <-> '.join(words)}{':*' if beginning else ''})"
            for words, beginning in zip(self.phrases, self.beginnings, strict=True)
        )


def read_search(text: str) -> Search | None:
    """Return the search that a person typed, or None when it holds no word."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
    phrases, beginnings = [], []
    for quoted, plain in _PART.findall(bare):
        # A word with signs in it ("aujourd'hui", "rendez-vous") was cut at the signs when it was indexed.
        words = tuple(_WORD.findall(quoted or plain))
        if words:
            phrases.append(words)
            beginnings.append(plain.endswith("*"))
    return Search(tuple(phrases), tuple(beginnings)) if phrases else None


def found_on_sqlite(search: Search) -> ColumnElement[bool]:
    """Return the condition on `TURNS_TEXT`."""
    return _MATCH.op("MATCH")(bindparam(None, search.for_sqlite))


def is_found(search: Search, turn: Any, *, on_sqlite: bool) -> ColumnElement[bool]:
    """Return the condition that a row of turns holds what is searched for."""
    if on_sqlite:
        # All that is found is read once (a millisecond for a thousand turns): to ask FTS5 turn by turn is slower.
        return turn.id.in_(select(TURNS_TEXT.c.rowid).where(found_on_sqlite(search)))
    words: ColumnClause[str] = literal_column(f"{inspect(turn).name}.words")
    return words.op("@@")(func.to_tsquery("simple", search.for_postgresql))
