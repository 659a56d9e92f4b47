"""Tells what a message says from the courtesy around it: "Bonjour, pourriez-vous me dire où voter ?"."""

import re

_GREETING = (
    r"(?:(?:re)?bonjour|bonsoir|salut|coucou|all[oô]|hello|hi|hey|dear|good (?:morning|afternoon|evening|day)"
    r"|madame,? monsieur|mesdames,? messieurs)"
    r"(?:\s+(?:[aà] (?:vous|tous)|madame|monsieur|mesdames|messieurs|mademoiselle|sir|madam|there|all|everyone|team))*"
)
_WISHES = (
    r"j'esp[eè]re que (?:vous allez|tout va) bien|i hope (?:this|you)[^.,!?]*"
    r"|(?:je suis )?d[eé]sol[eé]e? de vous d[eé]ranger|excuse[zr][ -]moi(?: de vous d[eé]ranger)?|excuse me"
    r"|sorry to (?:bother|disturb|trouble) you"
)
_WOULD_YOU = (
    r"(?:auriez-vous|avez-vous|ayez|vous auriez) (?:donc )?(?:l'amabilit[eé]|la bont[eé]|la gentillesse|l'obligeance)"
    r" de(?: bien vouloir)?"
    r"|(?:pourriez|pouvez|voudriez|voulez|sauriez)-vous(?: bien)?(?: s'il vous pla[iî]t,?)?"
    r"|vous serait-il possible de|serait-il possible de|je vous prie de(?: bien vouloir)?|merci de(?: bien vouloir)?"
    r"|(?:would|could) you (?:be so kind as to|kindly|please)|would you mind"
)
_TELL_ME = r"(?:m'indiquer|me dire|m'expliquer|me renseigner,?|telling me|tell me|let me know)"
_BEFORE = re.compile(
    rf"^\W*(?:(?:{_GREETING})\b(?!-)[\s,.!]*)?(?:(?:{_WISHES})[\s,.!]*)?(?:(?:{_WOULD_YOU})\s+)?(?:{_TELL_ME}\s+)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:s'il (?:vous|te) pla[iî]t|svp|stp|please|(?:merci|thank you|thanks)(?: (?:beaucoup|d'avance|bien"
    r"|par avance|very much|in advance))?|cordialement|bien [aà] vous|kind regards|best regards)$",
    re.IGNORECASE,
)
_MARKS = " \t\n,.!?"
MOST_THANKS = 3
"""Formulas that are taken off the end: "svp, merci d'avance, cordialement"."""


def without_courtesy(text: str) -> str | None:
    """Return what a message says without its greeting, wishes and thanks; None when fewer than three words remain."""
    said = _BEFORE.sub("", text.replace("’", "'"), count=1)
    for _ in range(MOST_THANKS):
        if after := _AFTER.search(ended := said.rstrip(_MARKS)):
            said = ended[: after.start()].rstrip(" ,.")
    return said if len(re.findall(r"\w+", said)) >= 3 else None
