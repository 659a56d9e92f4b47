"""Cuts a message into clauses: "quels papiers, et ça coûte combien ?" asks two things."""

import re

# A comma or "and" only cuts when a new question seems to begin; otherwise lists of documents would be torn apart.
_ASKS = (
    r"(?:ca|c'|combien|quel|quelle|quels|quelles|ou|comment|quand|est-ce|faut|il|je|on|qui"
    r"|how|what|which|where|when|who|do|is|can)"
)
# Words that announce the question after a story: "alors je voulais savoir où aller".
_ANNOUNCED = (
    r"(?:je (?:voulais|voudrais|veux|souhaite(?:rais)?|souhaitais|aimerais) savoir|j'aimerais savoir"
    r"|(?:pouvez|pourriez)[ -]vous me dire|dites[ -]moi|i (?:want(?:ed)?|would like|'d like) to know"
    r"|(?:can|could) you tell me|(?:just )?tell me)"
)
# "..., les papiers ?": a question of two or three words at the end.
_SHORT_QUESTION = r"(?:le|la|les|l'|un|une|the|any)\s?\w+(?:\s\w+)?\s*\?"
# "... c'est combien": a whole question at the end, which who dictates sets apart by nothing.
_LAST_QUESTION = r"(?:c'est|ca co[uû]te) combien"
_CUT = re.compile(
    rf"[?!;\n]+|\.\s|,?\s+(?:et|and)\s+(?={_ASKS}\b)|,\s+(?={_ASKS}\b)|,\s+(?={_SHORT_QUESTION})"
    rf"|,?\s+(?:(?:alors|donc|et|so|and)\s+)?(?={_ANNOUNCED}\b)"
    rf"|\s+(?={_LAST_QUESTION}\b)",
    re.IGNORECASE,
)
LONGEST = 12
"""Clauses that are looked at: a letter of two pages does not ask more."""


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a message that have at least two words, in their order."""
    parts = [part.strip(" ,.") for part in _CUT.split(text.replace("ça", "ca").replace("où", "ou").replace("’", "'"))]
    return [part for part in parts if len(part.split()) >= 2][:LONGEST]
