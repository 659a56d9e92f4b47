"""Words folded for comparison: what people type has no accents, odd capitals and curly apostrophes."""

import unicodedata


def fold(text: str) -> str:
    """Return a text in lower case, without accents, with straight apostrophes and single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("œ", "oe"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).lower().split())
