"""Words folded for comparison: what people type has no accents, odd capitals and curly apostrophes."""

import unicodedata

ASKING = {"combien", "comment", "est-ce", "how", "ou", "quel", "quelle", "quelles", "quels", "what", "where", "which"}
"""First words of a question, for those who leave the question mark out."""


def fold(text: str) -> str:
    """Return a text in lower case, without accents, with straight apostrophes and single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).lower().split())


def is_question(text: str) -> bool:
    """Return whether a text is a question to the eye: by its mark or by its first word."""
    return text.rstrip().endswith("?") or fold(text).split(" ")[0] in ASKING
