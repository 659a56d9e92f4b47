"""French marks of punctuation stand apart from their word, and must not begin the next line."""

import re

_BEFORE_A_MARK_OR_AFTER_A_QUOTE = re.compile(r" (?=[:;?!»€%])|(?<=«) ")


def tied(text: str) -> str:
    """Return a text for a page, with a no-break space (U+00A0) before double marks, units and », and after «.

    The rule is that of the Imprimerie nationale. What is stored, sent or compared keeps its plain spaces.
    """
    return _BEFORE_A_MARK_OR_AFTER_A_QUOTE.sub("\u00a0", text)
